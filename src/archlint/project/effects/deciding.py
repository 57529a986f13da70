"""Arguments that decide what a callee does: constants, defaults, and parameters that are handed on as they came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.effects.effect import Edge, Target
from archlint.project.inference.conditions import Condition, When, can_hold, is_as_given, together
from archlint.project.inference.walk import called_name
from archlint.project.symbols import FunctionDefinition
from archlint.project.values import Literal, Symbol, Value

if TYPE_CHECKING:
    from archlint.project.inference.walk import State

Told = tuple[tuple[str, Value], ...]
_STARS = ("star", "starstar")
_PLAIN = frozenset(
    {
        "abstractmethod", "asynccontextmanager", "atomic", "cache", "classmethod", "contextmanager", "final",
        "lru_cache", "override", "staticmethod",
    }
)  # fmt: skip
"""Decorators that leave alone what a function is given."""


def told(call: ir.Call, function: FunctionDefinition, state: State, *, is_bound: bool) -> Told:
    """Return what the parameters of a function are given that a test of them can tell."""
    rows = function.row.parameters[1 if is_bound else 0 :]
    caller = state.scope.function
    is_plain = _is_called_as_written(call, function)
    found: list[tuple[str, Value]] = []
    for row, node in _given(call, rows, is_plain=is_plain):
        if isinstance(node, ir.Constant | ir.Text) and (_is_flag(node) or _is_flag(row.default)):
            found.append((row.name, _known(node)))
        elif caller is not None and isinstance(node, ir.Name) and is_as_given(node.id, node.start, state):
            found.append((row.name, Symbol(caller, node.id)))
    return tuple(found)


def is_fixed(call: ir.Call) -> bool:
    """Return whether a call is the same each time: all its arguments are constants."""
    nodes = (*call.args, *[word.value for word in call.keywords])
    return all(isinstance(node, ir.Constant | ir.Text) for node in nodes)


def through(when: When, edge: Edge, target: Target) -> When | None:
    """Return what must hold of a caller's parameters where something must of a callee's; None where it cannot."""
    given = dict(edge.told) if when and target == edge.targets[0] else {}
    found: list[Condition] = []
    for one in when:
        value = given.get(one.parameter)
        if isinstance(value, Literal) and not one.allows(value.value):
            return None
        if isinstance(value, Symbol):
            found.append(Condition(value.parameter, one.is_none, one.holds))
    held = together(edge.when, found) if found else edge.when
    return held if can_hold(held) else None


def takes_receiver(function: FunctionDefinition) -> bool:
    """Return whether a method gets an instance, which the next call may not have."""
    names = {dotted(one) for one in function.row.decorators}
    return bool(function.row.owner) and names.isdisjoint({"classmethod", "staticmethod"})


def _is_called_as_written(call: ir.Call, function: FunctionDefinition) -> bool:
    """Return whether a call hands its arguments to a function as they stand, with no `partial` or wrapper between."""
    names = {function.row.name, function.row.owner.rpartition(".")[2]}
    decorators = {dotted(one.func if isinstance(one, ir.Call) else one) for one in function.row.decorators}
    return called_name(call) in names and {one.rpartition(".")[2] for one in decorators} <= _PLAIN


def _given(call: ir.Call, rows: Iterable[ir.Parameter], *, is_plain: bool) -> Iterator[tuple[ir.Parameter, ir.Expr]]:
    """Yield parameters with what is written for them, their defaults where they are left out."""
    words = {word.name: word.value for word in call.keywords}
    is_open = not is_plain or None in words or any(isinstance(node, ir.Starred) for node in call.args)
    for position, row in enumerate(rows):
        if row.kind in _STARS or (is_open and row.name not in words):
            continue
        is_placed = not is_open and row.kind != "keyword" and position < len(call.args)
        node = call.args[position] if is_placed else words.get(row.name, row.default)
        if node is not None:
            yield row, node


def _is_flag(node: ir.Expr | None) -> bool:
    return isinstance(node, ir.Constant) and (node.value is None or isinstance(node.value, bool))


def _known(node: ir.Constant | ir.Text) -> Literal:
    return Literal(None if node.value is None else bool(node.value))
