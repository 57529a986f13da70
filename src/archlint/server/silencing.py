"""The comment that silences one finding, and its place; what archlint would not read there is not proposed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from archlint.diagnostic import Diagnostic, Edit
from archlint.source import Kind, SourceFile
from archlint.suppression import Form, find_suppressions

REASON = "reason"
"""What stands for the reason until a person has written it."""
_MARKS: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.PYTHON: "#",
        Kind.STUB: "#",
        Kind.SQL: "--",
        Kind.YAML: "#",
        Kind.TOML: "#",
        Kind.INI: "#",
        Kind.PROPERTIES: "#",
        Kind.ENV: "#",
        Kind.DOCKERFILE: "#",
        Kind.REQUIREMENTS: "#",
    }
)
_VALUE_TO_LINE_END = frozenset({Kind.INI, Kind.PROPERTIES, Kind.ENV, Kind.DOCKERFILE})
"""Where a `#` behind a value is a part of it, at least for some who read the file."""


def silencing(source: SourceFile, found: Diagnostic) -> Edit | None:
    """Return the edit that silences a finding: behind its line, or on a line of its own; None where none would."""
    mark = _MARKS.get(source.kind)
    if mark is None:
        return None
    return next((edit for form, edit in _edits(source, found, mark) if _is_read(source, found, form, edit)), None)


def _edits(source: SourceFile, found: Diagnostic, mark: str) -> Iterator[tuple[Form, Edit]]:
    span = found.span
    last = span.end_line - 1 if span.end_column == 1 and span.end_line > span.line else span.end_line
    if source.kind not in _VALUE_TO_LINE_END:
        for line in dict.fromkeys((span.line, last)):
            text = source.line_text(line)
            at = source.starts[line - 1] + len(text)
            blanks = " " * max(0, 2 - (len(text) - len(text.rstrip(" "))))
            yield Form.LINE, Edit(at, at, f"{blanks}{_comment(mark, Form.LINE, found.code)}")
    text, at = source.line_text(span.line), source.starts[span.line - 1]
    indent = text[: len(text) - len(text.lstrip(" \t"))]
    yield Form.NEXT_LINE, Edit(at, at, f"{indent}{_comment(mark, Form.NEXT_LINE, found.code)}\n")


def _comment(mark: str, form: Form, code: str) -> str:
    return f"{mark} archlint: {form.value}[{code}] -- {REASON}"


def _is_read(source: SourceFile, found: Diagnostic, form: Form, edit: Edit) -> bool:
    text = f"{source.text[: edit.start]}{edit.text}{source.text[edit.start :]}"
    after = SourceFile.of(source.path, text, source.kind, source.role)
    at = edit.start + len(edit.text) - len(edit.text.lstrip(" \t"))
    return any(
        one.span.start == at and one.form is form and one.codes == (found.code,) and not one.problem
        for one in find_suppressions(after).items
    )
