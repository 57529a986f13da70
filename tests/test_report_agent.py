"""The envelope for agents: it follows the published schema and holds what one needs to act."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from factories import any_report, make_full_report, make_report, make_result, make_span
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from archlint.diagnostic import Severity
from archlint.report.agent_schema import agent_schema, agent_schema_text
from archlint.report.formats import render
from archlint.report.options import RenderOptions
from archlint.report.result import Report

PUBLISHED = Path(__file__).parent.parent / "docs" / "schemas" / "agent.json"
SEED = {"agent", "status", "architecture_decisions", "endpoints_created", "schemas_modified"} | {
    "findings",
    "recommendations",
    "blockers",
}
"""The keys of the envelope that backend agents hand on."""


def envelope(report: Report) -> Any:
    text = render(report, "agent", RenderOptions())
    assert text.endswith("}\n")
    assert text.count("\n") == 1
    document = json.loads(text)
    Draft202012Validator(agent_schema()).validate(document)
    assert {*document} >= SEED
    ids = [one["id"] for one in document["findings"]]
    assert len({*ids}) == len(ids)
    assert sorted(id_ for one in document["recommendations"] for id_ in one["findings"]) == sorted(ids)
    return document


@settings(max_examples=40, deadline=None)
@given(any_report())
def test_any_report_follows_the_schema(report: Report) -> None:
    assert len(envelope(report)["findings"]) == len(report.results)


def test_the_published_schema_is_the_one_of_the_code() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == agent_schema_text(), "run tools/generate_docs.py"


@pytest.mark.parametrize(
    ("report", "status"),
    [
        (make_report(), "success"),
        (make_report(make_result(severity=Severity.NOTE)), "success"),
        (make_report(make_result()), "failure"),
        (make_report(skipped=(("a.py", "too large"),)), "partial"),
        (make_report(crashed=True), "partial"),
        (make_report(make_result(), crashed=True), "failure"),
    ],
)
def test_status(report: Report, status: str) -> None:
    assert envelope(report)["status"] == status


def test_a_finding_has_its_code_its_chain_and_its_fix() -> None:
    finding = envelope(make_full_report())["findings"][0]
    assert finding["id"] == "ARC101-0123456789abcdef"
    assert finding["source"] == ["        print(order.customer.name)"]
    assert finding["chain"] == [
        {"path": "app/urls.py", "line": 4, "message": "`GET /orders` is served here"},
        {"path": "app/views.py", "line": 2, "message": "each turn"},
    ]
    assert finding["related"] == [{"path": "app/models.py", "line": 7, "message": "the model"}]
    assert (finding["fix"]["applicability"], finding["fix"]["edits"][0]["line"]) == ("safe", 2)


def test_a_reason_is_said_once_for_each_rule() -> None:
    first, second = envelope(make_full_report())["recommendations"]
    assert (first["code"], first["rationale"]) == ("ARC101", "Each turn waits for the database.")
    assert first["findings"] == ["ARC101-0123456789abcdef", "ARC101-0123456789abcdef-3"]
    assert second["explain"] == "archlint explain ARC401"


def test_what_could_not_be_checked_blocks() -> None:
    outside = make_result(span=make_span("/x.py"))
    report = make_report(outside, crashed=True, skipped=(("a.py", "too large"),))
    kinds = [(one["kind"], one.get("path")) for one in envelope(report)["blockers"]]
    assert kinds == [("rule-failed", None), ("outside-repository", None), ("file-skipped", "a.py")]
