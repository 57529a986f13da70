"""How sure it is that a row of SQLAlchemy loads what many rows share: less where all rows have the same one."""

from __future__ import annotations

import shutil
from pathlib import Path
from textwrap import dedent

import pytest

from archlint.pipeline import Request, run
from archlint.settings import Overrides

MODELS = Path(__file__).parent / "fixtures" / "loops" / "lazy_load_in_template" / "bad_jinja" / "app"
READING = """
from app.models import Customer, Order


def orders_of(owner=None):
    found = Order.query
    if owner:
        found = found.filter_by(customer=owner)
    return found.all()


def names(owner, numbers):
    return [order.customer.name for order in {rows}]
"""


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("Order.query.all()", "medium"),
        ("Order.query.filter_by(customer_id=owner.id).all()", "low"),
        ("Order.query.filter(Order.customer_id == owner.id).order_by(Order.number).all()", "low"),
        ("Order.query.filter(Order.customer_id.in_(numbers)).all()", "medium"),
        ("Order.query.filter_by(number=owner.name).all()", "medium"),
        ("orders_of()", "medium"),
    ],
)
def test_rows_of_one_parent(tmp_path: Path, rows: str, expected: str) -> None:
    shutil.copytree(MODELS, tmp_path / "app")
    (tmp_path / "app" / "views.py").write_text(dedent(READING).format(rows=rows), encoding="utf-8")
    chosen = Overrides(jobs=1, select=("ARC102",), min_confidence="low")
    report = run(Request((tmp_path,), cwd=tmp_path, overrides=chosen))
    assert [one.diagnostic.confidence.value for one in report.results] == [expected]


KEY = """
import psycopg
from django.db import models


class Sender(models.Model):
    pass


class DeliveryEvent(models.Model):
    sender = models.ForeignKey(Sender, models.CASCADE, db_index=False)


class Tag(models.Model):
    sender = models.ForeignKey(Sender, models.CASCADE, db_index=False)
    other = models.ForeignKey("shop.Tag", models.CASCADE)
"""


def test_an_index_that_django_was_told_not_to_make(tmp_path: Path) -> None:
    """Of a table that only links others it would be sure, had nobody said so on purpose."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "models.py").write_text(KEY, encoding="utf-8")
    chosen = Overrides(jobs=1, select=("ARC622",), min_confidence="low")
    report = run(Request((tmp_path,), cwd=tmp_path, overrides=chosen))
    assert [one.diagnostic.confidence.value for one in report.results] == ["low", "low"]
