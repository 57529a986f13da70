"""In what a call happens, over any number of calls: a request, an event loop, a transaction, a loop, some modules."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from archlint.diagnostic import Confidence
from archlint.knowledge.tables import Place
from archlint.own_rule import Scene
from archlint.project.effects.callers import innermost
from archlint.project.effects.effect import Action, Edge, Step
from archlint.project.flow import CallSite
from archlint.project.handlers import handler
from archlint.project.peers.transactions import transactions
from archlint.project.project import Project
from archlint.project.symbols import FunctionDefinition, Module

_MOST = 300
"""Functions that are looked at on the way back from one call."""


class Hop(msgspec.Struct, frozen=True):
    """A call on the way, the function that makes it (None: the import of a module), and whether a loop repeats it."""

    function: FunctionDefinition | None
    step: Step
    is_repeated: bool = False

    @property
    def module(self) -> Module:
        """Return the module."""
        return self.step.module


class Way(msgspec.Struct, frozen=True):
    """The calls from a scene to the one that was looked for, and how sure it is that they lead there."""

    hops: tuple[Hop, ...]
    confidence: Confidence = Confidence.HIGH


def ways_back(
    project: Project, site: CallSite, scene: Scene | None, is_meant: Callable[[Module], bool], *, directly: bool
) -> Iterator[Way]:
    """Yield the nearest ways from a scene in modules that are meant to a call, breadth first; None is any scene.

    What stands behind a scene on a way is no other one: a handler that calls a handler is told once.
    """
    first = Way((_first(project, site),))
    if scene is Scene.EVENT_LOOP and site.is_awaited:
        return
    pending, seen = [first], {first.hops[0].step}
    while pending:
        way = pending.pop(0)
        hop = way.hops[0]
        if _is_in(project, hop, scene):
            if is_meant(hop.module):
                yield way
                continue
            if scene is not None:
                continue
        if directly or hop.function is None or len(seen) > _MOST:
            continue
        for caller, edge in project.callers.edges_to(hop.function):
            if edge.step not in seen and _leads_on(scene, edge):
                seen.add(edge.step)
                pending.append(_longer(way, caller, edge))


def _first(project: Project, site: CallSite) -> Hop:
    step = Step(site.module, site.offset, site.call.start, site.call.end)
    return Hop(innermost(project, site.place, site.call.start), step, bool(site.loops))


def _longer(way: Way, caller: FunctionDefinition, edge: Edge) -> Way:
    called = way.hops[0].function
    sure = next((one.confidence for one in edge.targets if one.function is called), Confidence.LOW)
    if len(edge.targets) > 1:
        sure = Confidence.LOW
    hop = Hop(caller, edge.step, edge.per_iteration)
    return Way((hop, *way.hops), min(way.confidence, sure, key=lambda one: one.rank))


def _is_in(project: Project, hop: Hop, scene: Scene | None) -> bool:
    match scene:
        case None:
            return True
        case Scene.LOOP:
            return hop.is_repeated
        case _ if hop.function is None:
            return False
        case Scene.REQUEST:
            return handler(project, hop.function) is not None
        case Scene.EVENT_LOOP:
            return _runs_on_loop(project, hop.function)
        case Scene.TRANSACTION:
            return any(one.holds(hop.step) for one in transactions(project, hop.function))


def _runs_on_loop(project: Project, function: FunctionDefinition) -> bool:
    return function.row.is_async or any(one.runs is Place.LOOP for one in project.routes.of(function))


def _leads_on(scene: Scene | None, edge: Edge) -> bool:
    """Return whether what holds around a call holds behind it: a thread has neither loop nor transaction of its own."""
    return edge.action is Action.CALL or scene in (None, Scene.REQUEST, Scene.LOOP)
