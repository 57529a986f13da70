"""Findings as tasks in the `task.md` format, which backend specialists and their agents work off."""

from __future__ import annotations

from collections import defaultdict
from itertools import count, islice
from typing import TYPE_CHECKING

from archlint.diagnostic import Confidence, Severity
from archlint.report.decisions import Decision, decisions
from archlint.report.escaping import inert
from archlint.report.hosted import hosted
from archlint.report.links import explain_command
from archlint.report.order import sort_results
from archlint.report.prose import counted, first_sentence, shortened
from archlint.report.rich_text import as_markdown, code_markdown
from archlint.report.summary import summary_line
from archlint.report.task_categories import TITLES, Category, category_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archlint.catalogue import Entry
    from archlint.report.options import RenderOptions
    from archlint.report.result import Report, Result

_SPECIALIST = "backend-specialist"
_PRIORITY = {Severity.ERROR: "High", Severity.WARNING: "Medium", Severity.NOTE: "Low"}
_EFFORT = ((2, "S"), (8, "M"), (25, "L"))
_RANGE, _TITLE, _STEPS = 10, 120, 20


def tasks(report: Report, options: RenderOptions) -> str:
    """Return a task for each decision; the same findings give the same tasks with the same numbers."""
    found = hosted(report, options)
    grouped: defaultdict[int, list[tuple[Category, Decision]]] = defaultdict(list)
    for decision in decisions(sort_results(found.report.results)):
        category = category_of(decision.entry.code)
        grouped[category.number].append((category, decision))
    lines = list(_head(found.report, found.left_out))
    for first, group in sorted(grouped.items()):
        lines += ["", f"## {TITLES[first]}"]
        for number, (category, decision) in zip(_numbers(first), group, strict=False):
            lines += ["", *_task(number, category, decision, options)]
    text = "".join(f"{line}\n" for line in lines)
    return inert(text) if options.ci else text


def _numbers(first: int) -> Iterator[str]:
    """Yield the numbers of a category: its range, then the same range of each next hundred."""
    for hundred in count(0, 100):
        start = hundred + first if hundred == 0 else hundred + first - first % _RANGE
        yield from (f"BE-{number:03d}" for number in range(start, hundred + first - first % _RANGE + _RANGE))


def _head(report: Report, left_out: int) -> Iterator[str]:
    yield "# Tasks"
    yield ""
    yield summary_line(report)
    if report.crashed:
        yield "archlint failed in at least one rule, so tasks may be missing."
    if left_out:
        yield f"Left out {counted(left_out, 'finding')} in files outside the repository."
    if report.skipped:
        yield ""
        yield "Not checked:"
        yield ""
    for path, reason in report.skipped:
        yield f"- {code_markdown(path) if path else 'outside the repository'}: {as_markdown(reason)}"


def _task(number: str, category: Category, decision: Decision, options: RenderOptions) -> Iterator[str]:
    entry = decision.entry
    yield f"### {number} | Backend | {_PRIORITY[decision.severity]} | @{_SPECIALIST}"
    yield f"- **Title**: {_title(entry)} ({code_markdown(decision.path)})"
    yield "- **Status**: pending"
    yield f"- **Assigned**: {_SPECIALIST}"
    yield f"- **Created**: by archlint {options.version}"
    yield "- **Dependencies**: none"
    yield f"- **Estimated effort**: {_effort(len(decision.results))}"
    yield f"- **Description**: {' '.join(f'{entry.summary or entry.name} {entry.rationale}'.split())}"
    yield from map(_place, decision.results)
    yield "- **Acceptance Criteria**:"
    yield f"  - [ ] {_gone(decision)}"
    yield f"  - [ ] {category.proof}"
    yield "  - [ ] The tests of the project pass."
    yield f"- **Technical notes**: {' '.join(entry.instead.split()) or entry.name} See `{explain_command(entry)}`."
    yield from _chains(decision)


def _title(entry: Entry) -> str:
    return as_markdown(shortened(first_sentence(entry.instead) or first_sentence(entry.summary) or entry.name, _TITLE))


def _effort(places: int) -> str:
    """Return how much there is to do, by the number of places: S up to 2, M up to 8, L up to 25, XL beyond."""
    return next((size for most, size in _EFFORT if places <= most), "XL")


def _place(result: Result) -> str:
    found = result.diagnostic
    return f"  - {code_markdown(f'{found.span.path}:{found.span.line}')} {as_markdown(found.message)}"


def _gone(decision: Decision) -> str:
    is_unsure = any(result.diagnostic.confidence is Confidence.LOW for result in decision.results)
    command = f"archlint check --select {decision.entry.code}{' --min-confidence low' if is_unsure else ''}"
    places = "the place" if len(decision.results) == 1 else f"none of the {len(decision.results)} places"
    verb = "no longer reports" if len(decision.results) == 1 else "reports"
    return f"`{command}` {verb} {places} above, and no suppression was added."


def _chains(decision: Decision) -> Iterator[str]:
    """Yield the chain of the worst result, step by step, and its fix if it has one."""
    worst = sort_results(decision.results, by="rank")[0].diagnostic
    for number, step in enumerate(islice(worst.flow, _STEPS), start=1):
        yield f"  {number}. {code_markdown(f'{step.span.path}:{step.span.line}')} {as_markdown(step.message)}"
    if worst.fix:
        yield f"  - A fix is at hand ({worst.fix.applicability.value}): {as_markdown(worst.fix.title)}"
