"""Small projects whose lines say `# calls: …`: kinds of callees, and what is done with functions."""

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
                    return cls()  # calls: Built.__init__, Rebuilt.__init__

                @staticmethod
                def helper(): ...

                def again(self):
                    self.__class__()  # calls: Built.__init__, Rebuilt.__init__
                    type(self)()  # calls: Built.__init__, Rebuilt.__init__
                    self.helper()  # calls: Built.helper

            class Rebuilt(Built):
                def __init__(self): ...

            def g():
                Rebuilt.build().again()  # calls: Built.again, Built.build
                Built.helper()  # calls: Built.helper
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
    "re-exports": {
        "app.py": """
            from shop import api, Cart
            from shop.api import charge as pay

            try:
                from fast import quick
            except ImportError:
                from slow import quick

            def f():
                api.charge()  # calls: shop.billing.charge
                pay()  # calls: shop.billing.charge
                Cart().fill()  # calls: shop.carts.Cart.fill
                quick()  # calls: fast.quick
        """,
        "shop/__init__.py": "from .carts import *\n",
        "shop/carts.py": """
            class Cart:
                def fill(self): ...
        """,
        "shop/api.py": "from .billing import charge\n",
        "shop/billing.py": "def charge(): ...\n",
        "fast.py": "def quick(): ...\n",
        "slow.py": "def quick(): ...\n",
    },
    "functions that objects keep": {
        "app.py": """
            def work(): ...
            def other(): ...

            class Runner:
                def __init__(self, callback, retries=1):
                    self.callback = callback

                def run(self):
                    self.callback()  # calls: work

            class Holder:
                action = staticmethod(other)

                def go(self):
                    self.action()  # calls: other

            def f():
                Runner(work).run()  # calls: Runner.__init__, Runner.run
                Runner(callback=work).run()  # calls: Runner.__init__, Runner.run
        """
    },
    "lambdas": {
        "app.py": """
            import asyncio
            import threading

            def key(x): ...

            def f(rows):
                sorted(rows, key=lambda x: key(x))  # calls: key
                max(rows, key=lambda x: key(x))  # calls: key
                list(map(lambda x: key(x), rows))  # calls: key
                threading.Thread(target=lambda: key(1)).start()  # calls: hands key thread
                later = lambda: key(1)
                later()

            async def g():
                await asyncio.to_thread(lambda: key(1))  # calls: offloads key
        """
    },
    "coroutines": {
        "app.py": """
            import asyncio

            async def load(): ...

            class Rows:
                def __aiter__(self): ...
                async def __anext__(self): ...

            async def f():
                await asyncio.gather(load(), load())  # calls: load
                await asyncio.wait_for(load(), 1)  # calls: load
                task = asyncio.create_task(load())  # calls: load
                async with asyncio.TaskGroup() as group:
                    group.create_task(load())  # calls: load
                async for row in Rows():  # calls: Rows.__aiter__
                    pass
                [await load() for one in range(3)]  # calls: load
                return await load()  # calls: load
        """
    },
    "single dispatch": {
        "app.py": """
            from functools import singledispatch

            @singledispatch
            def show(x): ...

            @show.register
            def _(x: int): ...

            @show.register(str)
            def show_text(x): ...

            def f():
                show(1)  # calls: show
        """
    },
    "modules as values": {
        "app.py": """
            import shop.orders
            import shop.orders as orders

            def f():
                shop.orders.cancel()  # calls: shop.orders.cancel
                orders.cancel()  # calls: shop.orders.cancel
        """,
        "shop/__init__.py": "",
        "shop/orders.py": "def cancel(): ...\n",
    },
}
