"""What the locals of functions are given, where that is given once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.project.project import UnitPlace
from archlint.project.routes.registered.located import Located
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import statements_in

if TYPE_CHECKING:
    from archlint.project.routes.registered.routers import Routers


def local(routers: Routers, function: FunctionDefinition, name: str) -> Located | None:
    """Return what a local of a function, or of those around it, is given, where that is given once; else None."""
    around: FunctionDefinition | None = function
    while around is not None:
        node = routers.project.function_node(around)
        given = [one.value for one in _assignments(node.body, name)] if node is not None else []
        if given:
            scope = routers.frames.scope_around(around)
            return Located(given[0], scope) if len(given) == 1 and given[0] is not None else None
        around = around.outer
    return None


def _assignments(body: tuple[ir.Stmt, ...], name: str) -> Iterator[ir.Assign]:
    for one in statements_in(body):
        if isinstance(one, ir.Assign) and any(isinstance(each, ir.Name) and each.id == name for each in one.targets):
            yield one


def function_around(routers: Routers, place: Located) -> FunctionDefinition | None:
    """Return the outermost function that an expression stands in, or None."""
    module = place.scope.module
    unit = next((one for one in module.facts.units if one.start == place.scope.offset), None)
    return routers.project.function_at(UnitPlace(module, unit)) if unit is not None else None
