"""The JSON report as types, and the JSON Schema that is published for it.

Within one version fields may be added; a field that goes or changes its meaning makes a new version.
"""

from __future__ import annotations

from inspect import cleandoc
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from archlint.diagnostic import Applicability, Confidence, Severity

Version = Literal[1]
Positive = Annotated[int, Meta(ge=1)]
Count = Annotated[int, Meta(ge=0)]


class Tool(Struct, frozen=True):
    """What made the report."""

    name: str
    version: str


class Place(Struct, frozen=True):
    """A region that explains a diagnostic: lines and columns count code points from 1, ends are exclusive."""

    path: str
    line: Positive
    column: Positive
    end_line: Positive
    end_column: Positive
    message: str


class JsonEdit(Struct, frozen=True):
    """A replacement in the diagnostic's file: `start` and `end` are code point offsets from 0.

    Lines and columns are null where the text of the file is not known.
    """

    start: Count
    end: Count
    line: Positive | None
    column: Positive | None
    end_line: Positive | None
    end_column: Positive | None
    text: str


class JsonFix(Struct, frozen=True):
    """Edits that remove the diagnostic, to be made together."""

    title: str
    applicability: Applicability
    edits: tuple[JsonEdit, ...]


class JsonDiagnostic(Struct, frozen=True):
    """One thing found at one place; `fingerprint` stays the same when the line moves.

    `flow` is the chain from entry to sink, `suppressed_by` is null unless a comment or the baseline has it.
    """

    code: str
    name: str
    message: str
    severity: Severity
    confidence: Confidence
    path: str
    line: Positive
    column: Positive
    end_line: Positive
    end_column: Positive
    scope: str
    fingerprint: str
    related: tuple[Place, ...]
    flow: tuple[Place, ...]
    fix: JsonFix | None
    suppressed_by: str | None


class Skipped(Struct, frozen=True):
    """A file that could not be checked, and why."""

    path: str
    reason: str


class Summary(Struct, frozen=True):
    """The figures of the run; `crashed` says that archlint failed in a rule and the result is incomplete.

    `fixed` counts the fixes that were made before: their diagnostics are not in the report.
    `baselined` counts the diagnostics that the baseline has, `known` those that are not new since a revision.
    """

    files: Count
    diagnostics: Count
    errors: Count
    warnings: Count
    notes: Count
    suppressed: Count
    skipped: Count
    crashed: bool
    codes: dict[str, Count]
    fixed: Count = 0
    baselined: Count = 0
    known: Count = 0


class JsonReport(Struct, frozen=True):
    """A whole report; `suppressed` and `baselined` are filled only on request, `timings` are seconds per rule code."""

    version: Version
    tool: Tool
    summary: Summary
    diagnostics: tuple[JsonDiagnostic, ...]
    suppressed: tuple[JsonDiagnostic, ...]
    skipped: tuple[Skipped, ...]
    hints: tuple[str, ...]
    timings: dict[str, float]
    baselined: tuple[JsonDiagnostic, ...] = ()


class Header(Struct, frozen=True):
    """The first of the JSON lines, of type `header`."""

    version: Version
    tool: Tool


class Footer(Struct, frozen=True):
    """The last of the JSON lines, of type `summary`."""

    summary: Summary
    skipped: tuple[Skipped, ...]
    hints: tuple[str, ...]
    timings: dict[str, float]


def report_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the JSON report."""
    return schema_of(JsonReport)


def schema_of(shape: type[Struct]) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_dedented(msgspec.json.schema(shape)),
    }


def _dedented(schema: Any) -> Any:
    """Return a schema whose descriptions, which are docstrings, have no indents, as Python 3.13 has them by itself."""
    if isinstance(schema, dict):
        return {
            key: cleandoc(value) if key == "description" and isinstance(value, str) else _dedented(value)
            for key, value in schema.items()
        }
    return [_dedented(value) for value in schema] if isinstance(schema, list) else schema


def report_schema_text() -> str:
    """Return the schema as it is published in `docs/schemas/report.json`."""
    return msgspec.json.format(msgspec.json.encode(report_schema()), indent=2).decode() + "\n"
