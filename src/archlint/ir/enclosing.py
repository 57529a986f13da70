"""What stands around a place in a file: the innermost statement, and the heads of functions and classes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.module import ModuleFacts, decode_body

Region = tuple[int, int]
_BODIES = ("body", "orelse", "final")


class Enclosing(msgspec.Struct, frozen=True):
    """Regions in the file: the innermost statement, and the head of each function and class, outermost first.

    The region of a compound statement is its head as well: what counts on its lines counts for its head only.
    """

    statement: Region | None
    heads: tuple[Region, ...]


class Surroundings:
    """What stands around the places of one file; the unit that was asked for last stays decoded."""

    def __init__(self, facts: ModuleFacts, text: str) -> None:
        self._facts = facts
        self._text = text
        self._starts = [unit.start for unit in facts.units]
        self._decoded: tuple[int, ir.Stmt] | None = None

    def enclosing(self, start: int, end: int) -> Enclosing:
        """Return what stands around the region from `start` to `end` of the file."""
        facts, text = self._facts, self._text
        heads = [
            (row.start, _head_end(text, row.start, _last(row.bases, [word.value for word in row.keywords])))
            for row in facts.classes
            if row.start <= start and end <= row.end and row.units and facts.units[row.units[0]].owner == row.name
        ]
        index = bisect_right(self._starts, start) - 1
        if index < 0 or end > facts.units[index].end:
            return Enclosing(None, tuple(heads))
        offset = self._starts[index]
        inner = [*_around(self._statement(index), start - offset, end - offset)]
        heads += [
            (offset + node.start, _declared_head_end(text, offset, node))
            for node in inner
            if isinstance(node, ir.Function | ir.Class)
        ]
        last = inner[-1]
        return Enclosing((offset + last.start, _own_end(text, offset, last)), tuple(heads))

    def _statement(self, index: int) -> ir.Stmt:
        if self._decoded is None or self._decoded[0] != index:
            self._decoded = index, decode_body(self._facts.units[index].body)
        return self._decoded[1]


def _around(statement: ir.Stmt, start: int, end: int) -> Iterator[ir.Stmt]:
    """Yield the statements around a region, outermost first."""
    current: ir.Stmt | None = statement
    while current is not None:
        yield current
        current = next((one for body in _bodies(current) if (one := _at(body, start, end)) is not None), None)


def _at(body: Sequence[ir.Stmt], start: int, end: int) -> ir.Stmt | None:
    """Return the statement of a body around a region: they are in order, and apart."""
    index = bisect_right(body, start, key=lambda one: one.start) - 1
    return body[index] if index >= 0 and end <= body[index].end else None


def _bodies(node: ir.Stmt) -> Iterator[Sequence[ir.Stmt]]:
    for name in _BODIES:
        yield getattr(node, name, ())
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield part.body


def _own_end(text: str, offset: int, node: ir.Stmt) -> int:
    """Return where the part of a statement ends that belongs to no inner statement."""
    if isinstance(node, ir.Function | ir.Class):
        return _declared_head_end(text, offset, node)
    first = next((body[0] for body in _bodies(node) if body), None)
    if first is None:
        return offset + node.end
    return text.rfind(":", offset + node.start, offset + first.start) + 1 or offset + node.end


def _declared_head_end(text: str, offset: int, node: ir.Function | ir.Class) -> int:
    if isinstance(node, ir.Class):
        last = _last(node.bases, [word.value for word in node.keywords], node.decorators)
    else:
        mentioned = [one for p in node.parameters for one in (p.annotation, p.default) if one is not None]
        ends = [p.end for p in node.parameters]
        last = max([_last(mentioned, node.decorators, [node.returns] if node.returns else []), *ends], default=0)
    return _head_end(text, offset + node.start, last - node.start)


def _head_end(text: str, start: int, after: int) -> int:
    """Return the offset behind the first colon that follows what a head mentions."""
    return text.find(":", start + max(after, 0)) + 1 or start


def _last(*groups: object) -> int:
    return max((node.end for group in groups for node in group), default=0)  # type: ignore[attr-defined]
