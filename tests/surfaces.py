"""A project in two states: between them findings come and go also in files that nobody edits."""

from __future__ import annotations

CONFIGURATION = """\
include = ["api/**", "shop/**", "db/**", "deploy/**", "tests/**"]
preview = true
min-confidence = "low"
migrations-since = "start"
"""
API_MODELS = """\
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "authors"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    books: Mapped[list["Book"]] = relationship(back_populates="author")


class Book(Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"))
    author: Mapped[Author] = relationship(back_populates="books")
"""
API_MAIN = """\
import time

import requests
from fastapi import Depends, FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.database import session
from api.models import Book
from api.waiting import pause

app = FastAPI()


@app.get("/books")
def books(db: Session = Depends(session)):
    return [("🙂🙂", book.title, book.author.name) for book in db.scalars(select(Book))]


@app.get("/rates")
async def rates():
    time.sleep(1)
    pause()
    return requests.get("https://rates.example.org/today").json()


@app.get("/quiet")
async def quiet():
    time.sleep(2)  # archlint: ignore[ARC301] -- there is one user


@app.get("/silent")
async def silent():
    time.sleep(3)  # noqa: ARC301


@app.get("/known")
async def known():
    time.sleep(4)


@app.get("/books/{key}")
async def one(key: int, db: Session = Depends(session)):
    return db.get(Book, key)
"""
API_DATABASE = """\
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

engine = create_engine("postgresql://localhost/books")
Local = sessionmaker(engine)


def session():
    with Local() as opened:
        yield opened
"""
WAITING = "import time\n\n\ndef pause():\n    time.sleep(5)\n"
NOT_WAITING = "def pause():\n    return None\n"
SHOP_MODELS = """\
from django.db import models


class Customer(models.Model):
    name = models.TextField()


class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
"""
ASKING = "from shop.models import Customer\n\n\ndef customer(key):\n    return Customer.objects.get(id=key)\n"
KNOWING = "def customer(key):\n    return key\n"
SHOP_SERVICES = """\
from shop.lookup import customer
from shop.models import Customer, Order


def names(rows):
    return [customer(row) for row in rows]


def silenced(rows):
    return [customer(row) for row in rows]  # archlint: ignore[ARC103] -- there are few


def unused(rows):
    return list(rows)  # archlint: ignore[ARC501] -- nothing to silence


def buyers():
    return [order.customer.name for order in Order.objects.all()]


def all_of(keys):
    return [Customer.objects.get(id=key) for key in keys]
"""
DROPPING = """\
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [{before}]
    operations = [migrations.RemoveField("order", "{field}")]
"""
SLEEPING = "import time\r\n\r\n\r\nasync def wait():\r\n    time.sleep(1)\r\n"
OUTSIDE = SLEEPING.replace("\r\n", "\n")
REPORT = "SELECT id FROM orders WHERE total = NULL;\n"
DEPLOYED = 'database:\n  user: shop\n  password: "{}"\n'
SECRET, OTHER_SECRET = "kV9xq2Lr7Tz4Wm8Ps3Yd", "hB6nc5Qe1Jw0Xu9Ra7Gf"

BEFORE = {
    "archlint.toml": CONFIGURATION,
    ".gitignore": ".archlint_cache/\n",
    "api/__init__.py": "",
    "api/models.py": API_MODELS,
    "api/main.py": API_MAIN,
    "api/database.py": API_DATABASE,
    "api/waiting.py": WAITING,
    "shop/__init__.py": "",
    "shop/models.py": SHOP_MODELS,
    "shop/lookup.py": KNOWING,
    "shop/services.py": SHOP_SERVICES,
    "shop/carriage.py": SLEEPING,
    "shop/migrations/__init__.py": "",
    "shop/migrations/0001_old.py": DROPPING.format(before="", field="old"),
    "db/report.sql": REPORT,
    "deploy/settings.yaml": DEPLOYED.format(SECRET),
    "tests/test_waiting.py": OUTSIDE,
    "outside/views.py": OUTSIDE,
}
EDITS = {
    "api/waiting.py": NOT_WAITING,
    "shop/lookup.py": ASKING,
    "shop/carriage.py": f"# é\r\n{SLEEPING}",
    "shop/migrations/0002_new.py": DROPPING.format(before='("shop", "0001_old")', field="customer"),
    "db/report.sql": f"-- Totals\n{REPORT}{REPORT}",
    "deploy/settings.yaml": f"# Settings\n{DEPLOYED.format(OTHER_SECRET)}",
    "outside/views.py": f"# Outside\n{OUTSIDE}",
}
AFTER = {**BEFORE, **EDITS}
BASELINED = "known"
"""The function whose finding the baseline has, in both states."""
