"""What `archlint why` says of a line: the function, the ways in, what it does, and its expressions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from modelled import Program

from archlint.cli import app
from archlint.errors import UsageError
from archlint.knowledge.tables import Place
from archlint.project.routes.route import EntryKind, Guard, GuardKind, Level, Mention
from archlint.project.views.explaining import Asked, explain
from archlint.report.why import why_json, why_text

if TYPE_CHECKING:
    from archlint.project.views.explaining import Explanation

ROOT = Path(__file__).parents[1]
FILES = {
    "shop/models.py": """
        from django.db import models

        class Customer(models.Model):
            name = models.TextField()

        class Order(models.Model):
            customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    """,
    "shop/store.py": """
        import requests
        from shop.models import Order

        LIMIT = 5

        def latest(count: int):
            found = Order.objects.all()  # query shop.models.Order
            return found

        class Store:
            def show(self, order: Order):
                rate(order)  # calls shop.store.rate in a loop
                for one in latest(3):  # calls shop.store.latest
                    with open("x") as file:
                        print(one.customer.name, file)
                def inner(text):
                    return text
                return inner

        def rate(order):
            return requests.get("http://rates")  # external call requests.get (no deadline)

        def unused():
            pass
    """,
    "shop/views.py": """
        from shop.store import Store, latest

        def orders(request):
            store = Store()
            return store.show(request)  # calls shop.store.Store.show

        def nightly():
            return latest(9)  # calls shop.store.latest

        def user(request):
            return latest(1)  # calls shop.store.latest
    """,
}


@pytest.fixture
def program() -> Program:
    one = Program(FILES)
    module = one.function("shop.views.orders").module
    guards = (
        Guard(GuardKind.AUTHENTICATION, "login_required", Level.DECORATOR, Mention(module, 1, 5)),
        Guard(GuardKind.RATE_LIMIT, "throttle", Level.SETTINGS),
    )
    return (
        one.route("GET /orders", "shop.views.orders", guards=guards, dependencies=("shop.views.user",))
        .entry(EntryKind.ROUTE, "GET /orders", "shop.views.orders")
        .entry(EntryKind.COMMAND, "nightly", "shop.views.nightly", Place.COMMAND)
    )


def asked(program: Program, path: str, line: int, column: int | None = None) -> Explanation:
    found = explain(Asked(program.project, program, program.source_of), path, line, column)
    assert found is not None
    return found


def line_of(program: Program, path: str, text: str) -> int:
    source = program.source_of(path)
    return source.line_at(source.text.index(text))


def notes(program: Program, text: str, column: int | None = None) -> list[str]:
    """Return what is said of the expressions on the line of the store that holds a text."""
    found = asked(program, "shop/store.py", line_of(program, "shop/store.py", text), column)
    return [" | ".join(filter(None, (one.text, one.value, one.callee, *one.does))) for one in found.notes]


def test_all_that_is_known_of_a_line(program: Program) -> None:
    line = line_of(program, "shop/store.py", "rate(order)")
    assert (
        why_text(asked(program, "shop/store.py", line))
        == f"""\
shop/store.py:{line}: in the function `shop.store.Store.show`, defined at shop/store.py:12

How it is reached
  route GET /orders at shop/views.py:4, runs in a thread of a pool that requests share
    guarded by `login_required` (authentication, at the decorator, shop/views.py:2)
    guarded by `throttle` (rate limit, at the settings)
    shop/views.py:6 `shop.views.orders` calls `shop.store.Store.show`

What it does
  queries `shop.models.Order`
    shop/store.py:14 calls `shop.store.latest`
    shop/store.py:8 queries `shop.models.Order`
  calls `requests.get` (no deadline)
    shop/store.py:13 calls `shop.store.rate` in a loop
    shop/store.py:22 calls `requests.get` (no deadline)

On this line
  `rate(…)` is not known
    calls `shop.store.rate`
      which calls `requests.get` (no deadline)
  `order` is an instance of `shop.models.Order`
"""
    )


def test_all_ways_in_are_told_nearest_first(program: Program) -> None:
    found = asked(program, "shop/store.py", line_of(program, "shop/store.py", "found ="))
    assert [(way.kind, way.label, len(way.chain)) for way in found.ways_in] == [
        ("dependency of a route", "GET /orders", 1),
        ("command", "nightly", 1),
        ("route", "GET /orders", 2),
    ]


def test_a_function_that_nobody_enters_says_so(program: Program) -> None:
    text = why_text(asked(program, "shop/store.py", line_of(program, "shop/store.py", "def unused")))
    assert "How it is reached\n  no entry point is known to lead here\n" in text
    assert "What it does\n  nothing that is known\n" in text


def test_what_a_line_binds_is_told(program: Program) -> None:
    assert notes(program, "def latest") == ["count | an instance of `int`"]
    assert notes(program, "found =") == [
        "found | a queryset of `shop.models.Order`",
        "Order | the class `shop.models.Order`",
        "Order.objects | a manager of `shop.models.Order`",
        "Order.objects.all() | a queryset of `shop.models.Order`",
    ]
    assert notes(program, "for one in")[:1] == ["one | an instance of `shop.models.Order`"]
    assert notes(program, "with open") == [
        "open(…) | a file that comes with the code | open",
        "file | a file that comes with the code",
    ]


def test_names_and_attributes_without_a_call_are_told(program: Program) -> None:
    assert [one for one in notes(program, "print(one") if "customer" in one] == [
        "one.customer | an instance of `shop.models.Customer`",
        "one.customer.name | an instance of `django.db.models.TextField`",
    ]


def test_a_column_narrows_to_what_stands_around_it(program: Program) -> None:
    text = program.source_of("shop/store.py").line_text(line_of(program, "shop/store.py", "found ="))
    assert notes(program, "found =", text.index("objects") + 1) == [
        "Order.objects | a manager of `shop.models.Order`",
        "Order.objects.all() | a queryset of `shop.models.Order`",
    ]


def test_a_nested_function_is_the_innermost_one(program: Program) -> None:
    line = line_of(program, "shop/store.py", "return text")
    assert asked(program, "shop/store.py", line).function == "shop.store.Store.show.inner"
    assert asked(program, "shop/store.py", line + 1).function == "shop.store.Store.show"


def test_outside_functions_the_module_is_named(program: Program) -> None:
    line = line_of(program, "shop/store.py", "LIMIT")
    assert (
        why_text(asked(program, "shop/store.py", line))
        == f"""\
shop/store.py:{line}: in module `shop.store`, outside any function

On this line
  `LIMIT` is `5`
"""
    )
    assert "nothing that archlint looks at" in why_text(asked(program, "shop/store.py", 1))


def test_the_json_holds_the_same(program: Program) -> None:
    line = line_of(program, "shop/store.py", "rate(order)")
    document = json.loads(why_json(asked(program, "shop/store.py", line)))
    assert document["function"] == "shop.store.Store.show"
    assert document["spot"] == {"path": "shop/store.py", "line": line}
    assert [one["label"] for one in document["ways_in"]] == ["GET /orders"]
    assert [one["kind"] for one in document["does"]] == ["query", "external call"]
    assert document["notes"][0]["does"] == ["calls `requests.get` (no deadline)"]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app.archlint, ["why", *arguments, "--no-cache"])


@pytest.fixture
def _shop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "examples" / "fastapi_shop")


@pytest.mark.usefixtures("_shop")
def test_the_command_answers() -> None:
    assert run("shop/orders.py:22").output.startswith("shop/orders.py:22: in the function `shop.orders.total_cents`")
    assert json.loads(run("shop/orders.py:22:9", "--format", "json").output)["module"] == "shop.orders"


@pytest.mark.usefixtures("_shop")
@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("shop/orders.py", "FILE:LINE"),
        ("shop:3", "is a folder"),
        ("shop/none.py:3", "no such file"),
        ("shop/orders.py:900", "there is no line 900"),
        ("shop/orders.py:0", "there is no line 0"),
        ("docker-compose.yml:1", "no Python"),
    ],
)
def test_the_command_says_what_is_wrong(place: str, said: str) -> None:
    failure = run(place).exception
    assert isinstance(failure, UsageError)
    assert said in str(failure)
