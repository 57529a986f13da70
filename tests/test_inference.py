"""What expressions evaluate to: small modules whose lines say `# infer: …` behind an expression."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from linking import MODELS, TABLES, linked

from archlint.ir import nodes as ir
from archlint.project.inference.listening import Called
from archlint.project.inference.scopes import Scope
from archlint.project.inference.sites import walk
from archlint.project.project import Project
from archlint.project.questions.deep import deeply
from archlint.project.values import (
    External,
    Instance,
    Items,
    Literal,
    Method,
    Parts,
    ProjectClass,
    ProjectFunction,
    ProjectModule,
    Query,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archlint.project.symbols import Module

_MARKER = re.compile(r"# infer: (.+)$", re.MULTILINE)


def shown(value: Value) -> str:  # noqa: PLR0911 - one answer a type
    """Return a value as the markers write it."""
    match value:
        case External(name) | Method(_, name):
            return f"external {name}" if isinstance(value, External) else f"{shown(value.receiver)} .{name}"
        case ProjectModule(module):
            return f"module {module.name}"
        case ProjectClass(definition):
            return f"class {definition.name}"
        case ProjectFunction(definition):
            return f"function {definition.name}"
        case Instance(name):
            return name
        case Query():
            marks = [mark for mark in ("filtered", "bounded", "related", "writes") if getattr(value, mark)]
            return " ".join([f"{value.stage.value} {value.model or '_'}", *marks])
        case Items(element, is_constant):
            return f"{'constant ' if is_constant else ''}[{shown(element)}]"
        case Parts(values):
            return f"({', '.join(map(shown, values))})"
        case Literal(constant):
            return repr(constant)
        case _:
            return "?"


def inferred(project: Project, files: Mapping[str, str]) -> list[tuple[str, int, str]]:
    """Return for each marked line what its first expression (in `probe(…)`) evaluates to."""
    return [row for module in project.modules for row in _probes(project, module, dedent(files[module.path]))]


def _probes(project: Project, module: Module, text: str) -> list[tuple[str, int, str]]:
    rows = []
    for unit in module.facts.units:
        scope = Scope(module, unit.start, module.classes.get(unit.owner))
        for site in walk(project.inference, project.body(unit), scope, {"probe"}):
            if isinstance(site, Called) and isinstance(site.call.func, ir.Name):
                line = text.count("\n", 0, unit.start + site.call.start) + 1
                value = project.inference.value(site.call.args[0], site.scope)
                rows.append((module.path, line, shown(value)))
    return rows


def expected(files: Mapping[str, str]) -> list[tuple[str, int, str]]:
    """Return what the markers say."""
    return [
        (path, number, marker)
        for path in sorted(files)
        for number, line in enumerate(dedent(files[path]).split("\n"), start=1)
        for marker in _MARKER.findall(line)
    ]


CASES: dict[str, dict[str, str]] = {
    "variables of a context": {
        "app.py": """
            from contextvars import ContextVar
            import httpx

            client: ContextVar[httpx.AsyncClient] = ContextVar("client")
            other = ContextVar("other")

            def f():
                probe(client.get())  # infer: httpx.AsyncClient
                probe(other.get())  # infer: ?
        """,
    },
    "objects that are iterated over": {
        "app.py": """
            class Found:
                pass

            class Rows:
                def __iter__(self):
                    return self

                def __next__(self):
                    return Found()

            class Pages:
                def __iter__(self):
                    yield Found()

            class Loop:
                def __iter__(self):
                    return Loop()

            def f():
                for row in Rows():
                    probe(row)  # infer: app.Found
                for page in Pages():
                    probe(page)  # infer: app.Found
                for one in Loop():
                    probe(one)  # infer: ?
        """,
    },
    "names that are bound under conditions": {
        "app.py": """
            from typing import TYPE_CHECKING
            import requests
            from redis.asyncio import Redis as Client
            from sqlalchemy.orm import Session

            if TYPE_CHECKING:
                Redis = Client[str]
            else:
                Redis = Client
            if TYPE_CHECKING:
                web = requests.Session()
            else:
                web = None
            try:
                def late():
                    return Session()
                class Late:
                    def __init__(self):
                        self.web = requests.Session()
            except NameError:
                pass
            first, second = requests.Session(), 1
            with open("x") as file:
                pass
            type Db = Session

            def f(db: Db):
                probe(Redis)  # infer: external redis.asyncio.Redis
                probe(web)  # infer: requests.Session
                probe(late())  # infer: sqlalchemy.orm.Session
                probe(Late().web)  # infer: requests.Session
                probe(first)  # infer: ?
                probe(file)  # infer: ?
                probe(db)  # infer: sqlalchemy.orm.Session
        """,
    },
    "collections that are empty at first, with an annotation": {
        "app.py": """
            from threading import Thread

            class Order: pass
            class Special(Order): pass

            class Server:
                def __init__(self):
                    self.listeners: list[tuple[str, Thread]] = []
                    self.by_name: dict[str, Thread] = {}

                def stop(self):
                    for name, thread in self.listeners:
                        probe(thread)  # infer: threading.Thread
                    probe(self.by_name["a"])  # infer: threading.Thread

            def f(unknown):
                orders: list[Order] = []
                probe(orders)  # infer: [app.Order]
                orders.append(unknown)
                probe(orders)  # infer: constant [app.Order]
                for one in unknown:
                    orders.append(one)
                probe(orders)  # infer: [?]
                some: list[Order] = []
                some.append(Special())
                probe(some)  # infer: constant [app.Special]
                names: dict[str, Order] = {}
                names["a"] = unknown
                probe(names["a"])  # infer: app.Order
        """,
    },
    "models of libraries that nobody knows": {
        "app.py": """
            from audits.models import AuditedModel
            from django.db import models
            from plain import Thing

            class Owned:
                owner = models.ForeignKey("User", on_delete=models.CASCADE)

            class Customer(AuditedModel):
                group = models.ForeignKey("Group", on_delete=models.CASCADE)

            class Other(Thing):
                name = models.CharField()

            class Order(models.Model):
                customers = models.ManyToManyField(Customer)

            def f(order: Order):
                probe(Customer.objects)  # infer: manager app.Customer
                probe(Other.objects)  # infer: class app.Other .objects
                probe(Owned.objects)  # infer: class app.Owned .objects
                probe(order.customers)  # infer: manager app.Customer filtered related
        """,
    },
    "constructors and literals": {
        "app.py": """
            import requests
            from requests import Session as Web

            class Client:
                pass

            def f(flag, other):
                probe(requests.Session())  # infer: requests.Session
                probe(Web())  # infer: requests.Session
                probe(requests.get)  # infer: external requests.get
                probe(Client())  # infer: app.Client
                probe(Client)  # infer: class app.Client
                probe(f)  # infer: function app.f
                probe("text")  # infer: 'text'
                probe([1, 2])  # infer: constant [1]
                probe([*other])  # infer: [?]
                probe({"a": 1}.items())  # infer: constant [(?, 1)]
                probe({}.items())  # infer: [(?, ?)]
                probe(Client() if flag else None)  # infer: app.Client
                probe(flag or Client())  # infer: ?
                probe(other)  # infer: ?
                probe(range(3))  # infer: constant [?]
                probe(range(other))  # infer: [?]
                probe((chosen := Client()))  # infer: app.Client
                probe(chosen)  # infer: app.Client
        """
    },
    "views, forms and filters of one model": {
        "shop/models.py": """
            from django.db import models

            class Order(models.Model):
                total = models.IntegerField()
        """,
        "app.py": """
            import django_filters
            from django import forms
            from django.views.generic import DetailView, ListView
            from rest_framework import serializers, viewsets
            from rest_framework.generics import RetrieveAPIView
            from shop.models import Order

            class Orders(ListView):
                model = Order

                def get_queryset(self):
                    probe(super().get_queryset())  # infer: lazy shop.models.Order
                    return super().get_queryset().filter(total=1)

                def get_context_data(self, **kwargs):
                    probe(self.object_list)  # infer: lazy shop.models.Order filtered
                    probe(self.get_queryset())  # infer: lazy shop.models.Order filtered

            class One(DetailView):
                queryset = Order.objects.filter(total=2)

                def get(self, request):
                    probe(self.get_object())  # infer: shop.models.Order
                    probe(self.object)  # infer: shop.models.Order

            class Api(viewsets.ModelViewSet):
                queryset = Order.objects.all()

                def list(self, request):
                    probe(self.filter_queryset(self.get_queryset()))  # infer: lazy shop.models.Order

            class Plain(RetrieveAPIView):
                model = Order

                def destroy(self, request):
                    probe(self.get_object())  # infer: shop.models.Order

            class Nothing(RetrieveAPIView):
                def get_queryset(self):
                    return choose()

                def get(self, request):
                    probe(self.get_object())  # infer: ?

            class Filter(django_filters.FilterSet):
                class Meta:
                    model = Order

                def used(self):
                    probe(self.queryset)  # infer: lazy shop.models.Order

            class Form(forms.ModelForm):
                class Meta:
                    model = Order

                def clean(self):
                    probe(self.instance)  # infer: shop.models.Order
                    probe(self.save())  # infer: shop.models.Order

            class Shown(serializers.ModelSerializer):
                class Meta:
                    model = Order

                def validate(self, data):
                    probe(self.instance)  # infer: shop.models.Order
        """,
    },
    "annotations": {
        "app.py": """
            from typing import Annotated, Iterator, NewType, Optional, Union
            from fastapi import Depends
            from sqlalchemy.orm import Session

            class Client:
                pass

            def get_session() -> Iterator[Session]:
                yield Session()

            def bare():
                with Session() as session:
                    yield session

            Dep = Annotated[Session, Depends(get_session)]
            ReadSession = NewType("ReadSession", Session)
            WriteSession = NewType("WriteSession", ReadSession)

            def f(
                a: Client, b: "Client", c: Optional[Client], d: Client | None, e: Union[None, Client], g: list[Client],
                h: dict[str, Client], i: tuple[Client, int], j: tuple[Client, ...], k: Dep, l=Depends(get_session),
                m=Depends(bare), n: Annotated[Client, 1] = None, o: Client | Session = None,
                r: ReadSession = None, w: WriteSession = None, x: ReadSession | WriteSession | None = None,
                y: Union[ReadSession, None, WriteSession] = None, z: Union[Client, Session] = None,
                *args: Client, **kw: Client,
            ):
                probe(a)  # infer: app.Client
                probe(r)  # infer: sqlalchemy.orm.Session
                probe(w)  # infer: sqlalchemy.orm.Session
                probe(x)  # infer: sqlalchemy.orm.Session
                probe(y)  # infer: sqlalchemy.orm.Session
                probe(z)  # infer: ?
                probe(b)  # infer: app.Client
                probe(c)  # infer: app.Client
                probe(d)  # infer: app.Client
                probe(e)  # infer: app.Client
                probe(g)  # infer: [app.Client]
                probe(h[0])  # infer: app.Client
                probe(i)  # infer: (app.Client, int)
                probe(j)  # infer: [app.Client]
                probe(k)  # infer: sqlalchemy.orm.Session
                probe(l)  # infer: sqlalchemy.orm.Session
                probe(m)  # infer: sqlalchemy.orm.Session
                probe(n)  # infer: app.Client
                probe(o)  # infer: ?
                probe(args)  # infer: [app.Client]
                probe(kw)  # infer: constant [?]
                found: Client = unknown()
                probe(found)  # infer: app.Client
        """
    },
    "results of functions": {
        "app.py": """
            from contextlib import contextmanager
            from functools import lru_cache, wraps

            class Client:
                def copy(self):
                    return Client()

                def twice(self):
                    yield self

            def promised() -> Client: ...

            def by_body(flag):
                made = Client()
                if flag:
                    return None
                return made

            def either(flag):
                return Client() if flag else by_body(flag)

            def several(flag):
                if flag:
                    return Client()
                return unknown()

            def many():
                yield Client()

            @contextmanager
            def opened():
                yield Client()

            @lru_cache(maxsize=1)
            def cached():
                return Client()

            @wraps(cached)
            def wrapped():
                return Client()

            def nested():
                def inner():
                    return Client()
                return inner

            async def later():
                return Client()

            async def f():
                probe(promised())  # infer: app.Client
                probe(by_body(1))  # infer: app.Client
                probe(either(1))  # infer: app.Client
                probe(several(1))  # infer: ?
                probe(many())  # infer: [app.Client]
                probe(next(many()))  # infer: app.Client
                probe(opened())  # infer: ?
                with opened() as client:
                    probe(client)  # infer: app.Client
                probe(cached())  # infer: app.Client
                probe(wrapped())  # infer: ?
                probe(nested())  # infer: function app.nested.inner
                probe(await later())  # infer: app.Client
                probe(promised().copy())  # infer: app.Client
                probe(promised().copy)  # infer: app.Client .copy
                probe(promised().twice())  # infer: [app.Client]
        """
    },
    "attributes of instances": {
        "base.py": """
            import requests

            class Base:
                kind = requests.Session
                shared = requests.Session()

                def __init__(self, given: requests.Session, other=None):
                    self.session = requests.Session()
                    self.given = given
                    self.other = other
                    self.typed: requests.Session = other

                @property
                def own(self):
                    return self.session

                @classmethod
                def make(cls):
                    probe(cls)  # infer: class base.Base
                    return cls(None)

                @staticmethod
                def plain(value):
                    probe(value)  # infer: ?
        """,
        "app.py": """
            from base import Base

            class Child(Base):
                def run(self):
                    probe(self)  # infer: app.Child
                    probe(self.session)  # infer: requests.Session
                    probe(self.given)  # infer: requests.Session
                    probe(self.other)  # infer: app.Child .other
                    probe(self.typed)  # infer: requests.Session
                    probe(self.own)  # infer: requests.Session
                    probe(self.shared)  # infer: requests.Session
                    probe(self.missing)  # infer: app.Child .missing
                    probe(self.run)  # infer: app.Child .run
                    probe(self.kind)  # infer: external requests.Session
        """,
    },
    "flow": {
        "app.py": """
            class A:
                pass

            class B:
                pass

            def f(flag, rows):
                value = A()
                probe(value)  # infer: app.A
                value = B()
                probe(value)  # infer: app.B
                if flag:
                    value = A()
                    probe(value)  # infer: app.A
                probe(value)  # infer: ?
                if flag:
                    value = B()
                else:
                    value = B()
                probe(value)  # infer: app.B
                if not flag:
                    value = A()
                    return
                probe(value)  # infer: app.B
                try:
                    value = A()
                except ValueError:
                    raise
                probe(value)  # infer: app.A
                first, second = A(), B()
                probe(second)  # infer: app.B
                for index, one in enumerate([A(), A()]):
                    probe(one)  # infer: app.A
                    probe(index)  # infer: ?
                for left, right in zip([A()], rows):
                    probe(left)  # infer: app.A
                names = ["a"]
                probe(names)  # infer: constant ['a']
                names.append(flag)
                probe(names)  # infer: constant [?]
                names += rows
                probe(names)  # infer: [?]
                known = {"a": 1}
                known["b"] = flag
                probe(known)  # infer: [?]
                probe([A() for _ in rows])  # infer: [app.A]
                probe(lambda: A())  # infer: ?
                flag += A()
                probe(flag)  # infer: ?
        """
    },
    "django": {
        "shop/__init__.py": "",
        "shop/models.py": MODELS,
        "shop/extra.py": """
            from django.db import models
            from django.apps import apps
            from .models import Order

            class Open(models.Manager):
                def get_queryset(self):
                    return super().get_queryset().filter(total=0)

            class Plain(models.Manager):
                pass

            class Kind(models.TextChoices):
                A = "a"

            class Line(models.Model):
                order = models.ForeignKey("shop.Order", on_delete=models.CASCADE)
                parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="parts")
                orders = models.ManyToManyField(Order, related_name="+")
                objects = models.Manager()
                open = Open()
                plain = Plain()

            def rows():
                return Order.objects.filter(total=1)

            def f(order: Order, line: Line, rows_: models.QuerySet[Order]):
                probe(Order.objects)  # infer: manager shop.models.Order
                probe(Order.objects.all())  # infer: lazy shop.models.Order
                probe(Order.objects.filter(total=1))  # infer: lazy shop.models.Order filtered
                probe(Order.objects.all()[:3])  # infer: lazy shop.models.Order bounded
                probe(Order.objects.filter(total=1)[0])  # infer: shop.models.Order
                probe(Order.objects.first())  # infer: shop.models.Order
                probe(Order.objects.get_or_create(total=1))  # infer: (shop.models.Order, ?)
                probe(Order.objects.count())  # infer: ?
                probe(Order.objects.latest())  # infer: shop.models.Order
                probe(Order.objects.unheard_of())  # infer: lazy shop.models.Order filtered bounded
                probe(list(Order.objects.all()))  # infer: [shop.models.Order]
                probe(Line.open)  # infer: manager shop.extra.Line filtered
                probe(Line.plain)  # infer: manager shop.extra.Line
                probe(apps.get_model("shop", "Order"))  # infer: class shop.models.Order
                probe(apps.get_model("shop.Nothing"))  # infer: ?
                probe(Kind.choices)  # infer: constant [?]
                probe(line.order)  # infer: shop.models.Order
                probe(line.order.customer)  # infer: shop.models.Customer
                probe(line.parent)  # infer: shop.extra.Line
                probe(line.parts)  # infer: manager shop.extra.Line filtered related
                probe(order.customer.orders.all())  # infer: lazy shop.models.Order filtered related
                probe(order.customer.orders.filter(total=1))  # infer: lazy shop.models.Order filtered
                probe(order.line_set)  # infer: manager shop.extra.Line filtered related
                probe(line.orders)  # infer: manager shop.models.Order filtered related
                probe(rows_)  # infer: lazy shop.models.Order filtered bounded
                probe(rows())  # infer: lazy shop.models.Order filtered
                probe(model.objects)  # infer: manager _
                probe(Model.objects)  # infer: manager Model
                probe(get_user_model().objects)  # infer: manager _
                probe(bucket.objects)  # infer: external bucket.objects
                for one in rows():
                    probe(one)  # infer: shop.models.Order
        """,
    },
    "models of Django that are no plain names": {
        "shop/__init__.py": "",
        "shop/settings.py": """
            AUTH_USER_MODEL = "shop.Person"
        """,
        "shop/models.py": """
            from django.contrib.auth import get_user_model
            from django.contrib.auth.models import Group as AuthGroup
            from django.db import models

            class Person(models.Model):
                pass

            class Tag(models.Model):
                pass

            class Membership(models.Model):
                pass

            class Media(models.Model):
                tags = models.ManyToManyField(Tag)
                members = models.ManyToManyField(Person, through=Membership, related_name="media")

            User = get_user_model()

            def f(media: Media, person: Person, Model):
                probe(AuthGroup.objects)  # infer: manager Group
                probe(Media.members.through)  # infer: class shop.models.Membership
                probe(Media.members.through.objects)  # infer: manager shop.models.Membership
                probe(media.members.through.objects)  # infer: manager shop.models.Membership
                probe(person.media.through.objects)  # infer: manager shop.models.Membership
                probe(Media.tags.through.objects)  # infer: manager _
                Between = Media.tags.through
                probe(Between.objects)  # infer: manager _
                Odd = media.unheard_of
                probe(Odd.objects)  # infer: manager _
                probe(User.objects)  # infer: manager shop.models.Person
                probe(get_user_model().objects)  # infer: manager shop.models.Person
        """,
    },
    "sqlalchemy": {
        "db.py": TABLES,
        "app.py": """
            from sqlalchemy import func, select, update
            from sqlalchemy.ext.asyncio import AsyncSession
            from db import Maker, Session, User

            async def f(session: Session, later: AsyncSession):
                probe(session.query(User))  # infer: lazy db.User
                probe(session.query(User).filter(1))  # infer: lazy db.User filtered
                probe(session.query(User).limit(3))  # infer: lazy db.User bounded
                probe(session.query(User.name))  # infer: lazy db.User filtered bounded
                probe(session.query(User).all())  # infer: [db.User]
                probe(session.query(User).first())  # infer: db.User
                probe(select(User))  # infer: statement db.User
                probe(select(func.count()))  # infer: statement _ filtered bounded
                probe(update(User))  # infer: statement db.User bounded writes
                probe(session.execute(select(User)).scalars())  # infer: result db.User
                probe(session.scalars(select(User)).all())  # infer: [db.User]
                probe((await later.scalars(select(User))).first())  # infer: db.User
                probe(session.get(User, 1))  # infer: db.User
                probe(session.scalar(select(User)))  # infer: db.User
                probe(Maker)  # infer: sqlalchemy.orm.sessionmaker
                probe(Maker())  # infer: sqlalchemy.orm.Session
                with Maker() as opened, Maker.begin() as begun:
                    probe(opened)  # infer: sqlalchemy.orm.Session
                    probe(begun)  # infer: sqlalchemy.orm.Session
        """,
    },
    "flask sqlalchemy": {
        "app.py": """
            from flask_sqlalchemy import SQLAlchemy

            db = SQLAlchemy()

            class User(db.Model):
                id = db.Column(db.Integer)

            def f():
                probe(db.session)  # infer: sqlalchemy.orm.Session
                probe(User.query)  # infer: lazy app.User
                probe(User.query.all())  # infer: [app.User]
                probe(db.select(User))  # infer: statement app.User
                probe(db.session.execute(db.select(User)).scalars().first())  # infer: app.User
        """
    },
    "db-api": {
        "app.py": """
            import sqlite3
            from django.db import connection
            import psycopg2

            def f():
                with psycopg2.connect("x") as con, con.cursor() as cursor:
                    probe(cursor)  # infer: psycopg2.extensions.cursor
                probe(sqlite3.connect("x").cursor())  # infer: sqlite3.Cursor
        """
    },
    "re-exports": {
        "shop/__init__.py": "from .models import Order\nfrom shop import services as tools",
        "shop/models/__init__.py": "from .orders import *\nfrom .stock import Stock as Depot",
        "shop/models/orders.py": "class Order:\n    pass",
        "shop/models/stock.py": "class Stock:\n    pass",
        "shop/services.py": """
            from . import models
            from .models import Depot, Order as Ordered
            from shop import Order
            import shop.models as other
            import shop.models.orders

            def f():
                probe(Order())  # infer: shop.models.orders.Order
                probe(Ordered)  # infer: class shop.models.orders.Order
                probe(Depot())  # infer: shop.models.stock.Stock
                probe(models.Order)  # infer: class shop.models.orders.Order
                probe(other.Depot)  # infer: class shop.models.stock.Stock
                probe(shop.models.orders.Order)  # infer: class shop.models.orders.Order
                probe(models)  # infer: module shop.models
        """,
        "main.py": """
            from shop import tools

            probe(tools)  # infer: module shop.services
            probe(tools.f)  # infer: function shop.services.f
        """,
    },
    "source folder": {
        "src/shop/__init__.py": "",
        "src/shop/models.py": "class Order:\n    pass",
        "src/shop/api.py": "from shop.models import Order\nprobe(Order())  # infer: src.shop.models.Order",
        "tests/test_api.py": "import shop.models\nprobe(shop.models.Order)  # infer: class src.shop.models.Order",
    },
    "two projects in one repository": {
        "backend/app/db.py": "class Session:\n    pass",
        "backend/app/main.py": "from app.db import Session\nprobe(Session)  # infer: class backend.app.db.Session",
        "worker/app/db.py": "class Session:\n    pass",
        "worker/app/main.py": "from app.db import Session\nprobe(Session)  # infer: class worker.app.db.Session",
        "other/main.py": "from app.db import Session\nprobe(Session)  # infer: external app.db.Session",
    },
    "namespace packages": {
        "company/billing/models.py": "class Bill:\n    pass",
        "company/shop/api.py": """
            from company.billing.models import Bill
            from ..billing import models

            probe(Bill())  # infer: company.billing.models.Bill
            probe(models.Bill)  # infer: class company.billing.models.Bill
        """,
    },
    "names of libraries": {
        "requests.py": "",
        "lib/redis/client.py": "class Redis:\n    pass",
        "app.py": "import redis.client\nprobe(redis.client.Redis)  # infer: external redis.client.Redis",
    },
    "cycles": {
        "a.py": """
            from b import second, Second

            first = second
            class First(Second):
                pass

            def ping(n):
                return pong(n) if n else First()

            def pong(n):
                return ping(n) if n else First()

            def alone():
                return alone()

            class Node:
                def __init__(self, parent=None):
                    self.parent = self.parent
                    self.other = Node().other

            probe(first)  # infer: ?
            probe(First().anything)  # infer: a.First .anything
            probe(alone())  # infer: ?
            probe(Node().parent)  # infer: a.Node .parent
            probe(Node().other)  # infer: a.Node .other
            loop = loop
            probe(loop)  # infer: ?
        """,
        "b.py": "from a import first, First\nsecond = first\nclass Second(First):\n    pass",
        "c.py": "from d import *\nprobe(nowhere)  # infer: external nowhere",
        "d.py": "from c import *",
        "e.py": "from e import name\nprobe(name)  # infer: external e.name",
    },
}


@pytest.mark.parametrize("name", CASES)
def test_what_an_expression_evaluates_to(name: str) -> None:
    files = CASES[name]

    assert inferred(linked(files), files) == expected(files)


@pytest.mark.parametrize("name", CASES)
@given(data=st.data())
def test_the_order_of_files_does_not_matter(name: str, data: st.DataObject) -> None:
    files = CASES[name]
    order = data.draw(st.permutations(sorted(files)))

    assert inferred(linked(files, order), files) == expected(files)


@given(st.permutations(range(6)), st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12))
def test_the_order_of_questions_does_not_matter(order: list[int], calls: list[tuple[int, int]]) -> None:
    lines = ["class Found: pass"]
    for one in range(6):
        called = [f"    if x: return f{other}(x)" for caller, other in calls if caller == one]
        lines += [f"def f{one}(x):", *called, "    return Found()"]
    files = {"app.py": "\n".join(lines)}

    def answers(asked: Iterable[int]) -> dict[int, str]:
        project = linked(files)
        module = project.modules[0]
        return {one: shown(project.inference.returned(module.functions[f"f{one}"], None)) for one in asked}

    assert answers(order) == answers(range(6))


def test_long_chains_end() -> None:
    lines = ["probe(v1999)", "class Found: pass", "v0 = Found()", *[f"v{n} = v{n - 1}" for n in range(1, 2000)]]
    files = {"app.py": "\n".join(lines)}

    assert deeply(lambda: inferred(linked(files), files)) == [("app.py", 1, "?")]


def test_chains_of_hundreds_are_followed() -> None:
    lines = ["probe(v500)", "class Found: pass", "v0 = Found()", *[f"v{n} = v{n - 1}" for n in range(1, 501)]]
    files = {"app.py": "\n".join(lines)}

    assert deeply(lambda: inferred(linked(files), files)) == [("app.py", 1, "app.Found")]


def test_deep_expressions_end() -> None:
    files = {"app.py": f"probe(x{'.a()' * 80})"}

    assert inferred(linked(files), files) == [("app.py", 1, "?")]
