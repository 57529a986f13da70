"""The JSON report and the JSON lines: they follow the published schema and carry everything there is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from factories import HOSTILE_TEXT, PATH, TEXT, make_entry, make_related, make_report, make_result, make_span, spanning
from hypothesis import given
from jsonschema import Draft202012Validator

from archlint.diagnostic import Edit, Fix, Severity
from archlint.report.formats import render
from archlint.report.options import RenderOptions
from archlint.report.schema import JsonReport, report_schema, report_schema_text

PUBLISHED = Path(__file__).parent.parent / "docs" / "schemas" / "report.json"
EDIT = Edit(TEXT.index("objects"), TEXT.index(".all()"), "objects")
FULL = make_report(
    make_result(
        related=(make_related(),),
        flow=(make_related("route"), make_related("query")),
        fix=Fix("rewrite it", (EDIT,)),
    ),
    make_result(severity=Severity.ERROR, entry=make_entry("ARC102")),
    suppressed=(make_result(suppressed_by="comment"),),
    skipped=(("big.py", "too large"),),
    hints=("use `--strict`",),
    timings={"ARC102": 0.5, "ARC101": 0.25},
)


def document(report: Any = FULL, **options: Any) -> Any:
    return json.loads(render(report, "json", RenderOptions(**options)))


def lines(report: Any = FULL, **options: Any) -> list[Any]:
    return [json.loads(line) for line in render(report, "jsonl", RenderOptions(**options)).splitlines()]


def test_the_published_schema_is_the_one_of_the_code() -> None:
    regenerate = "write report_schema_text() of archlint.report.schema to docs/schemas/report.json"
    assert PUBLISHED.read_text(encoding="utf-8") == report_schema_text(), regenerate


def test_the_schema_is_a_schema_and_refuses_what_is_not_a_report() -> None:
    Draft202012Validator.check_schema(report_schema())
    validator = Draft202012Validator(report_schema())
    wrong = document()
    wrong["diagnostics"][0]["severity"] = "fatal"
    assert not validator.is_valid(wrong)
    assert not validator.is_valid({**document(), "version": 2})


@pytest.mark.parametrize("include_suppressed", [False, True])
def test_a_report_follows_the_schema(include_suppressed: bool) -> None:
    Draft202012Validator(report_schema()).validate(document(include_suppressed=include_suppressed))


def test_a_report_is_read_back_into_its_types() -> None:
    report = msgspec.json.decode(render(FULL, "json", RenderOptions()), type=JsonReport)
    assert [found.code for found in report.diagnostics] == ["ARC101", "ARC102"]


def test_everything_of_a_diagnostic_is_there() -> None:
    loop = {"path": PATH, "line": 2, "column": 5, "end_line": 2, "end_column": 38}
    edit = {"line": 2, "column": 24, "end_line": 2, "end_column": 31}
    assert document()["diagnostics"][0] == {
        "code": "ARC101",
        "name": "query-in-loop",
        "message": "`order.customer` is loaded once per order",
        "severity": "warning",
        "confidence": "high",
        "path": PATH,
        "line": 3,
        "column": 15,
        "end_line": 3,
        "end_column": 29,
        "scope": "app.views.orders",
        "fingerprint": "0123456789abcdef",
        "related": [{**loop, "message": "the loop is here"}],
        "flow": [{**loop, "message": "route"}, {**loop, "message": "query"}],
        "fix": {
            "title": "rewrite it",
            "applicability": "suggested",
            "edits": [{"start": EDIT.start, "end": EDIT.end, **edit, "text": "objects"}],
        },
        "suppressed_by": None,
    }


def test_the_rest_of_a_report() -> None:
    report = document(version="9.9")
    assert report["version"] == 1
    assert report["tool"] == {"name": "archlint", "version": "9.9"}
    assert report["summary"] == {
        "files": 120,
        "diagnostics": 2,
        "errors": 1,
        "warnings": 1,
        "notes": 0,
        "suppressed": 1,
        "skipped": 1,
        "crashed": False,
        "codes": {"ARC101": 1, "ARC102": 1},
        "fixed": 0,
        "baselined": 0,
        "known": 0,
    }
    assert report["skipped"] == [{"path": "big.py", "reason": "too large"}]
    assert report["hints"] == ["use `--strict`"]
    assert report["timings"] == {"ARC101": 0.25, "ARC102": 0.5}


def test_an_edit_without_its_text_has_offsets_only() -> None:
    report = make_report(make_result(fix=Fix("rewrite it", (EDIT,))), texts={})
    (edit,) = document(report)["diagnostics"][0]["fix"]["edits"]
    assert (edit["start"], edit["end"], edit["line"], edit["end_column"]) == (EDIT.start, EDIT.end, None, None)


def test_suppressed_diagnostics_come_on_request_and_apart() -> None:
    assert document()["suppressed"] == []
    (suppressed,) = document(include_suppressed=True)["suppressed"]
    assert suppressed["suppressed_by"] == "comment"


def test_json_lines_are_a_header_the_diagnostics_and_a_summary() -> None:
    header, *found, footer = lines(include_suppressed=True)
    assert header == {"type": "header", "version": 1, "tool": document()["tool"]}
    whole = document(include_suppressed=True)
    assert found == [{"type": "diagnostic", **one} for one in (*whole["diagnostics"], *whole["suppressed"])]
    rest = {key: whole[key] for key in ("summary", "skipped", "hints", "timings")}
    assert footer == {"type": "summary", **rest}


def readable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


@given(HOSTILE_TEXT, HOSTILE_TEXT)
def test_any_path_and_message_is_read_back_from_plain_ascii(path: str, message: str) -> None:
    report = make_report(make_result(message, span=make_span(path)))
    text = render(report, "json", RenderOptions())
    assert all(one == "\n" or " " <= one <= "~" for one in text)
    (found,) = json.loads(text)["diagnostics"]
    assert (found["path"], found["message"]) == (readable(path), readable(message))
    assert lines(report)[1]["message"] == readable(message)


@pytest.mark.parametrize("format_name", ["json", "jsonl", "sarif"])
@pytest.mark.parametrize("command", ["##[error]x", "###[error]", "##vso[task.x]", "\\##[error]"])
def test_no_runner_finds_a_command_in_json(format_name: str, command: str) -> None:
    text = render(make_report(make_result(command)), format_name, RenderOptions())
    assert "##[" not in text
    assert "##vso[" not in text
    documents = text.splitlines() if format_name == "jsonl" else [text]
    assert command in messages_of([json.loads(one) for one in documents])


def messages_of(value: Any) -> list[str]:
    """Return the messages of a JSON value, however deep; SARIF has its text in an object."""
    if isinstance(value, dict):
        here = [text for text in (value.get("message"), value.get("text")) if isinstance(text, str)]
        return here + [found for inner in value.values() for found in messages_of(inner)]
    return [found for inner in value for found in messages_of(inner)] if isinstance(value, list) else []


def test_columns_count_code_points() -> None:
    text = "x = '\U0001f600é'; bad()\n"
    report = make_report(make_result(span=spanning("bad()", text, "a.py")), texts={"a.py": text})
    assert document(report)["diagnostics"][0]["column"] == 11
