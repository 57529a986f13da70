"""Regions of the files of a report: their lines, cut to one line where a format shows only one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from archlint.normal_form import whole_region
from archlint.report.line_hash import line_hashes
from archlint.source import Kind, SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archlint.diagnostic import Edit, Span


class Texts:
    """The redacted texts of a report by path, each with its line table, made when it is first asked for."""

    __slots__ = ("_files", "_texts")

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._files: dict[str, SourceFile] = {}

    def file(self, path: str) -> SourceFile | None:
        """Return a file, or None if the report does not have its text."""
        if path not in self._texts:
            return None
        if path not in self._files:
            # What kind of file it is plays no part in where its lines start.
            self._files[path] = SourceFile.of(path, self._texts[path], Kind.PYTHON)
        return self._files[path]

    def edited(self, path: str, edit: Edit) -> Span | None:
        """Return the region that an edit replaces, or None if the report does not have the text."""
        file = self.file(path)
        if file is None:
            return None
        start = min(max(edit.start, 0), len(file.text))
        return file.span(start, min(max(edit.end, start), len(file.text)))

    def line_hashes(self, spans: Iterable[Span]) -> dict[tuple[str, int], str]:
        """Return the line hash of each (path, line) at which a span starts, where the text is known."""
        lines: dict[str, set[int]] = {}
        for span in spans:
            lines.setdefault(span.path, set()).add(span.line)
        return {
            (path, line): value
            for path, wanted in lines.items()
            if path in self._texts
            for line, value in line_hashes(self._texts[path], wanted).items()
        }


class Regions(msgspec.Struct, frozen=True):
    """Gives the text of a region, of its line where it is empty; `texts` are redacted."""

    texts: Mapping[str, str]

    def __call__(self, span: Span) -> str:
        """Return the text, empty where that of the file is not known."""
        text = self.texts.get(span.path, "")
        region = whole_region(text, span.start, span.end)
        return region if region.strip() else SourceFile.of(span.path, text, Kind.PYTHON).line_text(span.line)


def first_line(span: Span, texts: Texts) -> Span:
    """Return the part of a span on its first line, with lines and columns of at least 1 and the end not before."""
    line, column = max(span.line, 1), max(span.column, 1)
    end_column = span.end_column
    if span.end_line > line:
        file = texts.file(span.path)
        end_column = len(file.line_text(line)) + 1 if file else column + 1
    end_column = max(end_column, column)
    return replace(
        span, end=span.start + end_column - column, line=line, column=column, end_line=line, end_column=end_column
    )
