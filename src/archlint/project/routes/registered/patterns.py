"""What paths start with that the keys of a mapping name as regular expressions: `{"^/v1": […]}`."""

from __future__ import annotations

import re

from archlint.ir import nodes as ir
from archlint.project.routes.registered.located import Located
from archlint.project.routes.registered.routers import Routers
from archlint.project.tree import statements_in

_MAX_DEPTH = 8
_LITERAL = re.compile(r"\^?([\w/\-~ ]+)")


def literal_starts(
    routers: Routers, place: Located, body: tuple[ir.Stmt, ...] = (), depth: int = 0
) -> frozenset[str] | None:
    """Return what the patterns say that are literal, or None where a key of the mapping is not known.

    A name stands for all mappings that the body around it gives it.
    """
    node = place.node
    if depth > _MAX_DEPTH:
        return None
    if isinstance(node, ir.Mapping):
        sides = []
        for key, value in zip(node.keys, node.values, strict=True):
            inner = literal_starts(routers, place.at(value), body, depth + 1) if key is None else None
            sides.append(_literal(routers.texts.of(place.at(key))) if key is not None else inner)
        return _joined(sides)
    local = [one.value for one in statements_in(body) if isinstance(one, ir.Assign) and _binds(one, node)]
    if local:
        return _joined([literal_starts(routers, place.at(one), (), depth + 1) if one else None for one in local])
    given = routers.assigned(routers.variable(place))
    return literal_starts(routers, given, (), depth + 1) if given is not None else None


def _binds(statement: ir.Assign, node: ir.Expr) -> bool:
    targets = [one.id for one in statement.targets if isinstance(one, ir.Name)]
    return isinstance(node, ir.Name) and node.id in targets


def _literal(pattern: str | None) -> frozenset[str] | None:
    """Return what a pattern that is matched at the start says; nothing of one that is no plain text."""
    if pattern is None:
        return None
    found = _LITERAL.fullmatch(pattern)
    return frozenset({found.group(1)}) if found is not None else frozenset()


def _joined(sides: list[frozenset[str] | None]) -> frozenset[str] | None:
    known = [one for one in sides if one is not None]
    return frozenset().union(*known) if len(known) == len(sides) else None
