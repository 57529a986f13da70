"""The figures of a run, the counts per rule, and the order of results."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from factories import make_entry, make_related, make_report, make_result, make_span

from archlint.diagnostic import Confidence, Severity
from archlint.errors import UsageError
from archlint.report.formats import FORMATS, render
from archlint.report.options import RenderOptions
from archlint.report.order import sort_results
from archlint.report.summary import statistics, summary_line, timings

if TYPE_CHECKING:
    from archlint.report.result import Report

ERROR, NOTE = make_result(severity=Severity.ERROR), make_result(severity=Severity.NOTE)
WARNING = make_result()


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        pytest.param(make_report(), "All clear: 120 files checked.", id="clean"),
        pytest.param(make_report(files=1), "All clear: 1 file checked.", id="one file"),
        pytest.param(make_report(files=0), "warning: 0 files checked", id="no files"),
        pytest.param(
            make_report(WARNING, ERROR, WARNING),
            "Found 3 diagnostics (1 error, 2 warnings) in 120 files.",
            id="several",
        ),
        pytest.param(make_report(NOTE, files=1), "Found 1 diagnostic (1 note) in 1 file.", id="one note"),
        pytest.param(
            make_report(crashed=True), "No diagnostics in 120 files, but the run is incomplete.", id="crashed"
        ),
    ],
)
def test_summary_line(report: Report, expected: str) -> None:
    assert summary_line(report) == expected


def test_skipped_files_are_listed_and_hints_come_last() -> None:
    report = make_report(
        skipped=(("a.py", "too large"), ("b.py", "not UTF-8")), hints=("use `--strict`",), crashed=True
    )
    assert render(report, "full", RenderOptions()).splitlines()[1:] == [
        "error: archlint failed in at least one rule, so the result is incomplete",
        "2 files skipped:",
        "  a.py: too large",
        "  b.py: not UTF-8",
        "hint: use `--strict`",
    ]


def test_statistics_count_per_rule_most_first_then_by_code() -> None:
    other, third = make_entry("ARC302", name="blocking-call"), make_entry("ARC201", name="unbounded-query")
    results = (
        make_result(entry=third, severity=Severity.NOTE),
        make_result(entry=other, severity=Severity.NOTE),
        make_result(entry=other, severity=Severity.ERROR),
        WARNING,
        *(make_result(entry=other, severity=Severity.WARNING) for _ in range(8)),
    )
    assert statistics(make_report(*results)) == (
        "10  ARC302  error    blocking-call\n 1  ARC101  warning  query-in-loop\n 1  ARC201  note     unbounded-query\n"
    )


def test_statistics_of_nothing_are_empty() -> None:
    assert statistics(make_report()) == ""


def test_timings_are_slowest_first() -> None:
    report = make_report(timings={"ARC101": 0.5, "ARC302": 2.0, "ARC201": 0.5})
    assert [line.split()[-1] for line in timings(report).splitlines()] == ["ARC302", "ARC101", "ARC201"]


def test_order_by_path_is_path_line_column_code_message() -> None:
    ordered = (
        make_result(span=make_span("a.py", line=9)),
        make_result(span=make_span("b.py", line=2, column=9)),
        make_result(span=make_span("b.py", line=10, column=1)),
        make_result("a", span=make_span("b.py", line=10, column=2)),
        make_result("b", span=make_span("b.py", line=10, column=2)),
        make_result("a", span=make_span("b.py", line=10, column=2), entry=make_entry("ARC102")),
    )
    for mixed in permutations(ordered):
        assert sort_results(mixed) == ordered


def test_order_by_rank_is_severity_confidence_reach_then_path() -> None:
    step = make_related()
    ordered = (
        make_result(severity=Severity.ERROR, confidence=Confidence.LOW),
        make_result(confidence=Confidence.HIGH, flow=(step, step), span=make_span("z.py")),
        make_result(confidence=Confidence.HIGH, flow=(step,), span=make_span("a.py")),
        make_result(confidence=Confidence.HIGH, flow=(step,), span=make_span("b.py")),
        make_result(confidence=Confidence.MEDIUM, flow=(step,) * 9),
        make_result(severity=Severity.NOTE),
    )
    for mixed in permutations(ordered):
        assert sort_results(mixed, by="rank") == ordered


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_format_ends_its_last_line(format_name: str) -> None:
    text = render(make_report(make_result()), format_name, RenderOptions())
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_an_unknown_format_is_a_usage_error_that_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"`xml`.*full, concise, json, jsonl, sarif, github"):
        render(make_report(), "xml", RenderOptions())
