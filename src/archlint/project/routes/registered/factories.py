"""Decorators of the project that register what they decorate: `@guarded(router.get, "/x")` calls `router.get("/x")`."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.ir import nodes as ir
from archlint.project.inference.listening import Called
from archlint.project.project import UnitPlace
from archlint.project.routes.registered.located import Frame, Located, Router
from archlint.project.routes.registered.routers import Routers

Applied = tuple[Router, str, Located]
"""A router, the name of its method that is called, and that call."""


def applied(routers: Routers, decorator: Located, verbs: frozenset[str]) -> Iterator[Applied]:
    """Yield the methods of routers that a decorator of the project calls of those that it is given."""
    node = decorator.node
    if not isinstance(node, ir.Call) or not any(_is_given(routers, decorator.at(one), verbs) for one in _given(node)):
        return
    factory = routers.frames.called(routers.project.inference.value(node.func, decorator.scope))
    frame = routers.frames.frame(factory, decorator) if factory is not None else None
    if factory is None or frame is None:
        return
    place = UnitPlace(factory.module, factory.unit)
    for site in routers.frames.sites(place, frame, verbs | frame.arguments.keys()):
        found = _method(routers, site, frame, verbs) if isinstance(site, Called) else None
        if found is not None and isinstance(site, Called):
            yield (*found, Located(site.call, site.scope, frame))


def _given(node: ir.Call) -> Iterator[ir.Expr]:
    yield from node.args
    yield from (one.value for one in node.keywords)


def _is_given(routers: Routers, place: Located, verbs: frozenset[str]) -> bool:
    """Return whether an argument is a router or a method of one."""
    node = place.node
    if isinstance(node, ir.Attribute) and node.name in verbs:
        return routers.of(place.at(node.value)) is not None
    return isinstance(node, ir.Name) and routers.of(place) is not None


def _method(routers: Routers, site: Called, frame: Frame, verbs: frozenset[str]) -> tuple[Router, str] | None:
    """Return which method of a router a call calls, where a parameter stands for it or for the router."""
    func = site.call.func
    given = frame.arguments.get(func.id) if isinstance(func, ir.Name) else None
    place = given if given is not None else Located(func, site.scope, frame)
    method = place.node
    if not isinstance(method, ir.Attribute) or method.name not in verbs:
        return None
    is_passed = given is not None or (isinstance(method.value, ir.Name) and method.value.id in frame.arguments)
    router = routers.of(place.at(method.value)) if is_passed else None
    return (router, method.name) if router is not None else None
