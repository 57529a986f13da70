"""Which parameters of which functions end as the limit of a query, over any number of calls."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import msgspec
from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.ir.module import Flag, Unit
from archlint.project.bounds.passing import call_of, calls_at, given
from archlint.project.bounds.sizes import Names, Size, sizes
from archlint.project.effects.effect import Step
from archlint.project.project import Project
from archlint.project.symbols import FunctionDefinition
from archlint.source import Role

_ROLES = frozenset({Role.PRODUCTION, Role.COMMAND})
_MAX = 2000
"""Parameters that are followed to their callers."""
_SLICE = int(Flag.SLICE)  # operators of plain numbers are ten times as fast
_MAX_STEPS = 8


class Unlimited(msgspec.Struct, frozen=True):
    """A call that gives no limit to a function that then fetches all rows; `node` is None where it is left out."""

    caller: FunctionDefinition
    call: ir.Call
    node: ir.Expr | None
    size: Size
    called: FunctionDefinition


class Limits:
    """Finds where limits of queries come from."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._callers = project.callers
        self.unlimited: list[Unlimited] = []

    @cached_property
    def sizes(self) -> dict[FunctionDefinition, dict[str, Size]]:
        """Return what functions are given, or read, that ends as a limit, by name."""
        found: dict[FunctionDefinition, dict[str, Size]] = {}
        pending = list(self._direct())
        while pending and len(found) < _MAX:
            function, size = pending.pop(0)
            if size.name in found.setdefault(function, {}):
                continue
            found[function][size.name] = size
            if len(size.steps) < _MAX_STEPS and any(one.name == size.name for one in function.row.parameters):
                pending += self._above(function, size)
        return found

    def _direct(self) -> Iterator[tuple[FunctionDefinition, Size]]:
        for place in self._project.units(_ROLES, flags=Flag.FUNCTION, near_database=True):
            if _may_limit(place.unit):
                function = self._project.function_at(place)
                for size in sizes(self._project, function) if function is not None else ():
                    yield function, size  # type: ignore[misc]

    def _above(self, function: FunctionDefinition, size: Size) -> Iterator[tuple[FunctionDefinition, Size]]:
        """Yield what callers hand on to a parameter; what they leave out is noted."""
        for caller in self._callers.of(function):
            node = self._project.function_node(caller.function)
            if node is None:
                continue
            names, calls = Names(node), calls_at(self._project, caller.function)
            for step in self._steps(caller.function, function):
                call = call_of(calls, step)
                passed = given(call, function) if call is not None else None
                if call is None or passed is None or size.name not in passed:
                    continue
                yield from self._handed_on(caller.function, names, call, passed[size.name], function, size, step)

    def _handed_on(  # noqa: PLR0913, PLR0917 - one call
        self,
        caller: FunctionDefinition,
        names: Names,
        call: ir.Call,
        node: ir.Expr | None,
        function: FunctionDefinition,
        size: Size,
        step: Step,
    ) -> Iterator[tuple[FunctionDefinition, Size]]:
        row = next(one for one in function.row.parameters if one.name == size.name)
        if size.takes_none and (is_none(node) if node is not None else is_none(row.default)):
            self.unlimited.append(Unlimited(caller, call, node, size, function))
        found = names.given(node) if node is not None else None
        if found is not None:
            name, is_kept = found
            yield (
                caller,
                replace(
                    size,
                    name=name,
                    steps=(step, *size.steps),
                    called=(function, *size.called),
                    takes_none=size.takes_none and is_kept,
                    is_capped=size.is_capped or names.is_checked(name),
                ),
            )

    def _steps(self, caller: FunctionDefinition, called: FunctionDefinition) -> list[Step]:
        edges = self._project.effects.body(caller).edges
        return [one.step for one in edges if any(target.function is called for target in one.targets)]


def is_none(node: ir.Expr | None) -> bool:
    """Return whether an expression is written as None."""
    return isinstance(node, ir.Constant) and node.value is None


def _may_limit(unit: Unit) -> bool:
    return bool(unit.flags & _SLICE) or "limit" in unit.attributes
