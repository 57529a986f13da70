"""What routers are made with: by the calls that make them, and by the constructors of their classes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.project.inference.listening import Called
from archlint.project.project import UnitPlace
from archlint.project.routes.registered.lists import display
from archlint.project.routes.registered.located import Located, Router
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import argument
from archlint.syntax.string_values import last_name

if TYPE_CHECKING:
    from archlint.project.routes.registered.routers import Routers


def made_with(routers: Routers, router: Router, name: str, position: int | None = None) -> Iterator[Located]:
    """Yield what a router is given for a parameter: by the class's own `__init__`, and where it is made."""
    call = _made(routers, router)
    node = call.node
    if not isinstance(node, ir.Call):
        return
    definition = router.definition
    own = routers.frames.method(definition, "__init__") if definition is not None else None
    if own is not None:
        yield from _passed_on(routers, own, call, name, position)
        if own.row.parameters and any(one.kind == "starstar" for one in own.row.parameters):
            given = argument(node, None, name)
            named = {one.name for one in own.row.parameters}
            if given is not None and name not in named:
                yield call.at(given)
        return
    given = argument(node, position, name)
    if given is not None:
        yield call.at(given)


def items(routers: Routers, router: Router, name: str, position: int | None = None) -> Iterator[Located]:
    """Yield the items of the list that a router is given for a parameter."""
    for given in made_with(routers, router, name, position):
        yield from display(routers, given) or ()


def own_prefix(routers: Routers, router: Router) -> str | None:
    """Return what a router is made to put before its paths; None where that is not known."""
    row = router.row
    given = list(made_with(routers, router, row.prefix, row.position)) if row.prefix else []
    given = [one for one in given if not isinstance(one.node, ir.Constant)]
    is_namespace = row.framework == "flask_api" and row.prefix == "path"
    if given:
        text = routers.texts.of(given[0])
        return text.rstrip("/") if text is not None and is_namespace else text
    named = next(iter(made_with(routers, router, "name", 0)), None) if is_namespace else None
    name = routers.texts.of(named) if named is not None else None
    return (None if name is None else f"/{name}") if is_namespace else ""


def _passed_on(
    routers: Routers, init: FunctionDefinition, call: Located, name: str, position: int | None
) -> Iterator[Located]:
    frame = routers.frames.frame(init, call)
    place = UnitPlace(init.module, init.unit)
    for site in routers.frames.sites(place, frame, {"__init__"}):
        if isinstance(site, Called):
            given = argument(site.call, position, name)
            passed = frame.arguments.get(given.id) if frame is not None and isinstance(given, ir.Name) else None
            if passed is not None:
                yield passed
            elif given is not None:
                yield Located(given, site.scope, frame)


def _made(routers: Routers, router: Router) -> Located:
    """Return the call that made a router with the locals of the function around it."""
    made = router.made
    unit = next(
        (one for one in made.scope.module.facts.units if one.start == made.scope.offset),
        None,
    )
    node = made.node
    if unit is None or made.scope.names or not isinstance(node, ir.Call):
        return made
    place = UnitPlace(made.scope.module, unit)
    if routers.project.function_at(place) is None:
        return made
    func = node.func
    name = last_name(func)
    for site in routers.frames.sites(place, made.frame, {name}):
        if isinstance(site, Called) and site.call.start == node.start:
            return Located(node, site.scope, made.frame)
    return made
