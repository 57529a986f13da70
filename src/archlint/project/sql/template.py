"""SQL text as it was put together: known parts with the literals that say them, and holes with what fills them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from archlint.syntax.literals import HOLE, Composition, read_literal
from archlint.syntax.origin import OffsetMap

if TYPE_CHECKING:
    from archlint.diagnostic import Span
    from archlint.ir import nodes as ir
    from archlint.project.symbols import Module
    from archlint.source import SourceFile

SourceOf = Callable[[str], "SourceFile"]


class Origin(msgspec.Struct, frozen=True, eq=False):
    """An expression in its module; `offset` is the start of the unit that its region is relative to."""

    module: Module
    offset: int
    node: ir.Expr

    @property
    def region(self) -> tuple[int, int]:
        """Return the region in the file."""
        return self.offset + self.node.start, self.offset + self.node.end


class Piece(msgspec.Struct, frozen=True, eq=False):
    """A part of a text; `inner` is where it starts in the value of the literal that it comes from.

    A hole's `text` only stands in for what is not known: nothing where the part may be missing.
    """

    text: str
    origin: Origin
    inner: int = 0
    is_hole: bool = False


@dataclass(frozen=True, eq=False)
class Template:
    """A text in pieces."""

    pieces: tuple[Piece, ...]

    @cached_property
    def text(self) -> str:
        """Return the text with its holes filled by `HOLE`."""
        return "".join(piece.text for piece in self.pieces)

    @cached_property
    def holes(self) -> tuple[tuple[int, int, Origin], ...]:
        """Return the regions of the text that are not known, with the expressions that fill them."""
        return tuple((start, start + len(one.text), one.origin) for start, one in self._placed() if one.is_hole)

    def sliced(self, start: int, end: int) -> Template:
        """Return the part of the text from one offset to another; a hole stays whole or goes."""
        kept = []
        for at, piece in self._placed():
            first, last = max(start - at, 0), min(end - at, len(piece.text))
            if piece.is_hole and start <= at <= at + len(piece.text) <= end:
                kept.append(piece)
            elif not piece.is_hole and first < last:
                kept.append(Piece(piece.text[first:last], piece.origin, piece.inner + first))
        return Template(tuple(kept))

    def span(self, start: int, end: int, source_of: SourceOf) -> Span:
        """Return where a region of the text stands in its file; a region over several literals is cut to the first."""
        at, piece = self._piece_at(start)
        literal = _literal(piece, source_of)
        source = source_of(piece.origin.module.path)
        if literal is None:
            return source.span(*piece.origin.region)
        last = min(end - at, len(piece.text)) + piece.inner
        offsets = OffsetMap(tuple(literal.segments))
        return source.span(offsets.start(start - at + piece.inner), offsets.end(max(last, start - at + piece.inner)))

    def _piece_at(self, offset: int) -> tuple[int, Piece]:
        """Return the piece with an offset in it and where it starts; behind the end it is the last."""
        found = next(((at, one) for at, one in self._placed() if offset < at + len(one.text)), None)
        return found if found is not None else list(self._placed())[-1]

    def _placed(self) -> Iterator[tuple[int, Piece]]:
        at = 0
        for piece in self.pieces:
            yield at, piece
            at += len(piece.text)


def known(text: str, origin: Origin, inner: int = 0) -> Template:
    """Return a text that a literal says."""
    return Template((Piece(text, origin, inner),))


def hole(origin: Origin, *, may_be_missing: bool = False) -> Template:
    """Return something unknown."""
    return Template((Piece("" if may_be_missing else HOLE, origin, 0, is_hole=True),))


def joined(parts: Iterable[Template]) -> Template:
    """Return texts one behind the other."""
    return Template(tuple(piece for part in parts for piece in part.pieces))


def _literal(piece: Piece, source_of: SourceOf) -> Composition | None:
    """Return what the source of a piece says, or None where that is no literal, or one that reads in another way."""
    if piece.is_hole:
        return None
    found = read_literal(source_of(piece.origin.module.path).text, *piece.origin.region)
    if found is None or found.text[piece.inner : piece.inner + len(piece.text)] != piece.text:
        return None
    return found
