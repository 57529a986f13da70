"""What a local name shows where it is written out: the parts of the expression that it was given, a few names back."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint.ir import nodes as ir
from archlint.project.leaks.exposed import Exposed, exposed, masks
from archlint.project.tree import binding, blocks, called_name, names_in, statements_in
from archlint.secrets.names import promised

_MAX_NAMES = 4
"""Names that stand for each other."""
_TAKING_OUT = re.compile(r"(?i)strip|remove|clean|clear|filter|pop|update")


def traced(function: ir.Function | ir.Lambda | None, node: ir.Expr) -> Iterator[Exposed]:
    """Yield the parts that are written out with an expression; a local name stands for what it was given last."""
    yield from _traced(function, node, node.start, 0)


def _traced(function: ir.Function | ir.Lambda | None, node: ir.Expr, at: int, depth: int) -> Iterator[Exposed]:
    for one in exposed(node):
        given = None
        if isinstance(function, ir.Function) and depth < _MAX_NAMES and _is_asked_about(one):
            given = _given_last(function, one.name, at)
        if given is None or given.value is None or not _shows_parts(given.value):
            yield one
        elif isinstance(function, ir.Function) and not _is_masked(function, one.name, given.end, at):
            yield from _traced(function, given.value, given.start, depth + 1)


def _is_asked_about(one: Exposed) -> bool:
    """Return whether a part is a name that says nothing itself; what headers carry, `holders` tells."""
    return isinstance(one.node, ir.Name) and not one.kind and one.name != "headers"


def _shows_parts(value: ir.Expr) -> bool:
    """Return whether a value is a text or a collection that is put together, or another name: no object."""
    return isinstance(value, ir.Binary | ir.Collection | ir.Conditional | ir.Format | ir.Mapping | ir.Name) or (
        isinstance(value, ir.Call) and called_name(value) in ("format", "dict", "join", "dumps")
    )


def _given_last(function: ir.Function, name: str, at: int) -> ir.Assign | None:
    """Return the assignment whose value a name has at an offset, None where there may be others."""
    found = [one for statement in function.body for one in binding(statement, name) if one.start < at]
    last = max(found, key=lambda one: one.start, default=None)
    if not isinstance(last, ir.Assign) or len(last.targets) != 1 or not isinstance(last.targets[0], ir.Name):
        return None
    return last if _reaches(function.body, last, at) else None


def _reaches(body: tuple[ir.Stmt, ...], given: ir.Assign, at: int) -> bool:
    """Return whether an offset stands in the block of an assignment, or in a block in that one."""
    around = next((one for one in body if one.start <= given.start < one.end), None)
    if around is given:
        return at < body[-1].end
    return around is not None and any(_reaches(block, given, at) for block in blocks(around) if block)


def _is_masked(function: ir.Function, name: str, start: int, end: int) -> bool:
    """Return whether something between two offsets takes a secret out of what a name stands for, or may do so."""
    return any(start <= one.start < end and _masks(one, name) for one in statements_in(function.body))


def _masks(statement: ir.Stmt, name: str) -> bool:
    match statement:
        case ir.Assign(targets=targets) | ir.Delete(targets=targets):
            changed = [one for one in targets if isinstance(one, ir.Subscript) and name in names_in(one.value)]
            return any(not isinstance(one.index, ir.Text) or promised(one.index.value) for one in changed)
        case ir.Evaluate(value=ir.Call() as call) if name in names_in(call):
            called = called_name(call)
            return masks(called) or _TAKING_OUT.match(called) is not None
        case _:
            return False


def where_shown(argument: ir.Expr, one: Exposed) -> ir.Expr:
    """Return the part of an argument that shows something: the argument where a name in it was given that before."""
    return one.node if argument.start <= one.node.start < argument.end else argument
