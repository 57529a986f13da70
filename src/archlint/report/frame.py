"""The code frame: one line of source, with marks below what is meant."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from archlint.report.escaping import visible_character

if TYPE_CHECKING:
    from archlint.diagnostic import Span
    from archlint.source import SourceFile

_TAB = 4
_BEFORE, _WIDEST = 80, 200
_CUT = "..."


def code_frame(span: Span, file: SourceFile, mark: str = "^") -> tuple[str, str] | None:
    """Return the line on which a one-line span starts and the line of marks below it; None if it is past the end.

    Unseen characters are escaped, tabs become spaces, wide characters count twice.
    Of a line that is too long for any screen, the part around the span is shown.
    """
    if span.line > len(file.starts):
        return None
    line = file.line_text(span.line)
    start = min(span.column - 1, len(line))
    end = min(max(span.end_column - 1, start), len(line))
    first, last = max(start - _BEFORE, 0), start + _WIDEST
    shown, indent = _drawn(line[first:start], 0)
    middle, width = _drawn(line[start : min(end, last)], indent)
    rest, _ = _drawn(line[end:last], indent + width)
    left, right = _CUT if first else "", _CUT if last < len(line) else ""
    code = f"{left}{shown}{middle}{rest}{right}".rstrip()
    return code, " " * (len(left) + indent) + mark * max(width, 1)


def _drawn(text: str, column: int) -> tuple[str, int]:
    """Return a text as it is drawn from a screen column on, and how many columns it takes."""
    pieces, at = [], column
    for character in text:
        piece = " " * (_TAB - at % _TAB) if character == "\t" else visible_character(character)
        pieces.append(piece)
        at += len(piece) if piece != character else _width(character)
    return "".join(pieces), at - column


def _width(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
