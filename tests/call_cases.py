"""Small projects whose lines say `# calls: …` behind what they call."""

from __future__ import annotations

CASES: dict[str, dict[str, str]] = {
    "functions, of this and other modules": {
        "app.py": """
            import shop
            import shop as store
            from shop import orders, place as put
            from shop.orders import *

            def local():
                return 1

            def f():
                local()  # calls: local
                shop.place()  # calls: shop.place
                store.place()  # calls: shop.place
                put()  # calls: shop.place
                orders.cancel()  # calls: shop.orders.cancel
                cancel()  # calls: shop.orders.cancel
                print(local())  # calls: local
                unknown()

            class Held:
                made = local()  # calls: local

            started = local()  # calls: local
            if started:
                local()  # calls: local
        """,
        "shop/__init__.py": """
            def place(): ...
        """,
        "shop/orders.py": """
            def cancel(): ...
        """,
    },
    "imports inside functions": {
        "app.py": """
            from early import run

            def save():
                return 0

            def inside():
                from late import run, save
                run()  # calls: late.run
                save()  # calls: late.save

            def beside():
                run()  # calls: early.run
                save()  # calls: save

            def method():
                import late as early
                early.run()  # calls: late.run

            class Job:
                def start(self):
                    from late import run
                    return run()  # calls: late.run

                def stop(self):
                    return run()  # calls: early.run

            def nested():
                from late import run

                def inner():
                    return run()  # calls: late.run

                return inner()  # calls: nested.inner
        """,
        "early.py": """
            def run(): ...
        """,
        "late.py": """
            def run(): ...
            def save(): ...
        """,
    },
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
    "making objects": {
        "app.py": """
            from dataclasses import dataclass

            class Own:
                def __init__(self): ...

            class Inherits(Own):
                pass

            class Over(Own):
                def __init__(self):
                    super().__init__()  # calls: Own.__init__

            @dataclass
            class Data:
                x: int

                def __post_init__(self): ...

            class New:
                def __new__(cls): ...

            class Bare:
                pass

            class Callable:
                def __call__(self): ...

            def f(kind: type[Own]):
                Own()  # calls: Own.__init__
                Inherits()  # calls: Own.__init__
                Over()  # calls: Over.__init__
                Data(1)  # calls: Data.__post_init__
                New()  # calls: New.__new__
                Bare()
                kind()  # calls: Own.__init__
                Callable()()  # calls: Callable.__call__
                called = Callable()
                called()  # calls: Callable.__call__

            class Built:
                def __init__(self): ...

                @classmethod
                def build(cls):
                    return cls()  # calls: Built.__init__

                @staticmethod
                def helper(): ...

                def again(self):
                    self.__class__()  # calls: Built.__init__
                    type(self)()  # calls: Built.__init__
                    self.helper()  # calls: Built.helper

            class Rebuilt(Built):
                def __init__(self): ...

            def g():
                Rebuilt.build().again()  # calls: Built.again, Built.build
                Built.helper()  # calls: Built.helper
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
    "properties": {
        "app.py": """
            from functools import cached_property

            class Order:
                @property
                def total(self): ...

                @total.setter
                def total(self, value): ...

                @cached_property
                def lines(self): ...

                def plain(self): ...

            class Special(Order):
                @property
                def total(self):
                    return super().total

            def f(order: Order, special: Special, other):
                order.total  # calls: Order.total, Special.total medium
                special.total  # calls: Special.total
                order.lines  # calls: Order.lines
                for line in special.lines:  # calls: Order.lines
                    pass
                order.plain
                other.lines
        """,
    },
    "what the language calls": {
        "app.py": """
            class Lock:
                def __enter__(self): ...
                def __exit__(self, *error): ...

            class Rows:
                def __iter__(self): ...

            class Pool:
                async def __aenter__(self): ...
                async def __aexit__(self, *error): ...

            def f():
                with Lock():  # calls: Lock.__enter__, Lock.__exit__
                    pass
                for row in Rows():  # calls: Rows.__iter__
                    pass
                [row for row in Rows()]  # calls: Rows.__iter__

            async def g():
                async with Pool() as pool:  # calls: Pool.__aenter__, Pool.__aexit__
                    pass

            def key(x): ...

            def h(rows):
                sorted(rows, key=key)  # calls: key
                rows.sort(key=key)  # calls: key
                list(map(key, rows))  # calls: key
                max(rows, key=lambda x: key(x))
        """,
    },
    "nested functions and recursion": {
        "app.py": """
            def f(n):
                def inner(m):
                    def innermost():
                        return f(m)  # calls: f

                    return innermost()  # calls: f.inner.innermost

                later = inner
                later(1)  # calls: f.inner
                return f(n - 1)  # calls: f

            def even(n):
                return odd(n - 1)  # calls: odd

            def odd(n):
                return even(n - 1)  # calls: even

            def made():
                def product(): ...
                return product

            def g():
                made()()  # calls: made, made.product
                product = made()  # calls: made
                product()  # calls: made.product

            def h():
                class Inner:
                    def act_inside(self): ...

                Inner().act_inside()
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
    "decorated functions": {
        "app.py": """
            import functools
            from contextlib import asynccontextmanager, contextmanager
            from functools import cache, lru_cache, partial

            from tenacity import retry, stop_after_attempt

            @lru_cache(maxsize=10)
            def limited(): ...

            @cache
            def remembered(): ...

            @retry(stop=stop_after_attempt(3))
            async def again(): ...

            @contextmanager
            def opened():
                yield

            @asynccontextmanager
            async def connected():
                yield

            @unknown
            def strange(): ...

            def shipped(to, *, fast=False): ...

            quick = partial(shipped, fast=True)

            class Service:
                @functools.lru_cache
                def cached_one(self): ...

                @staticmethod
                def static(): ...

            async def f(service: Service):
                limited()  # calls: limited
                remembered()  # calls: remembered
                await again()  # calls: again
                with opened():  # calls: opened
                    pass
                async with connected() as c:  # calls: connected
                    pass
                strange()  # calls: strange
                quick("x")  # calls: shipped
                partial(shipped, "x")()  # calls: shipped
                service.cached_one()  # calls: Service.cached_one
                Service.static()  # calls: Service.static
                service.static()  # calls: Service.static
        """,
    },
    "decorators of the project": {
        "app.py": """
            from functools import wraps

            def plain(function):
                @wraps(function)
                def wrapper(*args):
                    audit()  # calls: audit
                    return function(*args)

                return wrapper

            def audit(): ...

            def level(name):
                def decorate(function):
                    @wraps(function)
                    def wrapper(*args):
                        return function(*args)

                    return wrapper

                return decorate

            def register(function):
                return function

            @plain  # calls: wraps plain.wrapper
            def first(): ...

            @level("x")  # calls: level, wraps level.decorate.wrapper
            def second(): ...

            @register
            def third(): ...

            class View:
                @level(name="y")  # calls: level, wraps level.decorate.wrapper
                @plain  # calls: wraps plain.wrapper
                def get(self): ...

            def f():
                first()  # calls: first
                second()  # calls: second
                third()  # calls: third
                View().get()  # calls: View.get
                plain(third)()  # calls: plain, plain.wrapper

            class Timed:
                def __init__(self, label): ...

                def __call__(self, function):
                    def wrapper():
                        return function()

                    return wrapper

            @Timed("x")  # calls: Timed.__init__, wraps Timed.__call__.wrapper
            def fourth(): ...

            class Counted:
                def __init__(self, function):
                    self.function = function

                def __call__(self):
                    return self.function()

            @Counted  # calls: wraps Counted.__call__
            def fifth(): ...

            class Registered:
                def __init__(self, name): ...

                def __call__(self, function):
                    return function

            @Registered("x")  # calls: Registered.__init__
            def sixth(): ...

            def g():
                fourth()  # calls: fourth
                fifth()  # calls: fifth
                sixth()  # calls: sixth
        """,
    },
    "callbacks that are handed over": {
        "app.py": """
            import asyncio
            import threading
            from asyncio import to_thread
            from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
            from multiprocessing import Process

            from anyio.to_thread import run_sync
            from asgiref.sync import sync_to_async
            from django.db import transaction
            from fastapi import BackgroundTasks
            from starlette.concurrency import run_in_threadpool

            def work(x=1): ...

            async def async_work(): ...

            class Service:
                def start(self):
                    threading.Thread(target=self.loop).start()  # calls: hands Service.loop thread

                def loop(self): ...

            def f():
                pool = ThreadPoolExecutor()
                pool.submit(work, 1)  # calls: hands work thread
                pool.map(work, [1])  # calls: hands work thread
                with ThreadPoolExecutor() as other:
                    other.submit(fn=work)  # calls: hands work thread
                with ProcessPoolExecutor() as processes:
                    processes.submit(work)  # calls: hands work process
                threading.Thread(target=work).start()  # calls: hands work thread
                threading.Timer(1, work).start()  # calls: hands work thread
                Process(target=work).start()  # calls: hands work process
                transaction.on_commit(work)  # calls: hands work worker
                pool.submit(work())  # calls: work

            async def g(tasks: BackgroundTasks):
                await to_thread(work)  # calls: offloads work
                await run_in_threadpool(work, 1)  # calls: offloads work
                await run_sync(work)  # calls: offloads work
                await asyncio.get_running_loop().run_in_executor(None, work, 1)  # calls: offloads work
                await sync_to_async(work)()  # calls: offloads work
                tasks.add_task(work, 1)  # calls: hands work thread
                tasks.add_task(async_work)  # calls: hands async_work loop
                asyncio.create_task(async_work())  # calls: async_work
                later = to_thread(work)  # calls: hands work thread
        """,
    },
    "tasks and signals": {
        "app.py": """
            from celery import shared_task
            from django.db.models.signals import post_save
            from django.dispatch import Signal

            paid = Signal()

            @shared_task
            def mail(to): ...

            def receive(sender, **kwargs): ...

            post_save.connect(receive)

            def f():
                mail("x")  # calls: mail
                mail.delay("x")  # calls: hands mail task
                mail.apply_async(args=["x"], countdown=1)  # calls: hands mail task
                paid.connect(receive)
        """,
    },
    "tables of functions and classes": {
        "app.py": """
            class Csv:
                def export(self): ...

            class Pdf:
                def export(self): ...

            def on_paid(event): ...
            def on_failed(event): ...

            HANDLERS = {"paid": on_paid, "failed": on_failed}
            STEPS = [on_paid, on_failed]
            ONE = {"paid": on_paid}

            def f(kind, event):
                HANDLERS[kind](event)  # calls: on_failed medium, on_paid medium
                HANDLERS["paid"](event)
                HANDLERS.get(kind)(event)  # calls: on_failed medium, on_paid medium
                handler = HANDLERS[kind]
                handler(event)  # calls: on_failed medium, on_paid medium
                for step in STEPS:
                    step(event)  # calls: on_failed medium, on_paid medium
                for step in (on_paid, on_failed):
                    step(event)  # calls: on_failed medium, on_paid medium
                ONE[kind](event)  # calls: on_paid

            EXPORTERS = {"csv": Csv, "pdf": Pdf}
            READY = {"csv": Csv(), "pdf": Pdf()}

            def g(kind):
                EXPORTERS[kind]().export()  # calls: Csv.export medium, Pdf.export medium
                READY[kind].export()  # calls: Csv.export medium, Pdf.export medium
                [one.export() for one in READY.values()]  # calls: Csv.export medium, Pdf.export medium
        """,
    },
    "dependencies of FastAPI": {
        "app.py": """
            from fastapi import Depends, FastAPI

            class Session:
                def flush_rows(self): ...

            class Paging:
                def __init__(self, size: int):
                    self.size = size

                def bounds_of(self): ...

            class Opener:
                def __init__(self, url):
                    self.url = url

                def __call__(self) -> Session:
                    return Session()

            class Provide:
                class Inner:
                    def __call__(self):
                        return Session()

            def factory(kind):
                def provide():
                    return Session()

                return provide

            def by_type(kind):
                def provide():
                    return kind()

                return provide

            def generated():
                session = Session()
                try:
                    yield session
                finally:
                    session.flush_rows()  # calls: Session.flush_rows

            opener = Opener("x")  # calls: Opener.__init__
            inner = Provide.Inner()

            def f(
                a=Depends(opener),  # calls: hands Opener.__call__ thread
                b=Depends(Opener("y")),  # calls: Opener.__init__, hands Opener.__call__ thread
                c=Depends(factory("z")),  # calls: factory, hands factory.provide thread
                d=Depends(lambda: Session()),
                e=Depends(inner),  # calls: hands Provide.Inner.__call__ thread
                g: Paging = Depends(),
                h=Depends(Paging),  # calls: hands Paging.__init__ thread
                i=Depends(generated),  # calls: hands generated thread
                j=Depends(by_type(Session)),  # calls: by_type, hands by_type.provide thread
            ):
                a.flush_rows()  # calls: Session.flush_rows
                b.flush_rows()  # calls: Session.flush_rows
                c.flush_rows()  # calls: Session.flush_rows
                d.flush_rows()  # calls: Session.flush_rows
                e.flush_rows()  # calls: Session.flush_rows
                g.bounds_of()  # calls: Paging.bounds_of
                h.bounds_of()  # calls: Paging.bounds_of
                i.flush_rows()  # calls: Session.flush_rows
                j.flush_rows()  # calls: Session.flush_rows
        """,
    },
}
