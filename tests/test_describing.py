"""What values, places and effects are called: small modules whose lines say `# is: …` behind an expression."""

from __future__ import annotations

import re
from textwrap import dedent

import pytest
from modelled import Program

from archlint.knowledge.tables import Place
from archlint.project.effects.effect import Effect, EffectKind
from archlint.project.flow import call_sites
from archlint.project.project import UnitPlace
from archlint.project.views.describing import PLACES, effect_phrase, value_phrase

_MARKER = re.compile(r"probe\((.*)\)  # is: (.+)$", re.MULTILINE)
DJANGO = """
    from django.db import models

    class Customer(models.Model):
        name = models.TextField()

    class Order(models.Model):
        customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="orders")

    def show(customer: Customer, items):
        probe(unknown_to_all(items))  # is: not known
        probe(Order)  # is: the class `shop.Order`
        probe(show)  # is: the function `shop.show`
        probe(models.Model)  # is: `django.db.models.Model`
        probe(customer)  # is: an instance of `shop.Customer`
        probe(customer.orders)  # is: a manager of `shop.Order`, of a relation, with a condition, with `customer` loaded
        probe(Order.objects)  # is: a manager of `shop.Order`
        probe(Order.objects.all())  # is: a queryset of `shop.Order`
        probe(Order.objects.filter(id=1))  # is: a queryset of `shop.Order`, with a condition
        probe(Order.objects.filter(id=1)[:5])  # is: a queryset of `shop.Order`, with a condition, at most 5 rows
        probe(Order.objects.first)  # is: the method `first` of a manager of `shop.Order`
        probe(list(Order.objects.all()))  # is: a collection, each an instance of `shop.Order`
        probe([1, 2])  # is: a collection whose size does not depend on data
        probe([customer])  # is: a collection whose size does not depend on data, each an instance of `shop.Customer`
        probe(next(enumerate(Order.objects.all())))  # is: a tuple: not known, an instance of `shop.Order`
        probe(5)  # is: `5`
        probe("a secret")  # is: a string
        probe(None)  # is: `None`
"""
ALCHEMY = """
    from sqlalchemy import select, update
    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.orm import DeclarativeBase, Session

    class Base(DeclarativeBase):
        pass

    class Order(Base):
        __tablename__ = "orders"

    def show(session: Session, other: AsyncSession):
        probe(session)  # is: an instance of `sqlalchemy.orm.Session`, a database session
        probe(other)  # is: an instance of `sqlalchemy.ext.asyncio.AsyncSession`, an asynchronous database session
        probe(select(Order))  # is: a statement that selects `shop.Order`
        probe(select(Order.id))  # is: a statement that selects `shop.Order`, with a condition, with a limit
        probe(update(Order))  # is: a statement that changes `shop.Order`, with a limit
        probe(session.query(Order))  # is: a query of `shop.Order`
        probe(session.execute(select(Order)))  # is: the result of a query of `shop.Order`
"""


def described(text: str) -> list[tuple[int, str]]:
    one = Program({"shop.py": text})
    module = one.project.modules[0]
    source = one.source_of("shop.py")
    found = []
    for unit in module.facts.units:
        for site in call_sites(one.project, UnitPlace(module, unit), frozenset({"probe"})):
            value = one.project.inference.value(site.call.args[0], site.scope)
            found.append((source.line_at(unit.start + site.call.start), value_phrase(one.project, value)))
    return found


@pytest.mark.parametrize("text", [DJANGO, ALCHEMY], ids=["django", "sqlalchemy"])
def test_values_have_names(text: str) -> None:
    clean = dedent(text)
    expected = [(clean.count("\n", 0, match.start()) + 1, match[2]) for match in _MARKER.finditer(clean)]
    assert described(text) == expected


def test_effects_are_predicates() -> None:
    assert [effect_phrase(Effect(kind, "a.b")) for kind in EffectKind] == [
        "queries `a.b`",
        "writes `a.b`",
        "loads `a.b` lazily",
        "calls `a.b`",
        "blocks in `a.b`",
        "opens a transaction",
        "enqueues `a.b`",
        "logs `a.b`",
        "raises `a.b`",
    ]
    assert effect_phrase(Effect(EffectKind.QUERY, "")) == "queries the database"
    assert (
        effect_phrase(Effect(EffectKind.EXTERNAL, "requests.get", "no deadline"))
        == "calls `requests.get` (no deadline)"
    )


def test_every_place_has_a_name() -> None:
    assert set(PLACES) == set(Place)
    assert len(set(PLACES.values())) == len(PLACES)
