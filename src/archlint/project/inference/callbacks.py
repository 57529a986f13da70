"""Functions that built-ins call for each element: `map(f, rows)`, `sorted(rows, key=f)`, `rows.sort(key=f)`."""

from __future__ import annotations

from archlint.ir import nodes as ir
from archlint.project.inference.listening import Evaluator, Loop
from archlint.project.inference.scopes import Scope
from archlint.project.tree import argument, keyword

_BY_POSITION = frozenset({"filter", "map"})
_BY_KEY = frozenset({"max", "min", "sorted"})


def loop_of(call: ir.Call, function: ir.Expr, scope: Scope, evaluator: Evaluator) -> Loop | None:
    """Return the loop in which a call calls a function that it is given, None where it does not.

    What changes with each turn are the names of the function: its parameters, or its own.
    """
    iterable = _iterable(call, function, scope)
    if iterable is None:
        return None
    names = {one.name for one in function.parameters} if isinstance(function, ir.Lambda) else set()
    names |= {function.id} if isinstance(function, ir.Name) else set()
    targets = frozenset(names)
    return Loop(call, iterable, evaluator.value(iterable, scope), targets, targets)


def _iterable(call: ir.Call, function: ir.Expr, scope: Scope) -> ir.Expr | None:
    """Return what a call goes through and calls the function for, None where it does not do that."""
    func = call.func
    if isinstance(func, ir.Attribute):
        return func.value if func.name == "sort" and keyword(call, "key") is function else None
    if not isinstance(func, ir.Name) or func.id in scope.names:
        return None
    if func.id in _BY_KEY:
        return argument(call, 0) if keyword(call, "key") is function else None
    return argument(call, 1) if func.id in _BY_POSITION and argument(call, 0) is function else None
