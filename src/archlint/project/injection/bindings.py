"""Which expressions a name of a function may stand for at a point: what it was assigned, and what was added to it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.project.tree import binding, blocks, statements_in, target_names

_ADDING = frozenset({"add", "append", "extend", "insert", "setdefault", "update"})
"""Methods that put their last argument into a collection."""


class Bound(msgspec.Struct, frozen=True):
    """An expression that a name may stand for, and the offset as of which it is to be read.

    Where the name stands for what a loop runs over, `target` is that of the loop. What is put into a mapping has a
    `key`.
    """

    node: ir.Expr
    at: int
    target: ir.Expr | None = None
    key: ir.Expr | None = None


class Reaching(msgspec.Struct, frozen=True):
    """What a name may stand for; `is_given` says that it may still be what it was before the function began."""

    values: tuple[Bound, ...]
    is_given: bool


def reaching(function: ir.Function, name: str, at: int) -> Reaching:
    """Return what a name may stand for at an offset."""
    bound = [one for statement in function.body for one in binding(statement, name) if one.start < at]
    bound = [one for one in bound if not _is_on_other_way(function.body, one, at)]
    last = max((index for index, one in enumerate(bound) if _replaces(function.body, one, at)), default=None)
    left = bound[last:] if last is not None else bound
    values = [value for one in left for value in _values(one, name)]
    return Reaching((*values, *_added(function, name, at)), is_given=last is None)


def _values(statement: ir.Stmt, name: str) -> Iterator[Bound]:
    match statement:
        case ir.Assign(value=value, targets=targets) if value is not None:
            for target in targets:
                if name in target_names(target):
                    yield Bound(_unpacked(target, value, name), statement.start)
        case ir.AugmentedAssign(value=value, op="+"):
            yield Bound(value, statement.start)
        case ir.For(iterable=value, target=target):
            yield Bound(value, statement.start, target)
        case _:
            return


def _unpacked(target: ir.Expr, value: ir.Expr, name: str) -> ir.Expr:
    """Return the part of a value that a name in a target gets, the whole where the parts are not written out."""
    if isinstance(target, ir.Collection) and isinstance(value, ir.Collection) and len(target.items) == len(value.items):
        pairs = zip(target.items, value.items, strict=True)
        return next((given for one, given in pairs if name in target_names(one)), value)
    return value


def _added(function: ir.Function, name: str, at: int) -> Iterator[Bound]:
    """Yield what is put into the collection that a name stands for, before an offset."""
    for one in statements_in(function.body):
        if one.start >= at:
            continue
        match one:
            case ir.Evaluate(value=ir.Call(func=ir.Attribute(value=ir.Name(id=base), name=method), args=args)):
                if base == name and method in _ADDING and args:
                    yield Bound(args[-1], one.start)
            case ir.Assign(targets=(ir.Subscript(value=ir.Name(id=base), index=key),), value=value) if (
                value is not None
            ):
                if base == name:
                    yield Bound(value, one.start, key=key)
            case _:
                continue


def _replaces(body: tuple[ir.Stmt, ...], statement: ir.Stmt, at: int) -> bool:
    """Return whether whoever comes to an offset came over a statement that binds a name anew."""
    if isinstance(statement, ir.AugmentedAssign):
        return False
    if isinstance(statement, ir.For) and not statement.start <= at < statement.end:
        return False
    around = next((one for one in body if one.start <= statement.start < one.end), None)
    if around is None:
        return False
    if around is statement:
        return at < body[-1].end
    return any(_replaces(block, statement, at) for block in blocks(around) if block)


def _is_on_other_way(body: tuple[ir.Stmt, ...], statement: ir.Stmt, at: int) -> bool:
    """Return whether a statement stands in one branch of an `if` and an offset in the other."""
    around = next((one for one in body if one.start <= statement.start < one.end), None)
    if around is None or around is statement:
        return False
    inner = [block for block in blocks(around) if block]
    own = next((block for block in inner if block[0].start <= statement.start < block[-1].end), None)
    if own is None:
        return False
    other = next((block for block in inner if block[0].start <= at < block[-1].end), None)
    if isinstance(around, ir.If) and other is not None and other is not own:
        return True
    return _is_on_other_way(own, statement, at)
