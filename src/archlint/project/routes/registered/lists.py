"""The lists and tuples that routers, loops and decorators are given, item by item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.project.inference.scopes import Scope
from archlint.project.routes.registered.located import Located

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
    if variable is None and isinstance(node, ir.Name) and place.frame is not None:
        passed = place.frame.arguments.get(node.id)
        return display(routers, passed) if passed is not None else None
    statement = routers.project.body(variable.units[0]) if variable is not None else None
    if variable is None or not isinstance(statement, ir.Assign) or statement.value is None:
        return None
    if isinstance(statement.value, ir.Name | ir.Attribute):
        return None
    owner = variable.module.classes.get(variable.owner)
    return display(routers, Located(statement.value, Scope(variable.module, variable.units[0].start, owner)))
