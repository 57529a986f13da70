"""A run for a coding agent: what was found with its code, what to do about it, what could not be checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from archlint.diagnostic import Severity
from archlint.report.agent_schema import AgentFinding, AgentPlace, AgentReport, Blocker, Recommendation
from archlint.report.escaping import json_text
from archlint.report.hosted import hosted
from archlint.report.json_report import json_fix
from archlint.report.links import explain_command
from archlint.report.prose import counted
from archlint.report.regions import Texts
from archlint.report.schema import Tool
from archlint.report.summary import summary_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archlint.diagnostic import Related, Span
    from archlint.report.options import RenderOptions
    from archlint.report.result import Report, Result

_SOURCE_LINES, _LINE_LENGTH = 5, 400


def agent(report: Report, options: RenderOptions) -> str:
    """Return the envelope as JSON on one line; it follows the published schema."""
    found = hosted(report, options)
    texts = Texts(found.report.texts)
    blockers = tuple(_blockers(found.report, found.left_out))
    envelope = AgentReport(
        version=1,
        agent="archlint",
        tool=Tool("archlint", options.version),
        status=_status(found.report, is_whole=not blockers),
        summary=summary_line(found.report),
        findings=tuple(_finding(result, texts) for result in found.report.results),
        recommendations=_recommendations(found.report),
        blockers=blockers,
    )
    return json_text(msgspec.to_builtins(envelope)) + "\n"


def _status(report: Report, *, is_whole: bool) -> Literal["success", "failure", "partial"]:
    if any(result.severity is not Severity.NOTE for result in report.results):
        return "failure"
    return "success" if is_whole else "partial"


def _identity(result: Result) -> str:
    return f"{result.entry.code}-{result.fingerprint}"


def _finding(result: Result, texts: Texts) -> AgentFinding:
    found, span = result.diagnostic, result.diagnostic.span
    line = max(span.line, 1)
    return AgentFinding(
        id=_identity(result),
        code=found.code,
        severity=result.severity,
        confidence=found.confidence,
        path=span.path,
        line=line,
        end_line=span.end_line if span.end_line > line else None,
        message=found.message,
        scope=found.scope,
        source=_source(span, texts),
        chain=_places(found.flow),
        related=_places(found.related),
        fix=json_fix(found.fix, span.path, texts) if found.fix else None,
    )


def _source(span: Span, texts: Texts) -> tuple[str, ...]:
    file = texts.file(span.path)
    if file is None:
        return ()
    last = min(span.end_line, span.line + _SOURCE_LINES - 1)
    return tuple(file.line_text(line)[:_LINE_LENGTH] for line in range(span.line, last + 1))


def _places(steps: Sequence[Related]) -> tuple[AgentPlace, ...]:
    # Before Python 3.11 the empty tuple of an iterator is not the default, which alone is left out of what is written.
    return tuple([_place(step) for step in steps])


def _place(step: Related) -> AgentPlace:
    return AgentPlace(step.span.path, max(step.span.line, 1), step.message)


def _recommendations(report: Report) -> tuple[Recommendation, ...]:
    """Return one for each rule, by code: a reason is said once, however often it holds."""
    entries = {result.entry.code: result.entry for result in report.results}
    return tuple(
        Recommendation(
            code=code,
            name=entry.name,
            summary=entry.summary.strip(),
            rationale=entry.rationale.strip(),
            instead=entry.instead.strip(),
            explain=explain_command(entry),
            findings=tuple(_identity(result) for result in report.results if result.entry.code == code),
        )
        for code, entry in sorted(entries.items())
    )


def _blockers(report: Report, left_out: int) -> Iterator[Blocker]:
    if report.crashed:
        yield Blocker("rule-failed", "archlint failed in at least one rule, so the result is incomplete")
    if left_out:
        yield Blocker("outside-repository", f"left out {counted(left_out, 'finding')} in files outside the repository")
    for path, reason in report.skipped:
        yield Blocker("file-skipped", reason or "the file could not be checked", path)
