"""Code Quality reports: the fields that GitLab documents, each with what it takes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from factories import any_report, make_entry, make_full_report, make_report, make_result
from hypothesis import given, settings

from archlint.diagnostic import Confidence, Severity
from archlint.report.formats import render
from archlint.report.options import RenderOptions
from archlint.report.result import Report


def violations(report: Report, **options: Any) -> Any:
    found = json.loads(render(report, "gitlab", RenderOptions(**options)))
    for one in found:
        assert {*one} == {"description", "check_name", "fingerprint", "severity", "location"}
        assert one["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert {*one["location"]} == {"path", "lines"}
        assert one["location"]["lines"]["end"] >= one["location"]["lines"]["begin"] >= 1
        assert not one["location"]["path"].startswith(("/", "./"))
    assert len({one["fingerprint"] for one in found}) == len(found)
    return found


@settings(max_examples=40, deadline=None)
@given(any_report())
def test_any_report_has_the_documented_fields_and_no_fingerprint_twice(report: Report) -> None:
    assert len(violations(report)) == len(report.results)


def test_nothing_found_is_an_empty_array() -> None:
    assert violations(make_report()) == []


def test_a_violation() -> None:
    assert violations(make_full_report())[0] == {
        "description": "ARC101: `order.customer` is loaded once per order",
        "check_name": "query-in-loop",
        "fingerprint": "0123456789abcdef",
        "severity": "critical",
        "location": {"path": "app/views.py", "lines": {"begin": 3, "end": 3}},
    }


@pytest.mark.parametrize(
    ("severity", "confidence", "security", "expected"),
    [
        (Severity.NOTE, Confidence.LOW, None, "info"),
        (Severity.NOTE, Confidence.HIGH, None, "minor"),
        (Severity.WARNING, Confidence.LOW, None, "minor"),
        (Severity.WARNING, Confidence.MEDIUM, 9.0, "major"),
        (Severity.ERROR, Confidence.LOW, None, "major"),
        (Severity.ERROR, Confidence.HIGH, 8.9, "critical"),
        (Severity.ERROR, Confidence.HIGH, 9.0, "blocker"),
    ],
)
def test_severities(severity: Severity, confidence: Confidence, security: float | None, expected: str) -> None:
    result = make_result(severity=severity, confidence=confidence, entry=make_entry(security_severity=security))
    assert violations(make_report(result))[0]["severity"] == expected


def test_two_projects_of_one_repository_have_fingerprints_of_their_own() -> None:
    roots = ("", "services/shop", "services/stock")
    assert len({violations(make_full_report(), root_in_repository=root)[0]["fingerprint"] for root in roots}) == 3
