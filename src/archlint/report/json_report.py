"""The JSON report, as one document or as one line for each diagnostic."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from archlint.diagnostic import Edit, Fix, Related, Severity
from archlint.report.escaping import json_text
from archlint.report.regions import Texts
from archlint.report.schema import (
    Footer,
    Header,
    JsonDiagnostic,
    JsonEdit,
    JsonFix,
    JsonReport,
    Place,
    Skipped,
    Summary,
    Tool,
)
from archlint.report.summary import by_severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archlint.report.options import RenderOptions
    from archlint.report.result import Report, Result


def json_report(report: Report, options: RenderOptions) -> str:
    """Return the report as one JSON document that follows the published schema."""
    texts = Texts(report.texts)
    document = JsonReport(
        version=1,
        tool=_tool(options),
        summary=_summary(report),
        diagnostics=tuple(_diagnostic(result, texts) for result in report.results),
        suppressed=tuple(_diagnostic(result, texts) for result in _suppressed(report, options)),
        baselined=tuple(_diagnostic(result, texts) for result in _baselined(report, options)),
        skipped=_skipped(report),
        hints=report.hints,
        timings=dict(sorted(report.timings.items())),
    )
    return json_text(msgspec.to_builtins(document), indent=2) + "\n"


def json_lines(report: Report, options: RenderOptions) -> str:
    """Return a header, the diagnostics and a summary, one JSON object with its `type` on each line."""
    return "".join(
        f"{json_text({'type': kind, **msgspec.to_builtins(item)})}\n" for kind, item in _items(report, options)
    )


def _items(report: Report, options: RenderOptions) -> Iterator[tuple[str, msgspec.Struct]]:
    texts = Texts(report.texts)
    yield "header", Header(version=1, tool=_tool(options))
    for result in (*report.results, *_suppressed(report, options), *_baselined(report, options)):
        yield "diagnostic", _diagnostic(result, texts)
    yield "summary", Footer(_summary(report), _skipped(report), report.hints, dict(sorted(report.timings.items())))


def _tool(options: RenderOptions) -> Tool:
    return Tool("archlint", options.version)


def _suppressed(report: Report, options: RenderOptions) -> tuple[Result, ...]:
    return report.suppressed if options.include_suppressed else ()


def _baselined(report: Report, options: RenderOptions) -> tuple[Result, ...]:
    return (*report.accepted, *report.known) if options.include_baselined else ()


def _skipped(report: Report) -> tuple[Skipped, ...]:
    return tuple(Skipped(path, reason) for path, reason in report.skipped)


def _summary(report: Report) -> Summary:
    counts = by_severity(report)
    codes = Counter(result.entry.code for result in report.results)
    return Summary(
        files=report.files,
        diagnostics=len(report.results),
        errors=counts[Severity.ERROR],
        warnings=counts[Severity.WARNING],
        notes=counts[Severity.NOTE],
        suppressed=len(report.suppressed),
        skipped=len(report.skipped),
        crashed=report.crashed,
        codes=dict(sorted(codes.items())),
        fixed=report.fixed,
        baselined=len(report.accepted),
        known=len(report.known),
    )


def _diagnostic(result: Result, texts: Texts) -> JsonDiagnostic:
    found, span = result.diagnostic, result.diagnostic.span
    return JsonDiagnostic(
        code=found.code,
        name=result.entry.name,
        message=found.message,
        severity=result.severity,
        confidence=found.confidence,
        path=span.path,
        line=span.line,
        column=span.column,
        end_line=span.end_line,
        end_column=span.end_column,
        scope=found.scope,
        fingerprint=result.fingerprint,
        related=tuple(map(_place, found.related)),
        flow=tuple(map(_place, found.flow)),
        fix=json_fix(found.fix, span.path, texts) if found.fix else None,
        suppressed_by=result.suppressed_by or None,
    )


def _place(related: Related) -> Place:
    span = related.span
    return Place(span.path, span.line, span.column, span.end_line, span.end_column, related.message)


def json_fix(fix: Fix, path: str, texts: Texts) -> JsonFix:
    """Return a fix of a file, its edits with lines and columns where the text is known."""
    return JsonFix(fix.title, fix.applicability, tuple(_edit(edit, path, texts) for edit in fix.edits))


def _edit(edit: Edit, path: str, texts: Texts) -> JsonEdit:
    span = texts.edited(path, edit)
    if span is None:
        return JsonEdit(edit.start, edit.end, None, None, None, None, edit.text)
    return JsonEdit(edit.start, edit.end, span.line, span.column, span.end_line, span.end_column, edit.text)
