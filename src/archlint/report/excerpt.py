"""The lines around a region of a file, with the region told apart: for pages, which mark it by colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.report.escaping import visible

if TYPE_CHECKING:
    from archlint.diagnostic import Span
    from archlint.source import SourceFile

Row = tuple[str, ...]
_TAB = "    "
_LONGEST, _WIDEST, _BEFORE = 14, 240, 80
_CUT = "..."


def excerpt(span: Span, file: SourceFile, around: int) -> tuple[int, tuple[Row, ...]]:
    """Return the number of the first line, and the lines: one text each, or what stands before, in and after a region.

    Unseen characters are escaped, tabs become spaces. Of a long region its first lines are shown, of a long line the
    part around the region.
    """
    first = max(span.line - around, 1)
    end = min(span.end_line, span.line + _LONGEST - 1)
    last = min(end + around, len(file.starts))
    return first, tuple(_row(number, span, file.line_text(number)) for number in range(first, last + 1))


def _row(number: int, span: Span, line: str) -> Row:
    if not span.line <= number <= span.end_line:
        return (_shown(line[:_WIDEST]) + (_CUT if len(line) > _WIDEST else ""),)
    indent = len(line) - len(line.lstrip())
    start = span.column - 1 if number == span.line else indent
    end = span.end_column - 1 if number == span.end_line else len(line)
    start = min(start, len(line))
    end = min(max(end, start), len(line))
    left = start - _BEFORE if len(line) > _WIDEST and start > _BEFORE else 0
    right = left + _WIDEST
    return (
        (_CUT if left else "") + _shown(line[left:start]),
        _shown(line[start : min(end, right)]),
        _shown(line[end:right]) + (_CUT if right < len(line) else ""),
    )


def _shown(text: str) -> str:
    return visible(text.replace("\t", _TAB))
