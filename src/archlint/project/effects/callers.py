"""Who calls a function, and over which calls entry points lead to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from archlint.project.effects.effect import Edge, Step
from archlint.project.project import Project, UnitPlace
from archlint.project.symbols import FunctionDefinition
from archlint.source import Role

_MAX_FUNCTIONS = 300
"""Functions that are looked at on the way back from one."""
_ROLES = frozenset({Role.PRODUCTION, Role.SETTINGS, Role.COMMAND})


@dataclass(frozen=True, slots=True, eq=False)
class Caller:
    """A function with the place where it calls the next one."""

    function: FunctionDefinition
    step: Step
    called: FunctionDefinition


class Callers:
    """Finds callers; only units that mention the name of what is looked for are read."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def of(self, function: FunctionDefinition) -> list[Caller]:
        """Return the callers of a function with their first call, in the order of files and lines."""
        name = function.row.owner.rpartition(".")[2] if function.row.name == "__init__" else function.row.name
        found: dict[FunctionDefinition, Caller] = {}
        for place in self._mentions.get(name, ()):
            for caller in self._project.functions_at(place):
                step = self._call(caller, function)
                if step is not None and caller is not function:
                    found.setdefault(caller, Caller(caller, step, function))
        return list(found.values())

    def edges_to(self, function: FunctionDefinition) -> Iterator[tuple[FunctionDefinition, Edge]]:
        """Yield the calls of a function, each with who makes it, in the order of files and lines."""
        for caller in self.of(function):
            for edge in self._project.effects.body(caller.function).edges:
                if any(target.function is function for target in edge.targets):
                    yield caller.function, edge

    def ways_to(
        self, function: FunctionDefinition, most: int = _MAX_FUNCTIONS
    ) -> Iterator[tuple[FunctionDefinition, tuple[Caller, ...]]]:
        """Yield the function and those that lead to it, nearest first, each with the calls from there."""
        ways: dict[FunctionDefinition, tuple[Caller, ...]] = {function: ()}
        pending = [function]
        while pending:
            current = pending.pop(0)
            yield current, ways[current]
            for caller in self.of(current) if len(ways) < most else ():
                if caller.function not in ways:
                    ways[caller.function] = (caller, *ways[current])
                    pending.append(caller.function)

    def _call(self, caller: FunctionDefinition, called: FunctionDefinition) -> Step | None:
        """Return the first call of one function in the body of another, or None."""
        edges = self._project.effects.body(caller).edges
        steps = [one.step for one in edges if any(target.function is called for target in one.targets)]
        return min(steps, key=lambda one: one.order) if steps else None

    @cached_property
    def _mentions(self) -> dict[str, list[UnitPlace]]:
        found: defaultdict[str, list[UnitPlace]] = defaultdict(list)
        for place in self._project.units(_ROLES):
            for name in {*(call.rpartition(".")[2] for call in place.unit.calls), *place.unit.attributes}:
                found[name].append(place)
        return dict(found)


def innermost(project: Project, place: UnitPlace, offset: int) -> FunctionDefinition | None:
    """Return the innermost function of a unit around an offset in it."""
    current = project.function_at(place)
    while current is not None:
        inner = project.nested_functions(current).values()
        start = place.unit.start + offset
        deeper = next((one for one in inner if one.row.start <= start < one.row.end), None)
        if deeper is None:
            return current
        current = deeper
    return None
