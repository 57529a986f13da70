"""Who calls a function, and over which calls entry points lead to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

import msgspec
from msgspec.structs import replace

from archlint.project.effects.effect import Edge, Step
from archlint.project.effects.passing import carried
from archlint.project.project import Project, UnitPlace
from archlint.project.symbols import FunctionDefinition
from archlint.project.values import UNKNOWN, Value, When, has_fixed_size
from archlint.source import Role

_MAX_FUNCTIONS = 300
"""Functions that are looked at on the way back from one."""
_MAX_HANDED = 3
"""Calls over which a collection is followed that is handed on."""
_ROLES = frozenset({Role.PRODUCTION, Role.SETTINGS, Role.COMMAND})


class Caller(msgspec.Struct, frozen=True, eq=False):
    """A function with the place where it calls the next one."""

    function: FunctionDefinition
    step: Step
    called: FunctionDefinition


class Callers:
    """Finds callers; only units that mention the name of what is looked for are read, once for all with that name."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[str, dict[FunctionDefinition, list[Caller]]] = {}

    def of(self, function: FunctionDefinition) -> Sequence[Caller]:
        """Return the callers of a function with their first call, in the order of files and lines."""
        name = _called_as(function)
        if name not in self._known:
            self._known[name] = self._by_callee(name)
        return self._known[name].get(function, ())

    def _by_callee(self, name: str) -> dict[FunctionDefinition, list[Caller]]:
        """Return the callers of all functions with a name: each has its own, and all units with the name are read."""
        found: defaultdict[FunctionDefinition, dict[FunctionDefinition, Caller]] = defaultdict(dict)
        for place in self._mentions.get(name, ()):
            for caller in self._project.functions_at(place):
                for called, step in self._first_calls(caller, name).items():
                    if called is not caller:
                        found[called].setdefault(caller, Caller(caller, step, called))
        return {called: list(callers.values()) for called, callers in found.items()}

    def _first_calls(self, caller: FunctionDefinition, name: str) -> dict[FunctionDefinition, Step]:
        """Return the first call of each function with a name in the body of a function."""
        steps: dict[FunctionDefinition, Step] = {}
        for edge in self._project.effects.body(caller).edges:
            for target in edge.targets:
                first = steps.get(target.function, edge.step)
                if _called_as(target.function) == name:
                    steps[target.function] = min(first, edge.step, key=lambda one: one.order)
        return steps

    def edges_to(self, function: FunctionDefinition) -> Iterator[tuple[FunctionDefinition, Edge]]:
        """Yield the calls of a function, each with who makes it, in the order of files and lines."""
        for caller in self.of(function):
            for edge in self._project.effects.body(caller.function).edges:
                if any(target.function is function for target in edge.targets):
                    yield caller.function, edge

    def never_taken(self, function: FunctionDefinition, when: When) -> bool:
        """Return whether no caller that is known can fulfil what must hold of the parameters of a function."""
        edges = [edge for _, edge in self._known_calls(function)] if when else []
        return bool(edges) and all(self._through(edge, function, when) is None for edge in edges)

    def always_fixed(self, function: FunctionDefinition, parameter: str, depth: int = _MAX_HANDED) -> bool:
        """Return whether all callers that are known give a parameter a collection of a fixed size: `close([order])`.

        One that hands on what it was given itself does so where all of its callers do.
        """
        found = False
        for caller, edge in self._known_calls(function) if depth else ():
            value = _given(edge, parameter)
            own = carried(value, caller)
            if not has_fixed_size(value) and not (own and self.always_fixed(caller, own, depth - 1)):
                return False
            found = True
        return found

    def _known_calls(self, function: FunctionDefinition) -> Iterator[tuple[FunctionDefinition, Edge]]:
        """Yield the calls of a function, none where a request, a message or the clock calls it as well."""
        if not self._project.routes.of(function):
            yield from self.edges_to(function)

    def ways_to(
        self, function: FunctionDefinition, most: int = _MAX_FUNCTIONS, over: str = "", when: When = ()
    ) -> Iterator[tuple[FunctionDefinition, tuple[Caller, ...]]]:
        """Yield the function and those that lead to it, nearest first, each with the calls from there.

        What gives a collection of a fixed size to the parameter `over` does not lead to it, also through others, nor
        what gives parameters something with which `when` does not hold.
        """
        ways: dict[FunctionDefinition, tuple[Caller, ...]] = {function: ()}
        pending: list[tuple[FunctionDefinition, str, When]] = [(function, over, when)]
        while pending:
            current, parameter, held = pending.pop(0)
            yield current, ways[current]
            for found in self.of(current) if len(ways) < most else ():
                leading = self._leading(found, parameter, held) if parameter or held else (found, "", ())
                if leading is not None and found.function not in ways:
                    ways[found.function] = (leading[0], *ways[current])
                    pending.append((found.function, *leading[1:]))

    def _leading(self, caller: Caller, parameter: str, when: When) -> tuple[Caller, str, When] | None:
        """Return a caller with its first call that leads on, with which parameter and conditions of its own.

        None where each of its calls gives a collection of a fixed size, or something with which `when` does not hold.
        """
        edges = self._project.effects.body(caller.function).edges
        for edge in sorted(edges, key=lambda one: one.step.order):
            if any(target.function is caller.called for target in edge.targets):
                held = self._through(edge, caller.called, when)
                value = _given(edge, parameter)
                if held is not None and not has_fixed_size(value):
                    return replace(caller, step=edge.step), carried(value, caller.function), held
        return None

    def _through(self, edge: Edge, function: FunctionDefinition, when: When) -> When | None:
        """Return what must hold of a caller's parameters where something must of those of a function that it calls."""
        target = next(target for target in edge.targets if target.function is function)
        return self._project.effects.deciding.through(when, edge, target)

    @cached_property
    def _mentions(self) -> dict[str, list[UnitPlace]]:
        found: defaultdict[str, list[UnitPlace]] = defaultdict(list)
        for place in self._project.units(_ROLES):
            for name in {*(call.rpartition(".")[2] for call in place.unit.calls), *place.unit.attributes}:
                found[name].append(place)
        return dict(found)


def _called_as(function: FunctionDefinition) -> str:
    """Return the name by which a function is called: a constructor by that of its class."""
    return function.row.owner.rpartition(".")[2] if function.row.name == "__init__" else function.row.name


def _given(edge: Edge, parameter: str) -> Value:
    return dict(edge.given).get(parameter, UNKNOWN)


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
