"""Where functions run: from the entry points along the calls, with the shortest way that explains it."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from archlint.ir import nodes as ir
from archlint.knowledge.tables import Place
from archlint.project.effects.effect import Action, Body, Edge, Step
from archlint.project.routes.route import EntryPoint
from archlint.project.symbols import FunctionDefinition
from archlint.source import Role

if TYPE_CHECKING:
    from archlint.project.project import Project
    from archlint.project.values import Value

_IMPORTED = frozenset({Role.PRODUCTION, Role.SETTINGS, Role.COMMAND})
"""Files whose import, or run as a program, counts."""
_BY_ROLE = {Role.TEST: Place.TEST, Role.MIGRATION: Place.MIGRATION}


class Running(msgspec.Struct, frozen=True):
    """That a function runs in a place: what starts it there, and the calls that lead to it."""

    place: Place
    entry: EntryPoint | None
    steps: tuple[tuple[FunctionDefinition, Step], ...] = ()


class _Way(msgspec.Struct, frozen=True):
    place: Place
    entry: EntryPoint | None
    caller: FunctionDefinition | None = None
    caller_place: Place | None = None
    step: Step | None = None


class _Reached(msgspec.Struct, frozen=True):
    """A function that a call leads to, and where it runs then."""

    function: FunctionDefinition
    receiver: Value | None
    place: Place
    step: Step


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
        for one in self._started():
            found.setdefault((one.function, one.place), _Way(one.place, None))
            pending.append((one.function, self._project.effects.context(one.function, one.receiver), one.place))
        seen: set[tuple[FunctionDefinition, Value | None, Place]] = set(pending)
        while pending:
            function, receiver, place = pending.popleft()
            for one in self._next(function, receiver, place):
                if (one.function, one.place) not in found:
                    found[one.function, one.place] = _Way(one.place, None, function, place, one.step)
                state = (one.function, self._project.effects.context(one.function, one.receiver), one.place)
                if state not in seen:
                    seen.add(state)
                    pending.append(state)
        return found

    def _started(self) -> Iterator[_Reached]:
        """Yield what imports call, and what runs where a file is run as a program."""
        for module in self._project.modules:
            if module.role not in _IMPORTED:
                continue
            body = self._project.effects.imported(module)
            starts = {edge.step.offset for edge in body.edges}
            units = (unit for unit in module.facts.units if unit.start in starts and not unit.name)
            programs = {unit.start for unit in units if _is_program(self._project.body(unit))}
            for edge in body.edges:
                yield from _called(edge, Place.COMMAND if edge.step.offset in programs else Place.IMPORT)
            yield from _handed(body)

    def _next(self, function: FunctionDefinition, receiver: Value | None, place: Place) -> list[_Reached]:
        body = self._project.effects.body(function, receiver)
        found = [one for edge in body.edges for one in _called(edge, place)]
        return sorted([*found, *_handed(body)], key=lambda one: one.step.order)


def _called(edge: Edge, place: Place) -> Iterator[_Reached]:
    where = Place.THREAD if edge.action is Action.OFFLOAD else place
    for target in edge.targets:
        yield _Reached(target.function, target.receiver, where, edge.step)


def _handed(body: Body) -> Iterator[_Reached]:
    for one in body.handed:
        yield _Reached(one.function, None, one.runs, one.step)


def _is_program(statement: ir.Stmt) -> bool:
    """Return whether a statement is `if __name__ == "__main__": …`."""
    match statement:
        case ir.If(test=ir.Compare(left=ir.Name(id="__name__"), ops=("==",), comparators=(ir.Text(value="__main__"),))):
            return True
    return False
