"""What holds an event loop: the calls of functions that run on one, of libraries and of functions of the project."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import msgspec

from archlint.diagnostic import Confidence
from archlint.ir.module import Flag
from archlint.knowledge.tables import BlockingCall, Blocks, Place
from archlint.project.effects.effect import Action, Edge, EffectKind, Reached
from archlint.project.extent.running import ways
from archlint.project.project import Project, UnitPlace
from archlint.project.symbols import FunctionDefinition

_ITERATED = "django.db.models.query.QuerySet.__iter__"
_ASKING = frozenset({EffectKind.QUERY, EffectKind.WRITE})
_SHARED = frozenset({Place.LOOP, Place.WORKER, Place.THREAD})
"""Where a request waits. A loop that a command, a task or the start has for itself keeps nobody else waiting."""


class Held(msgspec.Struct, frozen=True):
    """A call that holds the loop of the function that makes it: the way to what blocks, and what is known of that.

    `others` are the ways to what else holds it behind the same call, as surely: each callee once, the nearest first.
    """

    reached: Reached
    row: BlockingCall
    confidence: Confidence
    others: tuple[Reached, ...] = ()


class OnLoop:
    """Finds the functions that run on a loop: coroutines, and handlers that their frameworks call there."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def _plain(self) -> frozenset[FunctionDefinition]:
        project = self._project
        roots = project.imported_roots.union(one.name.partition(".")[0] for one in project.modules)
        if roots.isdisjoint(project.knowledge.loop_roots):
            return frozenset()
        on_loop = (one.function for one in project.entry_points if one.runs is Place.LOOP)
        return frozenset(function for function in on_loop if not function.row.is_async)

    def functions_at(self, place: UnitPlace) -> Iterator[FunctionDefinition]:
        """Yield the function that a unit is, and those that are defined in it, where they run on a loop."""
        if place.unit.flags & Flag.ASYNC or self._project.function_at(place) in self._plain:
            for function in self._project.functions_at(place):
                if function.row.is_async or function in self._plain:
                    yield function


def keeps_others_waiting(project: Project, function: FunctionDefinition) -> bool:
    """Return whether a function may run while requests are served: that is, unless only others start it."""
    places = {one.place for one in ways(project, function)}
    return not places or not places.isdisjoint(_SHARED)


def held_directly(project: Project, function: FunctionDefinition, kinds: frozenset[Blocks]) -> Iterator[Held]:
    """Yield the calls of libraries by which a function holds its loop."""
    for reached in project.effects.body(function).effects:
        row = _row(project, reached, kinds)
        if row is not None:
            yield Held(reached, row, min(row.confidence, reached.confidence, key=lambda one: one.rank))


def held_through(project: Project, function: FunctionDefinition, kinds: frozenset[Blocks]) -> Iterator[Held]:
    """Yield the calls of functions that are no coroutines that hold their loop, each by the nearest way."""
    for edge in project.effects.body(function).edges:
        if all(target.function.row.is_async for target in edge.targets):
            continue  # of coroutines the same is said where they stand
        found = [one for one in _ways(project, edge, kinds) if not _is_async(one.reached)]
        found.sort(key=lambda one: (-one.confidence.rank, one.reached.rank))
        if found:
            yield msgspec.structs.replace(found[0], others=tuple(_others(found)))


def _others(found: list[Held]) -> Iterator[Reached]:
    seen = {found[0].reached.effect.target}
    for one in found:
        if one.confidence is found[0].confidence and one.reached.effect.target not in seen:
            seen.add(one.reached.effect.target)
            yield one.reached


def refused_through(project: Project, function: FunctionDefinition) -> Iterator[Held]:
    """Yield the calls of functions that ask Django's ORM without `await`, which it refuses where a loop runs."""
    row = project.knowledge.blocking(_ITERATED)
    if "django" not in project.imported_roots or row is None:
        return
    models = project.gathered.django_models
    for edge in project.effects.body(function).edges:
        if edge.action is not Action.CALL or any(target.function.row.is_async for target in edge.targets):
            continue
        found = [
            Held(reached, row, edge.sureness_of(reached))
            for reached in project.effects.through(edge)
            if reached.effect.kind in _ASKING and reached.effect.target in models and not _is_async(reached)
        ]
        nearest = min(found, key=lambda one: (-one.confidence.rank, one.reached.rank), default=None)
        if nearest is not None and not _hands_over(project, function, nearest.reached):
            yield nearest


def _hands_over(project: Project, function: FunctionDefinition, reached: Reached) -> bool:
    """Return whether a function on the way runs the rest in a thread, or on a loop of its own."""
    for hop in project.effects.chain(function, reached)[1:]:
        if hop.function.row.is_async or project.effects.direct.is_offloaded(hop.function):
            return True
        edges = [one for one in project.effects.body(hop.function).edges if one.step == hop.step]
        if any(one.action is not Action.CALL for one in edges):
            return True
    return False


def _ways(project: Project, edge: Edge, kinds: frozenset[Blocks]) -> Iterator[Held]:
    for reached in project.effects.through(edge):
        row = _row(project, reached, kinds)
        if row is not None:
            yield Held(reached, row, min(row.confidence, edge.sureness_of(reached), key=lambda one: one.rank))


def _is_async(reached: Reached) -> bool:
    return reached.via is not None and reached.via.function.row.is_async


def _row(project: Project, reached: Reached, kinds: frozenset[Blocks]) -> BlockingCall | None:
    if reached.effect.kind is not EffectKind.BLOCK or reached.effect.detail not in kinds:
        return None
    return project.knowledge.blocking(reached.effect.target)
