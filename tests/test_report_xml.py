"""JUnit and Checkstyle: one follows the schema of Jenkins, both hold what XML cannot."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from factories import any_report, make_full_report, make_report, make_result, make_span
from hypothesis import given, settings

from archlint.diagnostic import Severity
from archlint.report.formats import render
from archlint.report.options import RenderOptions
from archlint.report.result import Report

SCHEMA = Path(__file__).parent / "data" / "junit-10.xsd"
XSD = "{http://www.w3.org/2001/XMLSchema}"
HOSTILE = "\x00\x1b<&>\"']]>\n\ufffe\U0001f600" + chr(0xD800)


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text.encode())  # noqa: S314 - a schema, and what archlint wrote


@cache
def declared() -> dict[str, tuple[set[str], set[str], set[str]]]:
    """Return the required attributes, all attributes and the children of each element of the schema."""
    schema = parsed(SCHEMA.read_text(encoding="utf-8"))
    elements = {}
    for one in schema.findall(f"{XSD}element"):
        attributes = one.findall(f".//{XSD}attribute")
        elements[one.get("name", "")] = (
            {it.get("name", "") for it in attributes if it.get("use") == "required"},
            {it.get("name", "") for it in attributes},
            {it.get("ref", "") for it in one.findall(f".//{XSD}element")},
        )
    return elements


def suites(report: Report) -> list[ET.Element]:
    """Return the suites of a report that follows the schema and whose figures are right."""
    root = parsed(render(report, "junit", RenderOptions()))
    assert root.tag == "testsuites"
    for one in root.iter():
        required, allowed, children = declared()[one.tag]
        assert required <= {*one.keys()} <= allowed
        assert {child.tag for child in one} <= children
    for suite in root:
        for key, tag in (("tests", ""), ("failures", "/failure"), ("errors", "/error"), ("skipped", "/skipped")):
            assert int(suite.attrib[key]) == len(suite.findall(f"testcase{tag}"))
    assert int(root.attrib["tests"]) == len(root.findall("testsuite/testcase"))
    names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert len({*names}) == len(names)
    return list(root)


@settings(max_examples=40, deadline=None)
@given(any_report())
def test_any_report_follows_the_schema_of_jenkins(report: Report) -> None:
    cases = [case for suite in suites(report) for case in suite if suite.get("name") != "archlint"]
    assert len(cases) == len(report.results)


def test_a_clean_run_is_a_passed_test() -> None:
    (suite,) = suites(make_report())
    (case,) = suite
    assert (case.get("name"), len(case)) == ("run", 0)


def test_a_failure_says_what_where_and_how_to_go_on() -> None:
    case = suites(make_full_report())[1][0]
    assert case.attrib == {"name": "ARC101 query-in-loop in app.views.orders", "classname": "app/views.py"}
    (failure,) = case
    assert failure.attrib == {"type": "error", "message": "`order.customer` is loaded once per order"}
    assert (failure.text or "").splitlines() == [
        "app/views.py:3:15: `order.customer` is loaded once per order",
        "  1. app/urls.py:4  `GET /orders` is served here",
        "  2. app/views.py:2  each turn",
        "note: app/models.py:7  the model",
        "help: Load the rows with one query, e.g. with `select_related`",
        "see: archlint explain ARC101",
    ]


def test_a_note_passes_and_a_second_case_of_one_name_is_numbered() -> None:
    first, second = suites(make_full_report())[1]
    assert second.get("name") == f"{first.get('name')} (2)"
    assert [child.tag for child in second] == ["system-out"]


def test_skipped_files_and_crashes_are_tests_of_the_run() -> None:
    run, skipped = suites(make_full_report(crashed=True))[-1]
    assert [child.tag for child in run] == ["error"]
    assert (skipped.get("name"), skipped[0].get("message")) == ("check app/big.py", "too large")


def test_checkstyle_lists_errors_by_file() -> None:
    root = parsed(render(make_full_report(), "checkstyle", RenderOptions()))
    assert (root.tag, [*root.keys()]) == ("checkstyle", ["version"])
    assert [file.get("name") for file in root] == ["app/rates.py", "app/views.py"]
    error, note = root[1]
    assert error.attrib == {
        "line": "3",
        "column": "15",
        "severity": "error",
        "message": "ARC101 `order.customer` is loaded once per order",
        "source": "archlint.loops.query-in-loop",
    }
    assert note.get("severity") == "info"


def test_checkstyle_without_findings_is_a_document() -> None:
    assert len(parsed(render(make_report(), "checkstyle", RenderOptions()))) == 0


@pytest.mark.parametrize("name", ["junit", "checkstyle"])
def test_what_xml_cannot_hold_is_written_as_an_escape(name: str) -> None:
    result = make_result(HOSTILE, span=make_span(f"a{HOSTILE}"), severity=Severity.ERROR)
    text = render(make_report(result), name, RenderOptions())
    assert text.isascii()
    messages = [one.get("message", "") for one in parsed(text).iter()]
    assert any("\\x00\\x1b<&>\"']]>\\n\\ufffe\U0001f600\\ud800" in message for message in messages)
