"""Findings as diagnostics of the protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import msgspec
from lsprotocol import types

from archlint.catalogue import page_file
from archlint.diagnostic import Related, Severity
from archlint.report.result import Result
from archlint.rules.tool.unused_suppression import rule as unused_suppression
from archlint.server.positions import Lines

SOURCE = "archlint"
_SEVERITIES = MappingProxyType(
    {
        Severity.ERROR: types.DiagnosticSeverity.Error,
        Severity.WARNING: types.DiagnosticSeverity.Warning,
        Severity.NOTE: types.DiagnosticSeverity.Information,
    }
)


class Files(msgspec.Struct, frozen=True):
    """How a client knows the files of a report: their addresses, and their texts with lines, "" where unknown."""

    uri_of: Callable[[str], str]
    lines_of: Callable[[str], Lines]


def diagnostic(result: Result, files: Files) -> types.Diagnostic:
    """Return a finding as the protocol has it; `data` identifies it and says whether it has a fix."""
    found = result.diagnostic
    page = page_file(result.entry)
    return types.Diagnostic(
        range=files.lines_of(found.span.path).range(found.span),
        message=found.message,
        severity=_SEVERITIES[result.severity],
        code=found.code,
        code_description=types.CodeDescription(page.as_uri()) if page else None,
        source=SOURCE,
        tags=[types.DiagnosticTag.Unnecessary] if found.code == unused_suppression.code else None,
        related_information=list(_related(result, files)) or None,
        data=_data(result),
    )


def _data(result: Result) -> Mapping[str, object]:
    return {"fingerprint": result.fingerprint, "fix": None if result.diagnostic.fix is None else 0}


def _related(result: Result, files: Files) -> Iterator[types.DiagnosticRelatedInformation]:
    for place in dict.fromkeys((*result.diagnostic.related, *result.diagnostic.flow)):
        yield types.DiagnosticRelatedInformation(location(place, files), place.message or "this place")


def location(place: Related, files: Files) -> types.Location:
    """Return where a related place is."""
    path = place.span.path
    return types.Location(files.uri_of(path), files.lines_of(path).range(place.span))
