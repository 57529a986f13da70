"""A project that changes: what is recomputed, and that the answers are those of a project seen for the first time."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linking import MODELS, linked

from archlint.project.questions.past import kept_answers, remembered

if TYPE_CHECKING:
    from archlint.project.project import Project

FILES = {
    "shop.py": MODELS,
    "store.py": """
        from shop import Order

        def orders():
            return Order.objects.filter(total=1)

        def first():
            return orders().first()

        class Store:
            def __init__(self, source):
                self.source = source

            def load(self):
                return first()
    """,
    "views.py": """
        from store import Store, first, orders

        def index(request):
            for order in orders():
                print(order.customer.name)

        def one(request):
            return Store(orders).load()

        def nothing(request):
            return 1
    """,
}


def answers(project: Project) -> dict[str, object]:
    """Return what is known of all functions, in words that do not depend on the project object."""
    from archlint.project.questions.naming import name_of

    found: dict[str, object] = {}
    for module in project.modules:
        found[module.path] = name_of((project.effects.imported(module),))
        for function in module.functions.values():
            value = project.inference.returned(function, None)
            found[function.name] = name_of((value, project.effects.summary(function)))
    return found


def kept(project: Project) -> bytes:
    answers(project)
    return kept_answers(project)


def resumed(files: dict[str, str], data: bytes) -> Project:
    project = linked(files)
    project.memo.past = remembered(project, data)
    return project


def edited(**changes: str) -> dict[str, str]:
    return {**FILES, **{f"{name}.py": text for name, text in changes.items()}}


def test_an_unchanged_project_computes_nothing() -> None:
    data = kept(linked(FILES))

    again = resumed(FILES, data)

    assert answers(again) == answers(linked(FILES))
    assert again.memo.computed == {}


def test_a_line_above_computes_nothing() -> None:
    data = kept(linked(FILES))

    again = resumed(edited(store="\n\n# a comment\n" + dedent(FILES["store.py"])), data)

    answers(again)
    assert again.memo.computed == {}


def test_an_unrelated_file_computes_only_itself() -> None:
    data = kept(linked(FILES))

    again = resumed({**FILES, "other.py": "def alone():\n    return 1\n"}, data)

    answers(again)
    assert again.memo.computed == {"returned": 1, "summary": 1, "body": 1, "imported": 1}


def test_a_change_that_says_the_same_stops_there() -> None:
    data = kept(linked(FILES))

    again = resumed(edited(store=FILES["store.py"].replace("total=1", "total=2")), data)

    answers(again)
    assert again.memo.computed == {"returned": 1, "body": 1}


def test_a_change_reaches_those_who_depend_on_it() -> None:
    data = kept(linked(FILES))
    changed = edited(store=FILES["store.py"].replace("filter(total=1)", 'select_related("customer")'))

    again = resumed(changed, data)

    assert answers(again) == answers(linked(changed))
    assert again.memo.computed["body"] == 3  # orders, and those that use its rows: first and index
    assert "lazy load" not in str(answers(again)["views.index"])


CHANGES: dict[str, tuple[str, str, str]] = {
    "what a function imports": (
        """
        def work():
            from shop import MARK as made
            return made()
        """,
        "MARK",
        "Order Customer",
    ),
    "a class with the shape of a protocol": (
        """
        from typing import Protocol
        from shop import Order

        class Source(Protocol):
            def fetch_all(self): ...

        class Rows:
            def fetch_all(MARK):
                return Order.objects.count()

        def work(source: Source):
            source.fetch_all()
        """,
        "MARK",
        "self self,#kind",
    ),
    "the body of a method of a protocol": (
        """
        from typing import Protocol
        from shop import Order

        class Source(Protocol):
            def fetch_all(self):
                MARK

        class Rows:
            def fetch_all(self):
                return Order.objects.count()

        def work(source: Source):
            source.fetch_all()
        """,
        "MARK",
        "... print()",
    ),
    "the body of a method that was abstract": (
        """
        from shop import Order

        class Source:
            def fetch_all(self):
                MARK

        class Rows(Source):
            def fetch_all(self):
                return Order.objects.count()

        def work(source: Source):
            source.fetch_all()
        """,
        "MARK",
        "raise#NotImplementedError Order.objects.first()",
    ),
    "the class that stands in for a parameter": (
        """
        from shop import Order

        class Kind:
            def fetch_all(self): ...

        class Rows(MARK):
            def fetch_all(self):
                return Order.objects.count()

        def made():
            return Rows()

        def given() -> Kind: ...

        def work(flag):
            (given() if flag else made()).fetch_all()
        """,
        "MARK",
        "Kind object",
    ),
    "a decorator of a function": (
        """
        from shop import Order

        def named(name):
            Order.objects.count()
            return lambda function: function

        def other(name):
            return lambda function: function

        @MARK("x")
        def work():
            return 1
        """,
        "MARK",
        "named other",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_answers_rest_on_is_noted(name: str) -> None:
    text, mark, values = CHANGES[name]
    before, after = (edited(app=text.replace(mark, value.replace("#", " "))) for value in values.split(" "))

    again = resumed(after, kept(linked(before)))

    assert answers(again) == answers(linked(after))
    assert answers(again) != answers(linked(before))


def test_what_stands_behind_an_import_in_a_function_is_noted() -> None:
    app = """
        def work():
            from store import made
            return made()
    """
    before, after = (edited(app=app, store=f"from shop import {name} as made") for name in ("Order", "Customer"))

    again = resumed(after, kept(linked(before)))

    assert answers(again) == answers(linked(after))
    assert answers(again)["app.work"] != answers(linked(before))["app.work"]


def test_damaged_bytes_are_no_answers() -> None:
    data = kept(linked(FILES))

    assert remembered(linked(FILES), data[:-9]) is None
    assert remembered(linked(FILES), b"damaged") is None


def test_a_field_that_becomes_a_relation_is_an_input() -> None:
    before = {
        "base.py": """
            from django.db import models
            from audits.models import Audited

            class Customer(Audited):
                group = models.CharField()
        """,
        "use.py": """
            from base import Customer

            def all_of_them():
                return Customer.objects.filter(group=1)
        """,
    }
    after = {**before, "base.py": before["base.py"].replace("CharField", "ForeignKey")}

    assert answers(resumed(after, kept(linked(before)))) == answers(linked(after)) != answers(linked(before))


def test_what_the_name_of_a_field_stands_for_is_an_input() -> None:
    before = {
        "fields.py": "from django.db.models import CharField as Link\n",
        "base.py": """
            from audits.models import Audited
            from fields import Link

            class Customer(Audited):
                group = Link()
        """,
        "use.py": """
            from base import Customer

            def all_of_them():
                return Customer.objects.filter(group=1)
        """,
    }
    after = {**before, "fields.py": before["fields.py"].replace("CharField", "ForeignKey")}

    assert answers(resumed(after, kept(linked(before)))) == answers(linked(after)) != answers(linked(before))


def test_what_a_wrapper_sends_is_an_input() -> None:
    files = {
        "base.py": """
            import sqlite3

            def run(text):
                return sqlite3.connect("x").execute(text)
        """,
        "app.py": """
            from base import run

            def orders():
                return run("SELECT * FROM orders WHERE id = 1")
        """,
    }
    data = kept(linked(files))
    changed = {**files, "base.py": files["base.py"].replace("execute(text)", "cursor()")}

    assert answers(resumed(changed, data)) == answers(linked(changed))


EDITS = [
    ("store.py", "total=1", "total=2"),
    ("store.py", ".filter(total=1)", '.select_related("customer")'),
    ("store.py", "return orders().first()", "return None"),
    ("store.py", "return first()", "return self.source()"),
    ("store.py", "from shop import Order", "from shop import Customer as Order"),
    ("shop.py", "name = models.TextField()", "label = models.TextField()"),
    ("shop.py", 'related_name="orders"', 'related_name="bought"'),
    ("shop.py", "(Customer, on_delete", "('self', on_delete"),
    ("shop.py", "class Order(models.Model)", "class Order(object)"),
    ("views.py", "orders():", "list(orders()):"),
    ("views.py", "order.customer.name", "order.total"),
    ("views.py", "Store(orders)", "Store(first)"),
    ("views.py", "return 1", "return first()"),
    ("views.py", "def nothing", "def first"),
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(EDITS), st.booleans()), min_size=1, max_size=6))
def test_edits_give_what_a_cold_run_gives(edits: list[tuple[tuple[str, str, str], bool]]) -> None:
    files = dict(FILES)
    data = kept(linked(files))
    for (path, old, new), back in edits:
        files[path] = files[path].replace(new, old) if back else files[path].replace(old, new)
        project = resumed(files, data)
        assert answers(project) == answers(linked(files))
        data = kept_answers(project)
