"""Positions: lines and columns of archlint, which count code points from 1, and of the protocol, which counts units."""

from __future__ import annotations

from bisect import bisect_right

from lsprotocol.types import Position, PositionEncodingKind, Range

from archlint.diagnostic import Span
from archlint.source import line_starts

Encoding = PositionEncodingKind | str
_BEYOND_ONE_UNIT = 0xFFFF


class Lines:
    """A text of an editor with its lines; a position outside of it means the nearest one inside."""

    __slots__ = ("_encoding", "_starts", "_text")

    def __init__(self, text: str, encoding: Encoding) -> None:
        self._text = text
        self._encoding = encoding
        self._starts = line_starts(text)

    def range(self, span: Span) -> Range:
        """Return the region of a span."""
        return Range(self._position(span.line, span.column), self._position(span.end_line, span.end_column))

    def between(self, start: int, end: int) -> Range:
        """Return the region between two offsets."""
        return Range(self._at(start), self._at(end))

    def _at(self, offset: int) -> Position:
        inside = min(max(offset, 0), len(self._text))
        row = bisect_right(self._starts, inside) - 1
        return Position(row, self._units(self._text[self._starts[row] : inside]))

    def _position(self, line: int, column: int) -> Position:
        row = min(max(line, 1), len(self._starts)) - 1
        return Position(row, self._units(self._line(row)[: max(column, 1) - 1]))

    def _line(self, row: int) -> str:
        end = self._starts[row + 1] if row + 1 < len(self._starts) else len(self._text)
        return self._text[self._starts[row] : end].rstrip("\r\n")

    def _units(self, text: str) -> int:
        if text.isascii() or self._encoding == PositionEncodingKind.Utf32:
            return len(text)
        if self._encoding == PositionEncodingKind.Utf8:
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text) + sum(ord(char) > _BEYOND_ONE_UNIT for char in text)
