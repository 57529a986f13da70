"""What a call passes on, and what stands around it: arguments that tell something, loops, `try` statements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.effects.direct import is_repeated
from archlint.project.effects.effect import Step, Target, Turns
from archlint.project.inference.listening import State
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import called_name, names_in
from archlint.project.turns import model_of_rows, multiplying, pinned, shown
from archlint.project.values import (
    UNKNOWN,
    Bound,
    External,
    Instance,
    Items,
    Literal,
    Method,
    Query,
    Symbol,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from archlint.project.effects.effects import Effects

Given = tuple[tuple[str, Value], ...]
"""What parameters are given, by name."""
_FIRST = frozenset({"filter", "functools.reduce", "itertools.groupby", "map"})
_MAPPING = _FIRST | {"max", "min", "sorted"}
"""Built-ins that call a function for each element."""


def given(
    effects: Effects, function: FunctionDefinition, node: ir.Call, callee: Value, state: State, *, is_bound: bool
) -> tuple[tuple[str, Value], ...]:
    """Return what the parameters of a function are given, as far as it says something."""
    arguments = effects.arguments(node, state.scope)
    found: list[tuple[str, Value]] = []
    for index, row in enumerate(function.row.parameters):
        if index == 0 and is_bound:
            base = callee.receiver if isinstance(callee, Method | Bound) else UNKNOWN
            if isinstance(base, Instance) and (base.loaded is not None or base.origin is not None):
                found.append((row.name, base))
            continue
        value = arguments.parameter(function, row.name, is_bound=is_bound)
        if not isinstance(value, Unknown | Literal | External):
            found.append((row.name, _thin(value)))
    return tuple(found)


def receiver_given(targets: tuple[Target, ...], base: Value) -> tuple[tuple[str, Value], ...]:
    """Return what the first parameter of a method is given, where its receiver tells how it was reached."""
    parameters = targets[0].function.row.parameters
    tells = isinstance(base, Instance) and (base.loaded is not None or base.origin is not None)
    return ((parameters[0].name, base),) if parameters and tells else ()


def called_back(node: ir.Call, callee: Value) -> Iterator[ir.Expr]:
    """Yield what a built-in calls for each element: `map(f, …)`, `sorted(…, key=f)`, `rows.sort(key=f)`."""
    is_sort = called_name(node) == "sort"
    if is_sort or (isinstance(callee, External) and callee.name in _MAPPING):
        yield from (word.value for word in node.keywords if word.name == "key")
        yield from () if is_sort or not isinstance(callee, External) or callee.name not in _FIRST else node.args[:1]


def repeats(state: State) -> bool:
    """Return whether something stands in a loop that may have many turns."""
    return any(not isinstance(loop.node, ir.While) and is_repeated(loop.value) for loop in state.loops)


def turns(effects: Effects, node: ir.Node, state: State) -> Turns | None:
    """Return the loop around an expression that makes it happen as often as its data has rows."""
    if not state.loops:
        return None
    loop = multiplying(effects.project, node, state)
    is_alike = loop is None
    loop = multiplying(effects.project, node, state, is_alike=True) if loop is None else loop
    if loop is None:
        return None
    at = loop.iterable or loop.node
    names = tuple(sorted(names_in(node) & loop.varying))
    step = Step(state.scope.module, state.scope.offset, at.start, at.end)
    parameter = carried(loop.value, state.scope.function)
    return Turns(step, shown(loop), is_alike, names, model_of_rows(loop), pinned(loop.value), parameter)


def carried(value: Value, function: FunctionDefinition | None) -> str:
    """Return the parameter of a function that decides how many elements something has, "" where none does."""
    symbol = value.origin if isinstance(value, Items | Query) else value
    is_own = isinstance(symbol, Symbol) and symbol.owner is function and not symbol.operations
    return symbol.parameter if is_own and isinstance(symbol, Symbol) else ""


def turning(function: FunctionDefinition, node: ir.Call, names: tuple[str, ...], *, is_bound: bool) -> tuple[str, ...]:
    """Return the parameters of a function that a call gives something that some names decide."""
    words = {word.name: word.value for word in node.keywords}
    receiver = (node.func.value,) if is_bound and isinstance(node.func, ir.Attribute) else (None,) * is_bound
    placed: tuple[ir.Expr | None, ...] = (*receiver, *node.args)
    rows = function.row.parameters
    given = [(row.name, placed[at] if at < len(placed) else words.get(row.name)) for at, row in enumerate(rows)]
    return tuple(name for name, one in given if one is not None and not names_in(one).isdisjoint(names))


def catches(state: State) -> tuple[str, ...]:
    """Return the names of the exceptions that the surrounding `try` statements handle, as they are written."""
    found: list[str] = []
    for one in state.tries:
        for handler in one.handlers:
            if handler.types is None:
                found.append("BaseException")
            elif isinstance(handler.types, ir.Collection):
                found += [dotted(item) for item in handler.types.items]
            else:
                found.append(dotted(handler.types))
    return tuple(found)


def _thin(value: Value) -> Value:
    """Return an argument without what nobody asks it for."""
    if isinstance(value, Instance):
        return Instance(value.name, value.definition, None, value.loaded, value.origin, value.arguments, value.missing)
    return value
