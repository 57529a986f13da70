"""The lists and tuples that routers, loops and decorators are given, item by item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.project.inference.scopes import Scope
from archlint.project.routes.registered.locals import function_around, local
from archlint.project.routes.registered.located import Located
from archlint.project.symbols import Variable

if TYPE_CHECKING:
    from archlint.project.routes.registered.routers import Routers


def display(routers: Routers, place: Located) -> tuple[Located, ...] | None:
    """Return the items of a list or tuple that an expression stands for, or None where they are not known."""
    node = place.node
    if isinstance(node, ir.Collection):
        found: list[Located] = []
        for item in node.items:
            inner = display(routers, place.at(item.value)) if isinstance(item, ir.Starred) else (place.at(item),)
            if inner is not None:
                found.extend(inner)
        return tuple(found)
    if isinstance(node, ir.Binary) and node.op == "+":
        sides = [display(routers, place.at(one)) or () for one in (node.left, node.right)]
        return (*sides[0], *sides[1])
    variable = routers.variable(place) if isinstance(node, ir.Name | ir.Attribute) else None
    return _of_variable(routers, variable) if variable is not None else _of_local(routers, place)


def _of_variable(routers: Routers, variable: Variable) -> tuple[Located, ...] | None:
    statement = routers.project.body(variable.units[0])
    if not isinstance(statement, ir.Assign) or statement.value is None:
        return None
    if isinstance(statement.value, ir.Name | ir.Attribute):
        return None
    owner = variable.module.classes.get(variable.owner)
    return display(routers, Located(statement.value, Scope(variable.module, variable.units[0].start, owner)))


def _of_local(routers: Routers, place: Located) -> tuple[Located, ...] | None:
    """Return the items of what a parameter is given, or of what is written out for a local."""
    node = place.node
    passed = place.frame.arguments.get(node.id) if isinstance(node, ir.Name) and place.frame is not None else None
    if passed is not None or not isinstance(node, ir.Name):
        return display(routers, passed) if passed is not None else None
    function = function_around(routers, place)
    given = local(routers, function, node.id) if function is not None else None
    if given is None or not isinstance(given.node, ir.Collection):
        return None
    is_written = not any(isinstance(one, ir.Starred) for one in given.node.items)
    return tuple(place.at(one) for one in given.node.items) if is_written else None
