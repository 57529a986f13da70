"""What stands around a place in a file: the innermost statement, and the heads of functions and classes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archlint.ir import nodes as ir
from archlint.ir.module import ModuleFacts, decode_body

Region = tuple[int, int]
_BODIES = ("body", "orelse", "final")


@dataclass(frozen=True, slots=True)
class Enclosing:
    """Regions in the file: the innermost statement, and the head of each function and class, outermost first.

    The region of a compound statement is its head as well: what counts on its lines counts for its head only.
    """

    statement: Region | None
    heads: tuple[Region, ...]


def enclosing(facts: ModuleFacts, text: str, start: int, end: int) -> Enclosing:
    """Return what stands around the region from `start` to `end` of a file."""
    heads = [
        (row.start, _head_end(text, row.start, _last(row.bases, [word.value for word in row.keywords])))
        for row in facts.classes
        if row.start <= start and end <= row.end and row.units and facts.units[row.units[0]].owner == row.name
    ]
    for unit in facts.units:
        if unit.start <= start and end <= unit.end:
            statement = decode_body(unit.body)
            inner = [*_around(statement, start - unit.start, end - unit.start)]
            heads += [
                (unit.start + node.start, _declared_head_end(text, unit.start, node))
                for node in inner
                if isinstance(node, ir.Function | ir.Class)
            ]
            last = inner[-1]
            return Enclosing((unit.start + last.start, _own_end(text, unit.start, last)), tuple(heads))
    return Enclosing(None, tuple(heads))


def _around(statement: ir.Stmt, start: int, end: int) -> Iterator[ir.Stmt]:
    """Yield the statements around a region, outermost first."""
    current: ir.Stmt | None = statement
    while current is not None:
        yield current
        current = next((one for one in _inner(current) if one.start <= start and end <= one.end), None)


def _inner(node: ir.Stmt) -> Iterator[ir.Stmt]:
    for name in _BODIES:
        yield from getattr(node, name, ())
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield from part.body


def _own_end(text: str, offset: int, node: ir.Stmt) -> int:
    """Return where the part of a statement ends that belongs to no inner statement."""
    if isinstance(node, ir.Function | ir.Class):
        return _declared_head_end(text, offset, node)
    first = next(_inner(node), None)
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
