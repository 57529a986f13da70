"""What is sure to run before something else in one function, and what may run in between."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.project.tree import blocks, nodes_in

_LEAVING = (ir.Return, ir.Raise)


class Step(msgspec.Struct, frozen=True):
    """A statement of a block, by its index, on the way from a function to something in it."""

    block: tuple[ir.Stmt, ...]
    index: int

    @property
    def statement(self) -> ir.Stmt:
        """Return the statement."""
        return self.block[self.index]


def statement_path(function: ir.Function, node: ir.Node) -> tuple[Step, ...] | None:
    """Return the statements around a node, outermost first; None where it stands in a nested function or class."""
    found: list[Step] = []
    block: tuple[ir.Stmt, ...] | None = function.body
    while block is not None:
        index = next((at for at, one in enumerate(block) if one.start <= node.start < one.end), None)
        if index is None:
            break
        found.append(Step(block, index))
        if isinstance(block[index], ir.Function | ir.Class):
            return None
        inner = blocks(block[index])
        block = next((one for one in inner if one and one[0].start <= node.start < one[-1].end), None)
    return tuple(found) or None


def is_sure(before: tuple[Step, ...], after: tuple[Step, ...], first: ir.Expr, again: ir.Expr) -> bool:
    """Return whether whoever gets to the second expression has been at the first: no branch lies between them."""
    if len(before) > len(after) or any(isinstance(one.statement, ir.With | ir.While | ir.For) for one in after):
        return False
    if any(one.statement is not other.statement for one, other in zip(before[:-1], after[:-1], strict=False)):
        return False
    last, other = before[-1], after[len(before) - 1]
    if last.block is not other.block or last.index > other.index:
        return False
    if not _is_unconditional(last.statement, first):
        return False
    return last.index < other.index or first.end <= again.start


def between(function: ir.Function, first: ir.Expr, again: ir.Expr) -> Iterator[ir.Node]:
    """Yield what may run after the first expression and before the second, blocks that leave the function left out."""
    left = [block for block in _blocks_in(function) if _leaves(block, again)]
    around = statement_path(function, first) or ()
    start = around[-1].statement.start if around else first.start
    for node, _ in nodes_in(function):
        is_around = node.start <= again.start and again.end <= node.end
        is_first = first.start <= node.start and node.end <= first.end
        if is_around or is_first or not start <= node.start < again.start:
            continue
        if node.end <= first.start and not isinstance(node, ir.Assign):
            continue  # it ran before
        if not any(block[0].start <= node.start < block[-1].end for block in left):
            yield node


def _blocks_in(function: ir.Function) -> Iterator[tuple[ir.Stmt, ...]]:
    for node, _ in nodes_in(function):
        if isinstance(node, ir.If):
            yield from (block for block in blocks(node) if block)


def _leaves(block: tuple[ir.Stmt, ...], again: ir.Expr) -> bool:
    return isinstance(block[-1], _LEAVING) and not block[0].start <= again.start < block[-1].end


def _is_unconditional(statement: ir.Stmt, node: ir.Expr) -> bool:
    """Return whether a statement evaluates an expression in it whatever the rest of it gives."""
    for one, parent in nodes_in(statement):
        if not (one.start <= node.start and node.end <= one.end):
            continue
        if isinstance(parent, ir.Lambda | ir.Comprehension):
            return False
        if isinstance(parent, ir.Boolean) and parent.values[0] is not one:
            return False
        if isinstance(parent, ir.Conditional) and parent.test is not one:
            return False
    return True
