"""What functions do: small projects whose `def` lines say `# does: …` behind them, the chain as lines."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linking import MODELS, linked

from archlint.project.effects.effect import EffectKind, Reached

if TYPE_CHECKING:
    from archlint.project.project import Project
    from archlint.project.symbols import FunctionDefinition

_MARKER = re.compile(r"# does: (.+)$")
_SHOWN = frozenset(EffectKind) - {EffectKind.LOG}


def shown(project: Project, function: FunctionDefinition, reached: Reached, text: str) -> str:
    """Return an effect as the markers write it: `query shop.Order each at 5 > 9`."""
    effect = reached.effect
    marks = "".join(
        f" {mark}"
        for mark, holds in (
            ("each", reached.per_iteration),
            ("cached", reached.is_cached),
            (reached.confidence.value, reached.confidence.value != "high"),
        )
        if holds
    )
    detail = f" ({effect.detail})" if effect.detail else ""
    lines = [
        str(text.count("\n", 0, one.step.offset + one.step.start) + 1)
        for one in project.effects.chain(function, reached)
    ]
    return f"{effect.kind.value} {effect.target}{detail}{marks} at {' > '.join(lines)}"


def effects_of(project: Project, texts: dict[str, str]) -> dict[tuple[str, int], list[str]]:
    found: dict[tuple[str, int], list[str]] = {}
    for module in project.modules:
        for function in module.functions.values():
            text = texts[module.path]
            line = text.count("\n", 0, text.index("def ", function.row.start)) + 1
            rows = [
                shown(project, function, one, text)
                for one in project.effects.summary(function).effects
                if one.effect.kind in _SHOWN
            ]
            if rows:
                found[module.path, line] = sorted(rows)
    return found


def expected(texts: dict[str, str]) -> dict[tuple[str, int], list[str]]:
    return {
        (path, number): sorted(marker.group(1).split("; "))
        for path, text in texts.items()
        for number, line in enumerate(text.split("\n"), start=1)
        if (marker := _MARKER.search(line))
    }


CASES: dict[str, str] = {
    "queries, directly and through calls": """
        from shop import Customer, Order

        def rows():  # does: query shop.Order at 5
            for order in Order.objects.filter(total=1):
                print(order)

        def count():  # does: query shop.Order at 9
            return Order.objects.count()

        def outer():  # does: query shop.Order at 12 > 9
            return count()

        def loop(names):  # does: query shop.Order each at 16 > 9
            for name in names:
                count()

        def build():
            return Order.objects.filter(total=1).exclude(total=2)

        def use():  # does: query shop.Order at 22
            return list(build())

        def truth():  # does: query shop.Order at 25
            if build():
                return 1

        def save(order: Order):  # does: write shop.Order at 29
            order.save()

        def make():  # does: write shop.Order at 32
            Order.objects.create(total=1)
    """,
    "relations that are loaded one by one": """
        from shop import Customer, Order

        def lazy():  # does: lazy load shop.Customer (shop.Order.customer) each at 6; query shop.Order at 5
            for order in Order.objects.all():
                print(order.customer.name)

        def eager():  # does: query shop.Order at 9
            for order in Order.objects.select_related("customer"):
                print(order.customer.name)

        def name(order):
            return order.customer.name

        def annotated(order: Order):
            return order.customer.name

        def through():  # does: lazy load shop.Customer (shop.Order.customer) each at 20 > 13; query shop.Order at 19
            for order in Order.objects.all():
                name(order)

        def further():  # does: lazy load shop.Customer (shop.Order.customer) each at 24 > 16; query shop.Order at 23
            for order in Order.objects.all():
                annotated(order)

        def fine():  # does: query shop.Order at 27
            for order in Order.objects.select_related("customer"):
                name(order)
    """,
    "relations that are loaded two calls away": """
        from shop import Order

        def name(order):
            return order.customer.name

        def many(rows):
            for row in rows:
                name(row)

        def far():  # does: lazy load shop.Customer (shop.Order.customer) each at 12 > 9 > 5; query shop.Order at 12 > 8
            many(Order.objects.all())
    """,
    "the way to what a loop repeats leads through the loop": """
        from shop import Order

        def one():  # does: query shop.Order at 5
            return Order.objects.first()

        def many(rows):  # does: query shop.Order each at 9 > 5
            for row in rows:
                one()

        def both(rows):  # does: query shop.Order at 12 > 5; query shop.Order each at 13 > 9 > 5
            one()
            many(rows)

        def entry(rows):  # does: query shop.Order at 16 > 12 > 5; query shop.Order each at 16 > 13 > 9 > 5
            both(rows)

        def outer(rows):  # does: query shop.Order each at 20 > 12 > 5
            for row in rows:
                both(row)

        def run(action):
            action()
            for number in range(action.size):
                action()

        def runs():  # does: query shop.Order at 28 > 23 > 5; query shop.Order each at 28 > 25 > 5
            run(one)
    """,
    "relations of rows that were made here": """
        from shop import Customer, Order

        def name(order: Order):
            return order.customer.name

        def given(customer: Customer):
            return name(Order(customer=customer))

        def nothing_given():
            order = Order(total=1)
            return name(order)

        def created(customer: Customer):  # does: write shop.Order at 15
            return name(Order.objects.create(customer=customer))

        def added(customer: Customer):  # does: write shop.Order at 18
            return name(customer.orders.create(total=1))

        def by_key(key):  # does: lazy load shop.Customer (shop.Order.customer) at 21 > 5; write shop.Order at 21
            return name(Order.objects.create(customer_id=key))

        def created_by_words(words):  # does: write shop.Order at 24
            return name(Order.objects.create(**words))

        def set_later(customer: Customer):  # does: query shop.Order at 27
            order = Order.objects.get(pk=1)
            order.customer = customer
            return name(order)

        def unset(row):  # does: lazy load shop.Customer (shop.Order.customer) at 34 > 5; query shop.Order at 32
            order = Order.objects.get(pk=1)
            order.total = row
            return name(order)

        def set_of_parameter(order: Order, customer: Customer):
            order.customer = customer
            return name(order)

        def asks():  # does: query shop.Customer at 41; query shop.Order at 41
            return set_of_parameter(Order.objects.first(), Customer.objects.first())
    """,
    "relations of rows that were created": """
        from django.db import models

        from shop import Order

        class Note(models.Model):
            order = models.OneToOneField(Order, on_delete=models.CASCADE)

        def points_at_it():  # does: lazy load app.Note (shop.Order.note) at 10; write shop.Order at 10
            return Order.objects.create(total=1).note

        def not_in_the_database():
            return Order(total=1).note
    """,
    "relations that are loaded into rows": """
        from django.db.models import prefetch_related_objects

        from shop import Order

        def name(order: Order):
            return order.customer.name

        def one():  # does: query shop.Order at 10
            order = Order.objects.get(pk=1)
            prefetch_related_objects([order], "customer")
            return name(order)

        def another():  # does: lazy load shop.Customer (shop.Order.customer) at 17 > 7; query shop.Order at 15
            order = Order.objects.get(pk=1)
            prefetch_related_objects([order], "lines")
            return name(order)

        def many():  # does: query shop.Order at 20
            orders = list(Order.objects.all())
            prefetch_related_objects(orders, "customer")
            return [name(order) for order in orders]

        def unknown(paths):  # does: query shop.Order at 25
            order = Order.objects.get(pk=1)
            prefetch_related_objects([order], *paths)
            return name(order)

        def prepares(order: Order):
            prefetch_related_objects([order], "customer")
            return order.customer.name

        def prepares_all(orders):
            prefetch_related_objects(orders, "customer")
            return [name(order) for order in orders]

        def asks():  # does: query shop.Order at 38
            prepares(Order.objects.first())
            prepares_all(Order.objects.all())
    """,
    "arguments that decide what happens": """
        from functools import partial

        from shop import Customer, Order

        def notify(order: Order, is_test=False):
            if not is_test:
                return order.customer.name

        def tests():  # does: query shop.Order at 11
            return notify(Order.objects.get(pk=1), is_test=True)

        def sends():  # does: lazy load shop.Customer (shop.Order.customer) at 14 > 8; query shop.Order at 14
            return notify(Order.objects.get(pk=1))

        def open_(order, flag):
            return notify(order, flag)

        def by_open():  # does: query shop.Order at 20
            return open_(Order.objects.get(pk=1), True)

        def load(config=None):  # does: raise ValueError at 24; query shop.Order at 25
            if config is None:
                raise ValueError(config)
            return Order.objects.first()

        def loads_nothing():  # does: raise ValueError at 28 > 24
            return load()

        def loads(name):  # does: query shop.Order at 31 > 25
            return load("name")

        def loads_maybe(config):  # does: raise ValueError at 34 > 24; query shop.Order at 34 > 25
            return load(config)

        def loads_again(config=None):  # does: raise ValueError at 40 > 24; query shop.Order at 40 > 25
            # what is handed on is no parameter any more
            if config is None:
                config = print()
            return load(config)

        def loads_by_default():  # does: raise ValueError at 43 > 40 > 24; query shop.Order at 43 > 40 > 25
            return loads_again()

        def both(kind, /, *, is_new: bool = False):  # does: query shop.Customer at 47; query shop.Order at 49
            if is_new and kind:
                return Customer.objects.first()
            elif not is_new:
                Order.objects.first()
            return None

        def new():  # does: query shop.Customer at 53 > 47
            return both(1, is_new=True)

        def old():  # does: query shop.Order at 56 > 49
            return both(1)

        def unknown(**words):  # does: query shop.Customer at 59 > 47; query shop.Order at 59 > 49
            return both(1, **words)

        def handed(is_new):  # does: query shop.Customer at 62 > 47; query shop.Order at 62 > 49
            return both(1, is_new=is_new)

        def by_hand():  # does: query shop.Order at 65 > 62 > 49
            return handed(False)

        def bound():  # does: query shop.Customer at 69 > 47; query shop.Order at 69 > 49
            made = partial(both, is_new=True)
            return made(1)

        def chosen(is_new, a):  # does: query shop.Customer at 72; query shop.Order at 72; write shop.Order each at 74
            found = Customer.objects.first() if is_new else Order.objects.first()
            for one in a:
                is_new and Order.objects.create()
            return found

        def chooses():  # does: query shop.Order at 78 > 72
            return chosen(False, [])

        def changes(is_new=False):  # does: query shop.Order each at 83
            for one in both.rows:
                if is_new:
                    Order.objects.first()
                is_new = True

        def calls_changes():  # does: query shop.Order each at 87 > 83
            return changes()

        class Made:
            def __init__(self, order=None):  # does: query shop.Order at 91
                self.order = Order.objects.first() if order is None else order

        def makes(order):  # does: query shop.Order at 94 > 91
            return Made()

        def makes_of(order):
            return Made(True)
    """,
    "arguments that decide in a cycle": """
        from shop import Customer, Order

        def down(number, is_last=False):  # does: query shop.Customer at 6; query shop.Order at 8
            if is_last:
                return Customer.objects.first()
            if number:
                Order.objects.first()
                return down(number - 1, is_last=is_last)
            return up(number)

        def up(number):  # does: query shop.Customer at 13 > 6
            return down(number, is_last=True)

        def either(first, second):  # does: query shop.Order at 17
            if first or second:
                Order.objects.first()
            if not first:
                Order.objects.first()
            if second:
                Order.objects.first()

        def neither():  # does: query shop.Order at 24 > 17
            either(True, False)

        def several(first, second, third):  # does: query shop.Order at 28
            if first:
                Order.objects.first()
            elif second:
                Order.objects.first()
            elif third:
                Order.objects.first()

        def third():  # does: query shop.Order at 35 > 32
            several(False, False, True)

        def none():
            several(False, None, False)

        def many(first, second, third, fourth):  # does: query shop.Order at 42
            if first:
                Order.objects.first()
            if second:
                Order.objects.first()
            if third:
                Order.objects.first()
            if fourth:
                Order.objects.first()

        def of_many():  # does: query shop.Order at 52 > 42
            # more than three ways are not told apart
            many(False, False, False, True)
    """,
    "loops over what a cache saves": """
        from functools import cache

        from shop import Order

        @cache
        def total():  # does: query shop.Order cached at 8
            return Order.objects.count()

        @cache
        def of(pk):  # does: query shop.Order cached at 12
            return Order.objects.get(pk=pk)

        def uses():  # does: query shop.Order cached at 15 > 8
            return total()

        def each(rows):  # does: query shop.Order cached at 19 > 15 > 8
            for row in rows:
                uses()

        def differ(rows):  # does: query shop.Order each cached at 23 > 12
            for row in rows:
                of(row)

        def same(rows):  # does: query shop.Order cached at 27 > 12
            for row in rows:
                of(1)

        class Keys:
            @classmethod
            @cache
            def key(cls):  # does: query shop.Order cached at 33
                return Order.objects.first()

            @cache
            def own(self):  # does: query shop.Order cached at 37
                return Order.objects.last()

        def keys(rows):  # does: query shop.Order cached at 41 > 33
            for row in rows:
                Keys.key()

        def own(rows):  # does: query shop.Order each cached at 45 > 37
            for row in rows:
                Keys().own()
    """,
    "what a parameter is used for": """
        import time
        from asyncio import to_thread

        from shop import Order

        def fetch(manager, key):
            return manager.get(pk=key)

        def caller():  # does: query shop.Order at 11 > 8
            fetch(Order.objects, 1)

        def run(action):
            action()

        def slow():  # does: blocking call time.sleep (wait) at 17
            time.sleep(1)

        def hands():  # does: blocking call time.sleep (wait) at 20 > 14 > 17
            run(slow)

        async def offloads():
            await to_thread(slow)

        async def offload(work):
            await to_thread(work)

        async def wraps():
            await offload(slow)

        def persist(row):
            row.save()

        def stores():  # does: write shop.Order at 35 > 32
            persist(Order())
    """,
    "lambdas and functions that run in threads": """
        import time
        from asyncio import to_thread

        from asgiref.sync import sync_to_async

        from shop import Order

        def rank(row):  # does: query shop.Order at 10
            return Order.objects.count()

        def ranked(rows):  # does: query shop.Order each at 13 > 10
            return sorted(rows, key=lambda row: rank(row))

        def later():
            return lambda: rank(1)

        @sync_to_async
        def load():  # does: blocking call time.sleep (wait) at 20; query shop.Order at 21
            time.sleep(1)
            return Order.objects.count()

        async def awaits():  # does: query shop.Order at 24 > 21
            await load()

        def slow():  # does: blocking call time.sleep (wait) at 27
            time.sleep(1)

        async def offloads():
            await to_thread(lambda: slow())
            await sync_to_async(slow)()

        async def holds():  # does: blocking call time.sleep (wait) at 34 > 27
            slow()
    """,
    "methods": """
        from abc import ABC, abstractmethod

        from shop import Order

        class Base(ABC):
            def load(self):  # does: query shop.Order at 8 > 17
                return self.find()

            @abstractmethod
            def find(self):
                ...

        class Sub(Base):
            def find(self):  # does: query shop.Order at 17
                # of the one subclass
                return Order.objects.first()

        class Service:
            def __init__(self, source: Base, other):
                self.source = source
                self.other = other

            def work(self):  # does: query shop.Order at 25 > 8 > 17
                return self.source.load()

            @property
            def first(self):  # does: query shop.Order at 29
                return Order.objects.first()

            def reads(self):  # does: query shop.Order at 32 > 29
                return self.first

        class Child(Service):
            def work(self):  # does: query shop.Order at 36 > 25 > 8 > 17
                return super().work()

        def make():  # does: query shop.Order at 39 > 17
            return Service(Sub(), Sub()).other.find()
    """,
    "super() that names a class": """
        from shop import Customer, Order

        class Base:
            def save(self):  # does: query shop.Order at 6
                return Order.objects.first()

            @classmethod
            def make(cls):  # does: query shop.Order at 10
                return Order.objects.last()

        class Middle(Base):
            def save(self):  # does: query shop.Customer at 14
                return Customer.objects.first()

            @classmethod
            def make(cls):  # does: query shop.Customer at 18
                return Customer.objects.last()

        class Child(Middle):
            def save(self):  # does: query shop.Order at 22 > 6
                super(Middle, self).save()

            @classmethod
            def make(cls):  # does: query shop.Order at 26 > 10
                return super(Middle, cls).make()

            def own(self):  # does: query shop.Customer at 29 > 14
                super(Child, self).save()

        class Other:
            def unbind(self):  # does: query shop.Order at 33 > 6
                super(Middle, Child()).save()
    """,
    "exceptions": """
        class Missing(LookupError):
            pass

        def fails():  # does: raise app.Missing at 6
            raise Missing("x")

        def passes():  # does: raise app.Missing at 9 > 6
            fails()

        def catches():
            try:
                fails()
            except LookupError:
                return None

        def misses():  # does: raise app.Missing at 19 > 6
            try:
                fails()
            except ValueError:
                return None
    """,
    "loops with a number of turns that is written": """
        from shop import Order

        TRIES = 3
        found = 1

        class Mail:
            MAX_TRIES = 3
            tries = 3
            OTHER = None

            def __init__(self, other):
                self.OTHER = other

            def constant(self):  # does: query shop.Order at 17
                for attempt in range(self.MAX_TRIES):
                    Order.objects.first()

            def variable(self):  # does: query shop.Order each at 21
                for attempt in range(self.tries):
                    Order.objects.first()

            def other(self):  # does: query shop.Order each at 25
                for attempt in range(self.OTHER):
                    Order.objects.first()

        def of_module():  # does: query shop.Order at 29
            for attempt in range(1, TRIES + 1):
                Order.objects.first()

        def changed():  # does: query shop.Order each at 33
            for attempt in range(found):
                Order.objects.first()

        def local():  # does: query shop.Order at 38
            tries = 2
            for attempt in range(tries):
                Order.objects.first()

        def counted(rows):  # does: query shop.Order each at 45
            number = 0
            for row in rows:
                number += 1
            for attempt in range(number):
                Order.objects.first()

        def given(number):  # does: query shop.Order each at 49
            for attempt in range(TRIES * number):
                Order.objects.first()

        def told(size=3):  # does: query shop.Order each at 53
            for attempt in range(size):
                Order.objects.last()
    """,
    "errors that end a loop": """
        def check(row):  # does: raise ValueError at 4
            if row is None:
                raise ValueError(row)

        def each(rows):  # does: raise ValueError at 8 > 4
            for row in rows:
                check(row)

        def at_once(rows):  # does: raise KeyError at 13
            for row in rows:
                if row is None:
                    raise KeyError(row)

        def given(action, rows):
            for row in rows:
                action(row)

        def gives(rows):  # does: raise ValueError at 20 > 17 > 4
            given(check, rows)
    """,
    "errors that are raised again": """
        class Missing(LookupError):
            pass

        def again(names):  # does: raise app.Missing at 9
            try:
                return names[0]
            except Missing as error:
                raise error

        def of_several(names):
            try:
                return names[0]
            except (KeyError, ValueError) as error:
                raise error
    """,
    "relations that come with the row": """
        from sqlalchemy import ForeignKey
        from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

        class Base(DeclarativeBase):
            pass

        class Author(Base):
            __tablename__ = "authors"
            id: Mapped[int] = mapped_column(primary_key=True)

        class Book(Base):
            __tablename__ = "books"
            id: Mapped[int] = mapped_column(primary_key=True)
            author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"))
            author: Mapped[Author] = relationship(lazy="joined")
            editor: Mapped[Author] = relationship()

        def loaded(session: Session):  # does: blocking call sqlalchemy.orm.Query.first (database) at 20; query app.Book at 20
            return session.query(Book).first().author

        def loads(session: Session):  # does: blocking call sqlalchemy.orm.Query.first (database) at 23; lazy load app.Author (app.Book.editor) at 23; query app.Book at 23
            return session.query(Book).first().editor
    """,  # noqa: E501 - what it does stands on the line of the function
    "repositories that are told their model": """
        from functools import cached_property
        from typing import Generic, TypeVar

        from sqlalchemy import select
        from sqlalchemy.ext.asyncio import AsyncSession
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

        class Base(DeclarativeBase):
            pass

        class Author(Base):
            __tablename__ = "authors"
            id: Mapped[int] = mapped_column(primary_key=True)

        Model = TypeVar("Model", bound=Base)

        class Repository(Generic[Model]):
            def __init__(self, session: AsyncSession, sql_model: type[Model]):
                self.session = session
                self.model = sql_model

            async def one(self, key):  # does: query  at 24
                return (await self.session.execute(select(self.model).where(self.model.id == key))).scalar_one()

        class Authors(Repository[Author]):
            def __init__(self, session: AsyncSession, kind: type[Author], extra=None):
                super().__init__(session, kind)

        class Repositories:
            def __init__(self, session: AsyncSession):
                self.session = session

            @cached_property
            def authors(self) -> Authors:
                return Authors(self.session, Author)

        async def v(session: AsyncSession):  # does: query app.Author at 39 > 24
            return await Repositories(session).authors.one(1)
    """,
    "one of several models": """
        from shop import Customer, Order

        def each(scopes):  # does: write  each at 7
            for model in (Customer, Order):
                for scope in scopes:
                    model.objects.filter(total=scope).update(total=0)

        class Bucket:
            objects = ()

        def none(scopes):
            for model in (Order, Bucket):
                for scope in scopes:
                    model.objects.filter(total=scope).update(total=0)
    """,
    "recursion": """
        from shop import Order

        def even(n):  # does: query shop.Order at 6 > 10
            if n:
                return odd(n - 1)

        def odd(n):  # does: query shop.Order at 10
            even(n)
            Order.objects.get(pk=n)
    """,
    "caches, transactions, tasks": """
        from functools import lru_cache

        from celery import shared_task
        from django.db import transaction

        from shop import Order

        @lru_cache
        def remembered():  # does: query shop.Order cached at 11
            return Order.objects.count()

        @shared_task
        def mail(pk):  # does: query shop.Order at 15
            Order.objects.get(pk=pk)

        def later():  # does: enqueue app.mail at 18
            mail.delay(1)

        def together():  # does: transaction transaction.atomic at 21; write shop.Order at 22
            with transaction.atomic():
                Order.objects.update(total=1)
    """,
    "decorators of the project": """
        from functools import wraps

        from shop import Order

        def counted(function):
            @wraps(function)
            def wrapper(*args):
                Order.objects.count()
                return function(*args)

            return wrapper

        @counted
        def work():  # does: query shop.Order at 14 > 9
            return 1
    """,
}


@pytest.mark.parametrize("name", CASES)
def test_what_functions_do(name: str) -> None:
    texts = {"app.py": dedent(CASES[name]), "shop.py": dedent(MODELS)}

    assert effects_of(linked(texts), texts) == expected(texts)


@settings(deadline=None)
@given(st.permutations(range(5)), st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=10))
def test_the_order_of_questions_does_not_matter(order: list[int], calls: list[tuple[int, int]]) -> None:
    lines = ["from shop import Order, Customer"]
    for one in range(5):
        lines += [f"def f{one}(x):", *[f"    f{other}(x)" for caller, other in calls if caller == one]]
        lines += [f"    {'Order' if one % 2 else 'Customer'}.objects.get(pk=x)"] if one > 2 else ["    pass"]
    texts = {"app.py": "\n".join(lines), "shop.py": dedent(MODELS)}

    def answers(asked: list[int]) -> dict[int, list[str]]:
        project = linked(texts)
        functions = {one: project.modules[0].functions[f"f{one}"] for one in range(5)}
        for one in asked:
            project.effects.summary(functions[one])
        return {
            one: [
                shown(project, functions[one], row, texts["app.py"])
                for row in project.effects.summary(functions[one]).effects
            ]
            for one in range(5)
        }

    assert answers(order) == answers([0, 1, 2, 3, 4])


def test_the_call_of_a_decorator_runs_what_makes_the_decorator() -> None:
    text = dedent("""
        def allowed(role):
            def decorator(function):
                def wrapper(*args):
                    return function(*args)
                return wrapper
            return decorator

        @allowed("admin")
        def work():
            return 1
    """)
    project = linked({"app.py": text})
    (module,) = project.modules
    start = text.index('allowed("admin")')
    found = project.call_graph.callees_at(module, start, start + len('allowed("admin")'))
    assert [one.local_name for one in found] == ["allowed"]
    edges = project.call_graph.edges(module.functions["work"])
    assert [one.function.local_name for edge in edges for one in edge.targets] == ["allowed.decorator.wrapper"]
