"""What a function does with rows that it has put into a variable."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.ir import nodes as ir
from archlint.project.tree import binding, blocks, called_name, children, expressions_in, expressions_of, statements_in

PAGERS = frozenset({"Paginator", "islice"})
"""Callables that take a part of what they are given first, as they do of a query."""
_TRUTH = frozenset({"bool"})


def only_cuts(function: ir.Function, name: str) -> list[ir.Expr]:
    """Return the places that cut a variable, none where it is bound twice, or something needs all that is in it."""
    statements = list(statements_in(function.body))
    bound = sum(len(binding(one, name)) for one in function.body)
    if bound != 1 or any(isinstance(one, ir.Function | ir.Class) for one in statements):
        return []
    turns = [one for statement in statements for one in _loops(statement)]
    found = []
    for use in (one for statement in statements for one in _uses(statement, name)):
        if use is not None and _cuts(use, name) and not (_is_moving(use) and _is_in(use, turns)):
            found.append(use)
        elif use is None or not _asks_whether_empty(use):
            return []
    return found


def _loops(statement: ir.Stmt) -> Iterator[ir.Node]:
    """Yield a statement that is a loop, and the comprehensions in it."""
    if isinstance(statement, ir.For | ir.While):
        yield statement
    for top in _expressions(statement):
        yield from (one for one in expressions_in(top) if isinstance(one, ir.Comprehension))


def _is_moving(use: ir.Expr) -> bool:
    """Return whether a slice has a start: in a loop, one after the other may take all."""
    index = use.index if isinstance(use, ir.Subscript) else None
    return isinstance(index, ir.Slice) and index.lower is not None


def _is_in(use: ir.Expr, around: list[ir.Node]) -> bool:
    return any(one.start <= use.start and use.end <= one.end for one in around)


def _uses(statement: ir.Stmt, name: str) -> Iterator[ir.Expr | None]:
    """Yield the expression around each place of a statement that reads a name; `not name` stands for a bare test."""
    for top in _expressions(statement):
        if isinstance(top, ir.Name) and top.id == name:
            if isinstance(statement, ir.If | ir.While):
                yield ir.Unary(top.start, top.end, "not", top)
            elif not (isinstance(statement, ir.Assign) and any(top is one for one in statement.targets)):
                yield None
        pending: list[ir.Expr] = [top]
        while pending:
            around = pending.pop()
            for one in children(around):
                if isinstance(one, ir.Name) and one.id == name:
                    yield around
                pending.append(one)


def _expressions(statement: ir.Stmt) -> Iterator[ir.Expr]:
    """Yield the expressions of a statement, those of the statements in it left out."""
    inside = {id(one) for block in blocks(statement) for one in block}
    for one in expressions_of(statement):
        if isinstance(one, ir.Handler):
            yield from (one.types,) if one.types is not None else ()
        elif isinstance(one, ir.Case):
            yield from (*one.mentions, *([one.guard] if one.guard is not None else []))
        elif id(one) not in inside:
            yield one


def _cuts(around: ir.Expr, name: str) -> bool:
    if isinstance(around, ir.Call):
        is_first = bool(around.args) and isinstance(around.args[0], ir.Name) and around.args[0].id == name
        return is_first and called_name(around) in PAGERS
    is_subscripted = isinstance(around, ir.Subscript) and isinstance(around.value, ir.Name) and around.value.id == name
    return is_subscripted and isinstance(around, ir.Subscript) and _takes_few(around)


def _takes_few(node: ir.Subscript) -> bool:
    """Return whether a subscript takes one element, or those up to some end: not all but the last."""
    index = node.index
    if isinstance(index, ir.Slice):
        return index.upper is not None and not isinstance(index.upper, ir.Unary)
    return isinstance(index, ir.Constant) and isinstance(index.value, int)


def _asks_whether_empty(around: ir.Expr) -> bool:
    if isinstance(around, ir.Unary):
        return around.op == "not"
    return isinstance(around, ir.Boolean) or (isinstance(around, ir.Call) and called_name(around) in _TRUTH)
