"""Templates: what is read of their text, whatever it holds, and that a run follows their changes."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from factories import HOSTILE_TEXT
from hypothesis import given
from hypothesis import strategies as st

from archlint.ir.lower_template import lower_template
from archlint.ir.template import ScopeKind, TemplateFacts
from archlint.pipeline import Request, run
from archlint.settings import Overrides

CASES = Path(__file__).parent / "fixtures" / "loops" / "lazy_load_in_template"
PIECES = ["{%", "%}", "{{", "}}", "{#", "#}", "{%-", " for x in a.b ", " endfor ", " with a=b ", " set x = y.z ", "'"]
MARKUP = st.lists(st.one_of(st.sampled_from(PIECES), HOSTILE_TEXT), max_size=30).map("".join)


def facts(text: str) -> TemplateFacts:
    return lower_template("templates/a.html", text)


def reads(text: str) -> list[str]:
    return [".".join(one.path) for one in facts(text).reads]


def scopes(text: str) -> list[tuple[ScopeKind, tuple[str, ...], str]]:
    return [(one.kind, one.targets, ".".join(one.path)) for one in facts(text).scopes[1:]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ order.customer.name|upper }}", ["order.customer.name"]),
        ("{{ a.b | default:c.d }} {{ 'e.f' }} {{ order }} {{ 1.5 }}", ["a.b", "c.d", "order"]),
        ("{{ order.lines.all() }} {{ order.lines.filter(x.y).first }}", ["order.lines.all()", "order.lines", "x.y"]),
        ("{% if a.b and not c.d %}{% elif e.f %}{% endif %}", ["a.b", "c.d", "e.f"]),
        ("{% url 'x' a.b c=d.e %}", ["a.b", "d.e"]),
        ("{# {{ a.b }} #}{% comment %}{{ c.d }}{% endcomment %}{% raw %}{{ e.f }}{% endraw %}", []),
    ],
)
def test_reads(text: str, expected: list[str]) -> None:
    assert reads(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{% for a in b.c|dictsort:'x' %}", [(ScopeKind.LOOP, ("a",), "b.c")]),
        ("{%- for a in b.all() if a.x -%}", [(ScopeKind.LOOP, ("a",), "b.all()")]),
        ("{% for k, v in b.items %}", [(ScopeKind.LOOP, ("k", "v"), "b.items")]),
        ("{% for a in chunks(b) %}", [(ScopeKind.LOOP, ("a",), "")]),
        ("{% with a=b.c d=e %}", [(ScopeKind.ALIAS, ("a",), "b.c"), (ScopeKind.ALIAS, ("d",), "e")]),
        ("{% with b.c as a %}", [(ScopeKind.ALIAS, ("a",), "b.c")]),
        ("{% set a = b.c %}", [(ScopeKind.ALIAS, ("a",), "b.c")]),
        ("{% load_it as a %}", [(ScopeKind.ALIAS, ("a",), "")]),
        ("{% cache 60 x %}", [(ScopeKind.SILENT, (), "")]),
        ("{% block x %}", [(ScopeKind.BLOCK, ("x",), "")]),
    ],
)
def test_scopes(text: str, expected: list[tuple[ScopeKind, tuple[str, ...], str]]) -> None:
    assert scopes(text) == expected


def test_a_scope_ends_with_its_tag() -> None:
    found = facts("{% for a in b %}{% with c=a.d %}{{ c.e }}{% endwith %}{{ a.f }}{% endfor %}{{ a.g }}")

    assert [(".".join(one.path), one.scope) for one in found.reads] == [("a.d", 1), ("c.e", 2), ("a.f", 1), ("a.g", 0)]


def test_what_branches_set_is_not_known_behind_them() -> None:
    found = scopes("{% if x %}{% set a = b %}{% else %}{% set a = c %}{% endif %}{{ a.d }}")

    assert found[-1] == (ScopeKind.ALIAS, ("a",), "")


def test_includes() -> None:
    found = facts('{% extends "base.html" %}{% include "a.html" with o=p.q only %}{% include name %}')

    assert found.extends == "base.html"
    assert [(one.name, one.given, one.is_isolated) for one in found.includes] == [
        ("a.html", (("o", ("p", "q")),), True)
    ]


@given(MARKUP)
def test_any_text_has_facts(text: str) -> None:
    found = facts(text)

    regions = [(one.start, one.end) for one in found.reads] + [(one.start, one.end) for one in found.scopes]
    assert all(0 <= start <= end <= len(text) for start, end in regions)
    assert all(one.parent < index for index, one in enumerate(found.scopes))
    assert all(text[one.start :].startswith(one.path[0].removesuffix("()")) for one in found.reads)


@pytest.mark.parametrize(
    "piece",
    ["{%", "{{", "{#", "{% if x %}", "{% for a in b %}", "{% comment %}", "{{ a.", "{% set a = b %}", "{{ a.b }}"],
)
def test_long_texts_take_time_in_proportion(piece: str) -> None:
    began = time.process_time()
    facts(piece * (900_000 // len(piece)))
    assert time.process_time() - began < 5


@pytest.mark.parametrize("inner", ["a ", "a.", "(|", "as ", "a=b ", "|", " ", "'\"", "x as a "])
@pytest.mark.parametrize("outer", ["{{ %s }}", "{%% for x in %s %%}", "{%% with %s %%}", "{%% t %s %%}"])
def test_long_tags_take_time_in_proportion(outer: str, inner: str) -> None:
    began = time.process_time()
    facts(outer % (inner * 200_000))
    facts((outer % (inner * (4_000 // len(inner)))) * 50)
    assert time.process_time() - began < 5


def found_in(root: Path) -> list[str]:
    chosen = Overrides(jobs=1, select=("ARC115",))
    return [one.diagnostic.message for one in run(Request((root,), cwd=root, overrides=chosen)).results]


def test_a_run_follows_the_changes_of_a_template(tmp_path: Path) -> None:
    root = Path(shutil.copytree(CASES / "bad_render", tmp_path / "project"))
    (root / "archlint.toml").write_text("", encoding="utf-8")
    page = root / "shop" / "templates" / "shop" / "orders.html"
    text = page.read_text(encoding="utf-8")

    first = found_in(root)
    page.write_text(text.replace("order.customer", "order.number"), encoding="utf-8")
    second = found_in(root)
    page.write_text(text, encoding="utf-8")

    assert (len(first), second, found_in(root)) == (1, [], first)
    page.unlink()
    assert found_in(root) == []


@pytest.mark.parametrize(
    ("query", "also", "expected"),
    [
        ("Order.query.all()", "", ["high `customer`, `lines`"]),
        ("Order.query.options(selectinload(Order.lines)).all()", "", ["medium `customer`"]),
        ("Order.query.filter_by(customer_id=owner).all()", "", ["high `lines`"]),
        ("Order.query.options(selectinload(Order.lines)).filter_by(customer_id=owner).all()", "", ["low `customer`"]),
        (
            "Order.query.options(selectinload(Order.lines)).filter(Order.customer == owner).all()",
            "",
            ["low `customer`"],
        ),
        ("Order.query.options(selectinload(Order.lines)).all()", "customers=Customer.query.all()", ["low `customer`"]),
        ("Order.query.all()", "customers=Customer.query.all()", ["high `lines`"]),
        ("Order.query.all()", "customers=Customer.query.filter_by(name=owner).all()", ["high `customer`, `lines`"]),
        ("Order.query.all()", "customers=Customer.query.limit(9).all()", ["high `customer`, `lines`"]),
        ("Order.query.all()", "customer=Customer.query.first()", ["high `customer`, `lines`"]),
    ],
)
def test_what_a_session_may_hold_is_less_sure(tmp_path: Path, query: str, also: str, expected: list[str]) -> None:
    shutil.copytree(CASES / "bad_jinja" / "app", tmp_path / "app")
    (tmp_path / "app" / "views.py").write_text(
        "from flask import render_template\n"
        "from sqlalchemy.orm import selectinload\n"
        "from app.models import Customer, Order\n\n\n"
        "def orders(owner):\n"
        f'    return render_template("orders.html", orders={query}, {also})\n',
        encoding="utf-8",
    )
    chosen = Overrides(jobs=1, select=("ARC115",), min_confidence="low")
    report = run(Request((tmp_path,), cwd=tmp_path, overrides=chosen))
    told = [(one.diagnostic.confidence.value, one.diagnostic.message) for one in report.results]
    assert [f"{sure} {text.partition(' loads ')[2].partition(' of each')[0]}" for sure, text in told] == expected
