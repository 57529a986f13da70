"""What many routes need of a service that nothing keeps from being asked while it is away: no breaker, no fallback."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field

from archlint.ir.builder import dotted
from archlint.ir.render import render
from archlint.project.handlers import handler
from archlint.project.inference import wrappers
from archlint.project.outages.above import Link, surrounds
from archlint.project.outages.service_calls import ServiceCall
from archlint.project.project import Project
from archlint.project.retries.refused import swallows
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import call_in, uncalled
from archlint.project.values import Instance
from archlint.source import Role

_BREAKING = ("breaker", "bulkhead", "circuit", "fallback")
"""What the name of a decorator, a context manager or a call says that keeps callers from a peer that is away."""
_MOST = 400
"""Functions that are looked at on the way back from a call."""


@dataclass(slots=True)
class Needed:
    """A service as one module of the project asks it: the first call, and the way of each route that needs it."""

    call: ServiceCall
    routes: dict[FunctionDefinition, tuple[Link, ...]] = field(default_factory=dict)


def needed(project: Project, roles: Container[Role]) -> Iterator[Needed]:
    """Yield the services that routes need, each with the ways on which no breaker and no fallback stands."""
    found: dict[tuple[str, str], Needed] = {}
    services = project.services
    for place in project.units(roles):
        for call in services.at(place) if place.module in services.near else ():
            if call.function is not None and not _has_fallback(project, call.function, call.site.call.start):
                of_service = found.setdefault((place.module.path, call.family.name), Needed(call))
                for start, way in _routes(project, call.function):
                    of_service.routes.setdefault(start, way)
    yield from found.values()


def _routes(project: Project, function: FunctionDefinition) -> Iterator[tuple[FunctionDefinition, tuple[Link, ...]]]:
    """Yield the handlers of requests that lead to a function with nothing in between, and the calls from there."""
    ways: dict[FunctionDefinition, tuple[Link, ...]] = {function: ()}
    pending = [function]
    while pending:
        current = pending.pop(0)
        if _is_broken(project, current):
            continue
        if handler(project, current) is not None:
            yield current, ways[current]
            continue
        for caller, edge in project.callers.edges_to(current) if len(ways) < _MOST else ():
            is_sure = len(edge.targets) == 1
            if caller not in ways and is_sure and not _has_fallback(project, caller, edge.step.start):
                ways[caller] = (Link(caller, current, edge.step, is_sure), *ways[current])
                pending.append(caller)


def _is_broken(project: Project, function: FunctionDefinition) -> bool:
    """Return whether a decorator keeps callers out while the other end is away."""
    for decorator in function.row.decorators:
        value = wrappers.decorator_of(project.inference, function, decorator)
        name = value.name if isinstance(value, Instance) else wrappers.qualified(value)
        if _says(name) or _says(dotted(uncalled(decorator))):
            return True
    return False


def _has_fallback(project: Project, function: FunctionDefinition, start: int) -> bool:
    """Return whether something around a call ends its errors, or keeps it from being made."""
    if swallows(project, function, start):
        return True
    if any(_says(render(uncalled(item))) for item in surrounds(project, function, start).items):
        return True
    node = project.function_node(function)
    body = project.effects.body(function)
    ends = [edge.step.end for edge in body.edges if edge.step.start == start]
    call = call_in(node, start, ends[0]) if node is not None and ends else None
    return call is not None and _says(render(call.func))


def _says(name: str) -> bool:
    return any(word in name.lower() for word in _BREAKING)
