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

        def hands():  # does: blocking call time.sleep (wait) at 20 > 17
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

        def loaded(session: Session):  # does: query app.Book at 20
            return session.query(Book).first().author

        def loads(session: Session):  # does: lazy load app.Author (app.Book.editor) at 23; query app.Book at 23
            return session.query(Book).first().editor
    """,
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
