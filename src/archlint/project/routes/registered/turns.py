"""The turns of loops over what is written out: `for router in (users.router, orders.router)`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.project.inference.listening import Loop
from archlint.project.routes.registered.lists import display
from archlint.project.routes.registered.located import Frame, Located

if TYPE_CHECKING:
    from archlint.project.routes.registered.routers import Routers

_MAX_TURNS = 200
"""Turns that are followed at most."""


class Turns:
    """Answers what the variables of loops stand for, turn by turn."""

    def __init__(self, routers: Routers) -> None:
        self._routers = routers

    def of(self, place: Located, loops: tuple[Loop, ...]) -> Iterator[Located]:
        """Yield a place once for each turn of the loops over displays around it."""
        bound: list[list[Mapping[str, Located]]] = []
        for loop in loops:
            rows = self._rows(place, loop)
            if rows:
                bound.append(rows)
        for index, combination in enumerate(islice(product(*bound), _MAX_TURNS)):
            yield self._bound(place, combination, index) if combination else place

    def bound(self, place: Located, target: ir.Expr, items: Located) -> Iterator[Located]:
        """Yield a place once for each item of a display, with the target standing for that."""
        for index, item in enumerate(islice(self._items(items) or (), _MAX_TURNS)):
            yield self._bound(place, (dict(_unpacked(target, item)),), index)

    def _rows(self, place: Located, loop: Loop) -> list[Mapping[str, Located]]:
        if loop.iterable is None:
            return []
        target = loop.node.target if isinstance(loop.node, ir.For) else None
        if isinstance(loop.node, ir.Comprehension):
            target = next((one.target for one in loop.node.clauses if one.iterable is loop.iterable), None)
        items = self._items(place.at(loop.iterable))
        return [dict(_unpacked(target, item)) for item in items or ()] if target is not None else []

    def _items(self, place: Located) -> tuple[Located, ...] | None:
        node = place.node
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and not node.args:
            mapping = node.func.value
            if isinstance(mapping, ir.Mapping) and node.func.name == "items":
                pairs = zip(mapping.keys, mapping.values, strict=True)
                return tuple(
                    place.at(ir.Collection(key.start, value.end, "tuple", (key, value)))
                    for key, value in pairs
                    if key is not None
                )
        return display(self._routers, place)

    def _bound(self, place: Located, combination: tuple[Mapping[str, Located], ...], index: int) -> Located:
        arguments = {name: one for row in combination for name, one in row.items()}
        outer = place.frame
        values = {name: self._routers.frames.value(one) for name, one in arguments.items()}
        scope = place.scope.branch()
        scope.bind_all(values)
        names = {**(outer.names if outer is not None else {}), **values}
        around = outer.arguments if outer is not None else {}
        function, label, turn = (outer.function, outer.label, outer.turn) if outer is not None else (None, "", "")
        frame = Frame(function, label, names, {**around, **arguments}, f"{turn}#{index}")
        return replace(place, scope=scope, frame=frame)


def _unpacked(target: ir.Expr, item: Located) -> Iterator[tuple[str, Located]]:
    if isinstance(target, ir.Name):
        yield target.id, item
    elif isinstance(target, ir.Collection) and isinstance(item.node, ir.Collection):
        for inner, value in zip(target.items, item.node.items, strict=False):
            yield from _unpacked(inner, item.at(value))
