"""Where functions run: from the entry points along the calls, with the shortest way that explains it."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from archlint.knowledge.tables import Place
from archlint.project.effects.effect import Action, Step
from archlint.project.routes.route import EntryPoint
from archlint.project.symbols import FunctionDefinition
from archlint.source import Role

if TYPE_CHECKING:
    from archlint.project.project import Project
    from archlint.project.values import Value

_BY_ROLE = {Role.TEST: Place.TEST, Role.MIGRATION: Place.MIGRATION}


@dataclass(frozen=True, slots=True)
class Running:
    """That a function runs in a place: what starts it there, and the calls that lead to it."""

    place: Place
    entry: EntryPoint | None
    steps: tuple[tuple[FunctionDefinition, Step], ...] = ()


@dataclass(frozen=True, slots=True)
class _Way:
    place: Place
    entry: EntryPoint | None
    caller: FunctionDefinition | None = None
    caller_place: Place | None = None
    step: Step | None = None


Node = tuple[FunctionDefinition, Place]


class Places:
    """Answers where functions run; where nothing is known to start them, nowhere is known."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def of(self, function: FunctionDefinition) -> tuple[Running, ...]:
        """Return the places that a function runs in, each with the shortest way to it, sorted by place."""
        found = [self._running(function, way.place) for way in self._by_function.get(function, ())]
        if not found and function.module.role in _BY_ROLE:
            return (Running(_BY_ROLE[function.module.role], None),)
        return tuple(sorted(found, key=lambda one: one.place.value))

    def _running(self, function: FunctionDefinition, place: Place) -> Running:
        steps: list[tuple[FunctionDefinition, Step]] = []
        node: Node = (function, place)
        way = self._ways[node]
        while way.caller is not None and way.step is not None and way.caller_place is not None:
            steps.append((way.caller, way.step))
            way = self._ways[way.caller, way.caller_place]
        return Running(place, way.entry, tuple(reversed(steps)))

    @cached_property
    def _by_function(self) -> dict[FunctionDefinition, list[_Way]]:
        found: defaultdict[FunctionDefinition, list[_Way]] = defaultdict(list)
        for (function, _), way in self._ways.items():
            found[function].append(way)
        return dict(found)

    @cached_property
    def _ways(self) -> dict[Node, _Way]:
        """Return how each function is first reached in each place: breadth first, entries in their order."""
        found: dict[Node, _Way] = {}
        pending: deque[tuple[FunctionDefinition, Value | None, Place]] = deque()
        for entry in self._project.entry_points:
            node = (entry.function, entry.runs)
            if node not in found:
                found[node] = _Way(entry.runs, entry)
            pending.append((entry.function, self._project.effects.receiver_of(entry), entry.runs))
        seen: set[tuple[FunctionDefinition, Value | None, Place]] = set(pending)
        while pending:
            function, receiver, place = pending.popleft()
            for target, inner, where, step in self._next(function, receiver, place):
                if (target, where) not in found:
                    found[target, where] = _Way(where, None, function, place, step)
                state = (target, self._project.effects.context(target, inner), where)
                if state not in seen:
                    seen.add(state)
                    pending.append(state)
        return found

    def _next(
        self, function: FunctionDefinition, receiver: Value | None, place: Place
    ) -> list[tuple[FunctionDefinition, Value | None, Place, Step]]:
        body = self._project.effects.body(function, receiver)
        found = []
        for edge in body.edges:
            where = Place.THREAD if edge.action is Action.OFFLOAD else place
            found += [(one.function, one.receiver, where, edge.step) for one in edge.targets]
        found += [(one.function, None, one.runs, one.step) for one in body.handed]
        return sorted(found, key=lambda row: row[3].order)
