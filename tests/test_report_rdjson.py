"""reviewdog's results: valid against its JSON Schema, with columns in its unit."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from factories import any_report, make_full_report, make_report, make_result, spanning
from hypothesis import given, settings
from jsonschema import Draft4Validator

from archlint.diagnostic import Edit, Fix
from archlint.report.formats import render
from archlint.report.options import RenderOptions
from archlint.report.result import Report

SCHEMA = Path(__file__).parent / "data" / "reviewdog-diagnostic-result.json"
WIDE = "é = '\U0001f600'; bad(x)\n"


@cache
def validator() -> Draft4Validator:
    return Draft4Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def diagnostics(report: Report) -> Any:
    document = json.loads(render(report, "rdjson", RenderOptions()))
    validator().validate(document)
    assert document["source"] == {"name": "archlint"}
    return document["diagnostics"]


@settings(max_examples=40, deadline=None)
@given(any_report())
def test_any_report_follows_the_schema(report: Report) -> None:
    found = diagnostics(report)
    assert len(found) == len(report.results)
    for one in found:
        places = [one["location"], *[related["location"] for related in one["related_locations"]]]
        for place in places:
            start, end = (place["range"][key] for key in ("start", "end"))
            assert min(*start.values(), *end.values()) >= 1
            assert (end["line"], end.get("column", 0)) >= (start["line"], start.get("column", 0))


def test_nothing_found() -> None:
    assert diagnostics(make_report()) == []


def test_a_diagnostic() -> None:
    first, second, third = diagnostics(make_full_report())
    assert first["message"] == "`order.customer` is loaded once per order"
    assert first["location"] == {
        "path": "app/views.py",
        "range": {"start": {"line": 3, "column": 15}, "end": {"line": 3, "column": 29}},
    }
    assert [one["severity"] for one in (first, second, third)] == ["ERROR", "WARNING", "INFO"]
    assert [one["code"] for one in (first, second)] == [
        {"value": "ARC101"},
        {"value": "ARC401", "url": "https://example.org/"},
    ]
    assert [place["message"] for place in first["related_locations"]] == [
        "the model",
        "`GET /orders` is served here",
        "each turn",
    ]
    assert first["suggestions"] == [
        {"range": {"start": {"line": 2, "column": 24}, "end": {"line": 2, "column": 31}}, "text": "objects"}
    ]


def test_columns_count_bytes() -> None:
    fix = Fix("name it", (Edit(WIDE.index("x"), WIDE.index("x") + 1, "y"),))
    report = make_report(make_result(span=spanning("bad(x)", WIDE, "a.py"), fix=fix), texts={"a.py": WIDE})
    (found,) = diagnostics(report)
    assert found["location"]["range"] == {"start": {"line": 1, "column": 14}, "end": {"line": 1, "column": 20}}
    assert found["suggestions"][0]["range"]["start"] == {"line": 1, "column": 18}


def test_without_the_text_there_are_lines_only() -> None:
    (found,) = diagnostics(make_report(make_result(), texts={}))
    assert found["location"]["range"] == {"start": {"line": 3}, "end": {"line": 3}}


def test_half_of_a_fix_is_not_suggested() -> None:
    fix = Fix("await it", (Edit(0, 0, "import x\n"), Edit(4, 5, "y")))
    (found,) = diagnostics(make_report(make_result(fix=fix)))
    assert "suggestions" not in found
