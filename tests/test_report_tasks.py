"""Tasks: the format of `task.md`, ids in the ranges of their categories, one task for one decision."""

from __future__ import annotations

import re

import pytest
from factories import any_report, make_entry, make_full_report, make_related, make_report, make_result, make_span
from hypothesis import given, settings

from archlint.catalogue import catalogue
from archlint.report.formats import render
from archlint.report.options import RenderOptions
from archlint.report.result import Report
from archlint.report.task_categories import TITLES, category_of

HEADING = re.compile(r"^### (BE-\d{3,}) \| Backend \| (High|Medium|Low) \| @backend-specialist$")
ADVICE = "Load the rows with one query, e.g. with `select_related`. It joins."
GONE = "`archlint check --select ARC101 --min-confidence low` reports none of the 2 places above, and no suppression"
FIELDS = ["Title", "Status", "Assigned", "Created", "Dependencies", "Estimated effort", "Description"]
FIELDS += ["Acceptance Criteria", "Technical notes"]


def listed(report: Report) -> list[tuple[str, list[str]]]:
    """Return the id and the lines of each task, which has all fields of the format in their order."""
    found: list[tuple[str, list[str]]] = []
    for line in render(report, "tasks", RenderOptions()).splitlines():
        if line.startswith("### "):
            heading = HEADING.match(line)
            assert heading
            found.append((heading[1], [line]))
        elif found:
            found[-1][1].append(line)
    for _, lines in found:
        assert re.findall(r"^- \*\*([\w ]+)\*\*: ?", "\n".join(lines), re.MULTILINE) == FIELDS
        assert sum(line.startswith("  - [ ] ") for line in lines) >= 3
    assert len({number for number, _ in found}) == len(found)
    return found


@settings(max_examples=40, deadline=None)
@given(any_report())
def test_any_report_is_tasks_and_no_message_forges_one(report: Report) -> None:
    assert len(listed(report)) == min(len(report.results), 1)


def test_nothing_found_is_a_list_without_tasks() -> None:
    assert render(make_report(), "tasks", RenderOptions()) == "# Tasks\n\nAll clear: 120 files checked.\n"


def test_a_task() -> None:
    (number, lines), (other, _) = listed(make_full_report())
    assert (number, other) == ("BE-040", "BE-050")
    assert lines == [
        "### BE-040 | Backend | High | @backend-specialist",
        "- **Title**: Load the rows with one query, e.g. with `select_related` (`app/views.py`)",
        "- **Status**: pending",
        "- **Assigned**: backend-specialist",
        f"- **Created**: by archlint {RenderOptions().version}",
        "- **Dependencies**: none",
        "- **Estimated effort**: S",
        "- **Description**: A query runs once for each turn of a loop. Each turn waits for the database.",
        "  - `app/views.py:3` `order.customer` is loaded once per order",
        r"  - `app/views.py:3` `a` costs \*little\*",
        "- **Acceptance Criteria**:",
        f"  - [ ] {GONE} was added.",
        "  - [ ] A test holds the number of queries, or of rows that are loaded, for more rows than one.",
        "  - [ ] The tests of the project pass.",
        f"- **Technical notes**: {ADVICE} See `archlint explain ARC101`.",
        "  1. `app/urls.py:4` `GET /orders` is served here",
        "  2. `app/views.py:2` each turn",
        "  - A fix is at hand (safe): rewrite it",
        "",
        "## Third-party integrations",
        "",
    ]


def test_chains_that_end_in_one_file_are_one_decision() -> None:
    sink = make_related("waits", make_span("app/rates.py"))
    routes = [make_result(span=make_span(f"app/{name}.py"), flow=(sink,)) for name in ("a", "b", "c")]
    ((_, lines),) = listed(make_report(*routes, make_result(span=make_span("app/rates.py"))))
    assert lines[1].endswith("(`app/rates.py`)")
    assert "- **Estimated effort**: M" in lines


@pytest.mark.parametrize(
    ("code", "ids"),
    [
        ("ARC101", ["BE-040", "BE-049", "BE-140", "BE-149", "BE-240"]),
        ("ARC640", ["BE-001", "BE-009", "BE-100", "BE-109", "BE-200"]),
    ],
)
def test_the_last_two_digits_tell_the_category(code: str, ids: list[str]) -> None:
    many = [make_result(entry=make_entry(code), span=make_span(f"a{number:02}.py")) for number in range(30)]
    numbers = [number for number, _ in listed(make_report(*many))]
    assert [one for one in numbers if one in ids] == ids
    assert numbers == sorted(numbers)


def test_each_rule_has_a_category_of_the_format() -> None:
    assert {category_of(entry.code).number for entry in catalogue()} <= {*TITLES}
    wanted = {"ARC103": 40, "ARC307": 60, "ARC401": 50, "ARC413": 80, "ARC501": 10, "ARC550": 70, "ARC602": 30}
    assert {code: category_of(code).number for code in wanted} == wanted
