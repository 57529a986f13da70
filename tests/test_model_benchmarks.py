"""How much of what really ran archlint knows: small projects beside recordings of what they did."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks" / "model"))

from linked_folder import linked
from model_coverage import summary
from sample_sites import counted, drawn, labels, shown
from score_calls import CALLS, METHODS, Scorer
from sites import Sites
from verdicts import edges_share, reasons_table, sites_share

if TYPE_CHECKING:
    from collections.abc import Iterable

    from verdicts import Verdict

FILES = {
    "pyproject.toml": "",
    "shop/__init__.py": "",
    "shop/models.py": """
        from django.db import models

        class Customer(models.Model):
            def greet(self):
                return "hello"

        class Guest:
            def greet(self):
                return "welcome"

        class Order(models.Model):
            customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    """,
    "shop/prices.py": """
        from typing import Protocol

        class Rate(Protocol):
            def factor(self) -> int: ...

        class Flat:
            def factor(self) -> int:
                return 1

        class Base:
            def run(self) -> int:
                return 0

        class Special(Base):
            def run(self) -> int:
                return 1

        class Wide:
            def go(self) -> int:
                return 0

        class A(Wide):
            def go(self) -> int:
                return 1

        class B(Wide):
            def go(self) -> int:
                return 2

        class C(Wide):
            def go(self) -> int:
                return 3

        class D(Wide):
            def go(self) -> int:
                return 4

        class E(Wide):
            def go(self) -> int:
                return 5

        class F(Wide):
            def go(self) -> int:
                return 6

        def total(count):
            return count

        def other(count):
            return count

        def logged(function):
            def wrapper(*args):
                return function(*args)
            return wrapper

        @logged
        def taxed(count):
            return count
    """,
    "shop/use.py": """
        from django.shortcuts import get_object_or_404

        from shop.models import Customer, Order
        from shop.prices import Base, Rate, Special, Wide, taxed, total

        def known():
            return "é", total(1)

        def wrapped():
            return taxed(2)

        def unannotated(given):
            return given.greet()

        def declared(rate: Rate):
            return rate.factor()

        def overridden(base: Base):
            return base.run()

        def too_many(wide: Wide):
            return wide.go()

        def built():
            return [total(3) for _ in "ab"]

        def queries(given):
            Order.objects.get(pk=1)
            given.save()
            for order in Order.objects.all():
                list(Customer.objects.all())
            get_object_or_404(Customer, pk=1)
    """,
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for path, text in FILES.items():
        file = tmp_path / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(dedent(text), encoding="utf-8")
    return tmp_path


def site(text: str, caller: str, path: str = "shop/use.py") -> list[Any]:
    """Return the place of an expression or statement, by its text, as Python tells positions."""
    source = dedent(FILES[path])
    found = [one for one in ast.walk(ast.parse(source)) if (ast.get_source_segment(source, one) or "") == text]
    node: Any = next(one for one in found if isinstance(one, ast.Call | ast.For))
    return [path, caller, node.lineno, node.col_offset, node.end_lineno, node.end_col_offset]


def edge(text: str, caller: str, callee: tuple[str, str], kind: str = "call", **more: object) -> dict[str, Any]:
    return {"site": site(text, caller), "callee": [*callee, 1], "kind": kind, **more}


def query(text: str, *models: str, by: str = "django.db.models.query:QuerySet.get", **more: object) -> dict[str, Any]:
    rows = [["shop/models.py", model] for model in models]
    return {
        "site": site(text, "queries"),
        "by": by,
        "receivers": rows,
        "models": [[row, "select"] for row in rows],
        **more,
    }


def scorer(root: Path, calls: Iterable[object] = (), queries: Iterable[object] = ()) -> Scorer:
    return Scorer(linked(root), {"calls": list(calls), "queries": list(queries)})


def outcomes(verdicts: Iterable[Verdict]) -> Counter[tuple[str, str]]:
    return Counter((one.group, one.outcome) for one in verdicts)


TOTAL = ("shop/prices.py", "total")


def test_a_call_is_found_by_its_end_in_bytes_and_its_callee_compared(shop: Path) -> None:
    calls = [edge("total(1)", "known", TOTAL), edge("total(3)", "built", ("shop/prices.py", "other"))]
    verdicts = list(scorer(shop, calls).calls())
    assert outcomes(verdicts) == {("call", "right"): 1, ("call", "wrong"): 1}
    assert edges_share(verdicts, CALLS) == "1 of 2 right (50.0%), 1 wrong (50.0%)"
    assert sites_share(verdicts, CALLS) == "all callees of 1 of 2 right (50.0%), some of 1, wrong 1"


def test_the_function_that_a_decorator_of_the_project_wraps_is_as_right_as_the_wrapper(shop: Path) -> None:
    wrapper = ("shop/prices.py", "logged.<locals>.wrapper")
    bare, noted = edge("taxed(2)", "wrapped", wrapper), edge("taxed(2)", "wrapped", wrapper)
    noted["wrapped"] = [["shop/prices.py", "taxed", 1]]
    assert outcomes(scorer(shop, [bare]).calls()) == {("call", "wrong"): 1}
    assert outcomes(scorer(shop, [noted]).calls()) == {("call", "right"): 1}


def test_what_is_not_known_has_its_reason_and_its_place(shop: Path) -> None:
    verdicts = list(scorer(shop, [edge("given.greet()", "unannotated", ("shop/models.py", "Customer.greet"))]).calls())
    assert outcomes(verdicts) == {("call", "unknown"): 1}
    assert reasons_table(verdicts).split("\n") == [
        "    1  a parameter without annotation",
        "         shop/use.py:14: return given.greet()   ->   shop/models.py:Customer.greet",
    ]


@pytest.mark.parametrize(
    ("text", "callee", "outcome"),
    [
        ("rate.factor()", "Flat.factor", "right"),
        ("wide.go()", "C.go", "declared"),
        ("base.run()", "Special.run", "right"),
        ("base.run()", "Base.run", "right"),
        ("base.run()", "total", "wrong"),
    ],
)
def test_the_declared_method_is_told_from_a_wrong_one(shop: Path, text: str, callee: str, outcome: str) -> None:
    verdicts = scorer(shop, [edge(text, "f", ("shop/prices.py", callee))]).calls()
    assert outcomes(verdicts) == {("call", outcome): 1}


def test_of_several_true_callees_those_that_are_missed_count_as_another_callee(shop: Path) -> None:
    calls = [edge("wide.go()", "f", ("shop/prices.py", name)) for name in ("Wide.go", "C.go")]
    verdicts = list(scorer(shop, calls).calls())
    assert outcomes(verdicts) == {("call", "right"): 1, ("call", "another callee of the same call"): 1}
    assert sites_share(verdicts, CALLS) == "all callees of 0 of 1 right (0.0%), some of 1, wrong 0"


def test_decorators_and_properties_are_counted_apart(shop: Path) -> None:
    decorator = edge("total(1)", "known", TOTAL)
    line = dedent(FILES["shop/prices.py"]).split("\n").index("@logged") + 1
    decorator["site"] = ["shop/prices.py", "<module>", line, 1, line, 7]
    read = edge("total(1)", "known", TOTAL, kind="attribute")
    read["site"] = ["shop/use.py", "known", 8, 0, 8, 5]
    verdicts = list(scorer(shop, [decorator, read]).calls())
    assert outcomes(verdicts) == {("decorator", "not scored"): 1, ("attribute", "not scored"): 1}


def test_queries_are_right_wrong_or_unknown_by_their_model(shop: Path) -> None:
    rows = [
        query("Order.objects.get(pk=1)", "Order"),
        query("Order.objects.get(pk=1)", "Customer"),
        query("given.save()", "Order", by="django.db.models.base:Model.save"),
    ]
    verdicts = list(scorer(shop, queries=rows).queries())
    assert outcomes(verdicts) == {
        (METHODS, "right"): 1,
        (METHODS, "wrong"): 1,
        (METHODS, "not seen as a database call"): 1,
    }
    assert [one.why for one in verdicts if one.why] == ["a parameter without annotation"]


def test_a_loop_is_told_from_the_call_that_ends_where_it_ends(shop: Path) -> None:
    loop = "for order in Order.objects.all():\n        list(Customer.objects.all())"
    rows = [query(loop, "Order"), query("list(Customer.objects.all())", "Customer")]
    assert outcomes(scorer(shop, queries=rows).queries()) == {
        ("loop over a query", "right"): 1,
        ("function over a query (list, len, get_object_or_404)", "right"): 1,
    }


def test_queries_that_no_orm_call_of_the_project_makes_are_not_scored(shop: Path) -> None:
    inside = query("given.save()", "Order", by="django.shortcuts:render")
    relation = query("Order.objects.get(pk=1)", "Customer")
    relation["models"] = [[["shop/models.py", "Customer"], "relation"]]
    assert outcomes(scorer(shop, queries=[inside, relation]).queries()) == {
        ("inside another library's call", "not scored"): 1,
        ("relations loaded with a query or on access", "not scored"): 1,
    }


def test_coverage_counts_answers_and_reasons(shop: Path) -> None:
    sites = Sites(linked(shop))
    assert summary(list(sites.asked("calls"))).split("\n") == [
        "6 of 7 (85.7%)",
        "     1  a parameter without annotation",
        "        shop/use.py:14",
    ]
    assert summary(list(sites.asked("orm"))).split("\n")[0] == "2 of 3 (66.7%)"
    assert [one.answer for one in sites.asked("orm")] == ["queries `Order`", "", "queries `Order`"]


def test_a_sample_is_the_same_for_the_same_seed_and_shows_the_line(shop: Path) -> None:
    code = linked(shop)
    asked = list(Sites(code).asked("calls"))
    assert drawn(asked, 3, seed=1) == drawn(reversed(asked), 3, seed=1)
    assert drawn(asked, 3, seed=1) != drawn(asked, 3, seed=2)
    (page,) = ["\n".join(shown(code, [one])) for one in asked if one.line == 8]
    assert ">     8     return" in page
    assert "archlint says `shop/prices.py:total`" in page


def test_labels_are_counted_against_the_answers(shop: Path, tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    rows = [
        "8,17,calls,shop/prices.py:total",
        "8,17,calls,shop/prices.py:other",
        "20,16,calls,shop/prices.py:Special.run",
        "14,17,calls,shop/models.py:Guest.greet",
        "11,11,calls,?",
    ]
    text = "\n".join(
        ["# code base: some/shop 1234", "path,line,column,kind,truth", *(f"shop/use.py,{row}" for row in rows)]
    )
    file.write_text(text, encoding="utf-8")
    assert counted(linked(shop), labels(file)) == {"calls": Counter({"right": 2, "wrong": 1, "unknown": 1})}
