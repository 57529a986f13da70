"""Small projects whose lines say `# calls: …`: what is known of the object that a method is called on."""

from __future__ import annotations

CASES: dict[str, dict[str, str]] = {
    "methods of what a name holds": {
        "app.py": """
            from __future__ import annotations
            from typing import Annotated, Optional
            from fastapi import Depends

            class Repository:
                def find(self): ...
                async def load(self): ...

            class Service:
                repository: Repository

                def __init__(self, repository: Repository, other: Optional[Repository] = None):
                    self.own = Repository()
                    self.given = repository
                    self.other = other

                def work(self, several: list[Repository], named: dict[str, Repository]):
                    self.own.find()  # calls: Repository.find
                    self.given.find()  # calls: Repository.find
                    self.other.find()  # calls: Repository.find
                    self.repository.find()  # calls: Repository.find
                    self.more()  # calls: Service.more
                    for one in several:
                        one.find()  # calls: Repository.find
                    named["a"].find()  # calls: Repository.find
                    several[0].find()  # calls: Repository.find
                    [one.find() for one in several]  # calls: Repository.find
                    for key, one in named.items():
                        one.find()  # calls: Repository.find

                def more(self) -> Service:
                    return self

            def made() -> Repository:
                return Repository()

            def unannotated():
                return Repository()

            def opened():
                yield Repository()

            def f(a: Repository, b: Repository | None, c: "Repository", d: Annotated[Repository, "x"], e):
                a.find()  # calls: Repository.find
                b.find()  # calls: Repository.find
                c.find()  # calls: Repository.find
                d.find()  # calls: Repository.find
                e.find()
                made().find()  # calls: made, Repository.find
                unannotated().find()  # calls: unannotated, Repository.find
                Repository().find()  # calls: Repository.find
                Service(a).more().work([], {})  # calls: Service.__init__, Service.more, Service.work
                held = Repository()
                held.find()  # calls: Repository.find
                bound = held.find
                bound()  # calls: Repository.find
                Repository.find(held)  # calls: Repository.find
                if isinstance(e, Repository):
                    e.find()  # calls: Repository.find
                (x := Repository()).find()  # calls: Repository.find
                x.find()  # calls: Repository.find

            async def g(repository=Depends(opened), other: Repository = Depends()):  # calls: hands opened thread
                repository.find()  # calls: Repository.find
                other.find()  # calls: Repository.find
                await other.load()  # calls: Repository.load

            held = Repository()
            held.find()  # calls: Repository.find
        """,
    },
    "receivers with a default": {
        "app.py": """
            from typing import Protocol

            class Clock:
                def now_utc(self): ...

            class Frozen(Clock):
                def now_utc(self): ...

            class Report:
                def __init__(self, clock=None, other: Clock | None = None):
                    self.clock = clock or Clock()
                    self.other = other if other is not None else Clock()

                def work(self):
                    self.clock.now_utc()  # calls: Clock.now_utc, Frozen.now_utc medium
                    self.other.now_utc()  # calls: Clock.now_utc, Frozen.now_utc medium

            class Timer(Protocol):
                def now_utc(self): ...

            class Bill:
                def __init__(self, timer: Timer | None = None, again: Clock = Clock()):
                    self.timer = timer or Clock()
                    self.again = again

                def work(self):
                    self.timer.now_utc()  # calls: Clock.now_utc medium, Frozen.now_utc medium
                    self.again.now_utc()  # calls: Clock.now_utc, Frozen.now_utc medium

            def f(clock=None, shared: Clock = None):
                used = clock or Clock()
                used.now_utc()  # calls: Clock.now_utc, Frozen.now_utc medium
                given = shared or Clock()
                given.now_utc()  # calls: Clock.now_utc, Frozen.now_utc medium
                made = None or Frozen()
                made.now_utc()  # calls: Frozen.now_utc
        """,
    },
    "methods that subclasses override": {
        "app.py": """
            from abc import ABC, abstractmethod

            class Channel(ABC):
                @abstractmethod
                def deliver(self): ...

                def notify(self):
                    self.deliver()  # calls: Mail.deliver, Sms.deliver medium

                def describe(self):
                    raise NotImplementedError

                def log(self): ...

            class Mail(Channel):
                def deliver(self): ...

                def describe(self): ...

            class Sms(Channel):
                def deliver(self): ...

                def log(self): ...

            def f(channel: Channel, mail: Mail):
                channel.deliver()  # calls: Mail.deliver medium, Sms.deliver medium
                channel.notify()  # calls: Channel.notify
                channel.describe()  # calls: Mail.describe
                channel.log()  # calls: Channel.log, Sms.log medium
                mail.deliver()  # calls: Mail.deliver
                mail.notify()  # calls: Channel.notify
                mail.log()  # calls: Channel.log
                Sms().log()  # calls: Sms.log

            class Plain:
                def step(self):
                    raise NotImplementedError("must be overridden")

            class First(Plain):
                def step(self): ...

            class Second(First):
                def step(self): ...

            def g(plain: Plain, first: First):
                plain.step()  # calls: First.step medium, Second.step medium
                first.step()  # calls: First.step, Second.step medium
        """,
    },
    "methods that very many classes override": {
        "app.py": "\n".join(
            [
                "class Base:",
                "    def act(self): return 1",
                *[line for one in range(7) for line in (f"class Sub{one}(Base):", f"    def act(self): return {one}")],
                "def f(base: Base):",
                "    base.act()  # calls: Base.act",
            ]
        ),
    },
    "protocols": {
        "app.py": """
            from typing import Protocol

            class Store(Protocol):
                def put_blob(self, key: str) -> None: ...
                def drop_blob(self, key: str) -> None: ...

            class Sized(Protocol):
                limit: int

                def measure(self) -> int:
                    return self.limit

            class Disk:
                def put_blob(self, key): ...
                def drop_blob(self, key): ...

            class Cloud:
                def put_blob(self, key): ...
                def drop_blob(self, key): ...

            class Half:
                def put_blob(self, key): ...

            class Slow:
                async def put_blob(self, key): ...
                async def drop_blob(self, key): ...

            class Anything:
                def put_blob(self, *args, **kwargs): ...
                def drop_blob(self, *args, **kwargs): ...

            class Dated:
                def put_blob(self, key, day): ...
                def drop_blob(self, key): ...

            class Declared(Store):
                def put_blob(self, key): ...
                def drop_blob(self, key): ...

            class Box(Sized):
                limit = 1

            def f(store: Store, box: Box):
                store.put_blob("x")  # calls: Cloud.put_blob medium, Declared.put_blob medium, Disk.put_blob medium
                store.drop_blob("x")  # calls: Cloud.drop_blob medium, Declared.drop_blob medium, Disk.drop_blob medium
                box.measure()  # calls: Sized.measure
        """,
    },
    "protocols with one implementer": {
        "app.py": """
            from ports import Gateway

            class Checkout:
                def __init__(self, gateway: Gateway):
                    self.gateway = gateway

                async def pay(self):
                    await self.gateway.charge(1)  # calls: stripe_gateway.Stripe.charge medium
        """,
        "ports.py": """
            import typing

            class Gateway(typing.Protocol):
                async def charge(self, amount: int) -> None:
                    '''Take money.'''
                    ...
        """,
        "stripe_gateway.py": """
            class Stripe:
                async def charge(self, amount): ...
                async def refund(self, amount): ...
        """,
    },
    "super": {
        "app.py": """
            class Root:
                def run(self): ...

            class Left(Root):
                def run(self):
                    super().run()  # calls: Right.run, Root.run

            class Right(Root):
                def run(self):
                    super().run()  # calls: Root.run

            class Both(Left, Right):
                def run(self):
                    super().run()  # calls: Left.run
                    super(Both, self).run()  # calls: Left.run

                @classmethod
                def make(cls):
                    return cls()

            class Deep(Both):
                def other(self):
                    super().run()  # calls: Both.run
                    Root.run(self)  # calls: Root.run

                @classmethod
                def make(cls):
                    return super().make()  # calls: Both.make

            class Alone:
                def run(self):
                    super().run()
        """,
    },
    "methods of which there is only one": {
        "app.py": """
            class Account:
                def reconcile_ledger(self): ...
                def get(self, key): ...
                def save(self): ...
                def all(self): ...
                def close_books(self): ...
                def append(self, x): ...
                def commit(self): ...

            class Other:
                def close_books(self): ...

            def f(x, rows):
                x.reconcile_ledger()  # calls: Account.reconcile_ledger medium
                x.get("key")
                x.save()
                x.all()
                x.close_books()
                x.append(1)
                x.commit()
                rows[0].reconcile_ledger()  # calls: Account.reconcile_ledger medium
                x.inner.reconcile_ledger()  # calls: Account.reconcile_ledger medium
                "".reconcile_ledger()
                [].reconcile_ledger()
        """,
    },
    "generic classes": {
        "app.py": """
            from typing import Generic, Self, TypeVar

            class Order:
                def ship_it(self): ...

            T = TypeVar("T")

            class Repository(Generic[T]):
                def one(self) -> T: ...
                def many(self) -> list[T]: ...
                def narrowed(self) -> Self:
                    return self

            class Orders(Repository[Order]):
                def by_day(self): ...

            class Builder:
                def step(self):
                    return self

                @classmethod
                def start(cls):
                    return cls()

            class Special(Builder):
                def finish_it(self): ...

            def f(orders: Orders, plain: Repository[Order]):
                orders.one().ship_it()  # calls: Order.ship_it, Repository.one
                for order in orders.many():  # calls: Repository.many
                    order.ship_it()  # calls: Order.ship_it
                plain.one().ship_it()  # calls: Order.ship_it, Repository.one
                orders.narrowed().by_day()  # calls: Orders.by_day, Repository.narrowed
                Special.start().step().finish_it()  # calls: Builder.start, Builder.step, Special.finish_it

            class Kept:
                def __init__(self, session):
                    self.session = session

                @classmethod
                def on(cls, session):
                    return cls(session)  # calls: Kept.__init__

                @classmethod
                def promised(cls, session) -> Self:
                    return cls(session)  # calls: Kept.__init__

            class Ledger(Kept):
                def close(self): ...

            class Journal(Kept):
                def close(self): ...

            def g(session):
                Ledger.on(session).close()  # calls: Kept.on, Ledger.close
                Journal.promised(session).close()  # calls: Journal.close, Kept.promised
        """
    },
    "ways that join": {
        "app.py": """
            class A:
                def act(self): ...

            class B(A):
                def act(self): ...

            class C:
                def act(self): ...

            def f(flag, unknown):
                x = A() if flag else B()
                x.act()  # calls: A.act, B.act medium
                if flag:
                    y = A()
                else:
                    y = A()
                y.act()  # calls: A.act, B.act medium
                z = A()
                if flag:
                    z = unknown
                z.act()
                w = None
                if flag:
                    w = A()
                if w is not None:
                    w.act()  # calls: A.act
                while flag:
                    v = A()
                    v.act()  # calls: A.act
                try:
                    u = A()
                except ValueError:
                    raise
                u.act()  # calls: A.act
                match flag:
                    case 1:
                        t = A()
                        t.act()  # calls: A.act
                if isinstance(unknown, (A, B)):
                    unknown.act()
                with A() as s:
                    s.act()  # calls: A.act
                p = A() if flag else C()
                p.act()
                a, b = A(), B()
                a.act()  # calls: A.act
                b.act()  # calls: B.act

            def g(clock=None, other=None, needed=1, kind=None):
                if clock is None:
                    clock = A()
                clock.act()  # calls: A.act, B.act medium
                if not other:
                    other = A()
                other.act()  # calls: A.act, B.act medium
                if needed is None:
                    needed = A()
                needed.act()
                if kind:
                    kind = A()
                kind.act()
        """
    },
    "mixins that say what they need": {
        "app.py": """
            from typing import Protocol

            class Stored(Protocol):
                def fetch_all(self): ...

            class Paging:
                def page(self: Stored):
                    self.fetch_all()  # calls: Rows.fetch_all, Users.fetch_all

            class Rows(Paging):
                def fetch_all(self): ...

            class Users(Paging):
                def fetch_all(self): ...

            def f(rows: Rows, users: Users):
                rows.page()  # calls: Paging.page
                users.page()  # calls: Paging.page
        """
    },
    "nested classes": {
        "app.py": """
            class Outer:
                class Inner:
                    def act_inside(self): ...

                def f(self):
                    self.Inner().act_inside()  # calls: Outer.Inner.act_inside
                    Outer.Inner().act_inside()  # calls: Outer.Inner.act_inside

            def h():
                class Local:
                    def __init__(self): ...
                    def act_local(self): ...

                Local().act_local()
        """
    },
    "with and contexts": {
        "app.py": """
            from contextlib import contextmanager

            class Session:
                def flush_now(self): ...
                def __enter__(self):
                    return self
                def __exit__(self, *e): ...

            class Factory:
                @contextmanager
                def session(self):
                    yield Session()

                def make(self) -> Session:
                    return Session()

            def f(factory: Factory):
                with factory.session() as s:  # calls: Factory.session
                    s.flush_now()  # calls: Session.flush_now
                with factory.make() as s:  # calls: Factory.make, Session.__enter__, Session.__exit__
                    s.flush_now()  # calls: Session.flush_now
                s = factory.make()  # calls: Factory.make
                with s:  # calls: Session.__enter__, Session.__exit__
                    pass
        """
    },
    "Django": {
        "app.py": """
            from django.db import models

            class OrderQuerySet(models.QuerySet):
                def open_ones(self):
                    return self.filter(x=1)

                def mine(self):
                    return self.open_ones()  # calls: OrderQuerySet.open_ones

            class OrderManager(models.Manager):
                def get_queryset(self):
                    return super().get_queryset()

                def recent_ones(self):
                    return self.get_queryset()  # calls: OrderManager.get_queryset

            class Order(models.Model):
                objects = OrderQuerySet.as_manager()
                other = OrderManager()

                def save(self, *args, **kwargs):
                    self.touch_it()  # calls: Order.touch_it
                    super().save(*args, **kwargs)

                def touch_it(self): ...

            def f(order: Order):
                Order.objects.open_ones()  # calls: OrderQuerySet.open_ones
                Order.objects.filter(x=1).open_ones().mine()  # calls: OrderQuerySet.mine, OrderQuerySet.open_ones
                Order.other.recent_ones()  # calls: OrderManager.recent_ones
                order.save()  # calls: Order.save
                Order.objects.get(pk=1).touch_it()  # calls: Order.touch_it
                for one in Order.objects.all():
                    one.touch_it()  # calls: Order.touch_it
                Order.objects.first().save()  # calls: Order.save
        """
    },
}
