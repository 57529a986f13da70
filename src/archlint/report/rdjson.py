"""Diagnostic results of reviewdog, which puts them as comments and suggestions on pull requests of any host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.diagnostic import Severity
from archlint.report.escaping import json_text
from archlint.report.hosted import hosted
from archlint.report.regions import Texts, first_line

if TYPE_CHECKING:
    from archlint.catalogue import Entry
    from archlint.diagnostic import Fix, Related, Span
    from archlint.report.options import RenderOptions
    from archlint.report.result import Report, Result

Object = dict[str, object]
_LEVELS = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.NOTE: "INFO"}


def rdjson(report: Report, options: RenderOptions) -> str:
    """Return a `DiagnosticResult` of https://github.com/reviewdog/reviewdog/tree/master/proto/rdf."""
    found = hosted(report, options).report
    texts = Texts(found.texts)
    diagnostics = [_diagnostic(result, texts) for result in found.results]
    return json_text({"source": {"name": "archlint"}, "diagnostics": diagnostics}, indent=2) + "\n"


def _diagnostic(result: Result, texts: Texts) -> Object:
    found = result.diagnostic
    described: Object = {
        "message": found.message,
        "location": _location(found.span, texts),
        "severity": _LEVELS[result.severity],
        "code": _code(result.entry),
    }
    if suggestions := _suggestions(found.fix, found.span.path, texts):
        described["suggestions"] = suggestions
    if places := [_related(place, texts) for place in (*found.related, *found.flow)]:
        described["related_locations"] = places
    return described


def _code(entry: Entry) -> Object:
    """Return the code with the first page that the rule refers to, as rules have no page of their own on the web."""
    return {"value": entry.code, **({"url": entry.references[0]} if entry.references else {})}


def _related(place: Related, texts: Texts) -> Object:
    return {"message": place.message, "location": _location(place.span, texts)}


def _location(span: Span, texts: Texts) -> Object:
    return {"path": span.path, "range": _range(first_line(span, texts), texts)}


def _range(span: Span, texts: Texts) -> Object:
    start = _position(span.path, span.line, span.column, texts)
    return {"start": start, "end": _position(span.path, span.end_line, span.end_column, texts)}


def _position(path: str, line: int, column: int, texts: Texts) -> Object:
    """Return a line and a column that counts bytes of UTF-8 from 1, or the line only where its text is not known."""
    file = texts.file(path)
    if file is None:
        return {"line": line}
    before = file.line_text(line)[: column - 1]
    return {"line": line, "column": len(before.encode("utf-8", "surrogatepass")) + 1}


def _suggestions(fix: Fix | None, path: str, texts: Texts) -> list[Object]:
    """Return the fix as a suggestion; one of several edits is none, since reviewers may accept half of it."""
    if fix is None or len(fix.edits) != 1:
        return []
    span = texts.edited(path, fix.edits[0])
    return [{"range": _range(span, texts), "text": fix.edits[0].text}] if span else []
