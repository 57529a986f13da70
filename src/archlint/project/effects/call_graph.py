"""Who calls whom, in all kinds of receivers that occur: the edges of all bodies, by caller, by callee and by place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from archlint.ir import nodes as ir
from archlint.project.effects.effect import Body, Edge, Effect, EffectKind, Step
from archlint.project.symbols import FunctionDefinition, Module

if TYPE_CHECKING:
    from archlint.project.project import Project
    from archlint.project.values import Value

Region = tuple[Module, int, int]
"""A module, and where a node starts and ends in its file."""


class Caller(msgspec.Struct, frozen=True):
    """One call of a function: who makes it (None: the import of the module) and where."""

    function: FunctionDefinition | None
    edge: Edge


class CallGraph:
    """The edges of the whole project; it walks every body, so rules that need only some ask for summaries instead."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def functions(self) -> tuple[FunctionDefinition, ...]:
        """Return all functions, nested ones included, in the order of files and lines."""
        found: list[FunctionDefinition] = []
        for module in self._project.modules:
            pending = sorted(module.functions.values(), key=lambda one: -one.row.start)
            while pending:
                function = pending.pop()
                found.append(function)
                nested = self._project.nested_functions(function).values()
                pending += sorted(nested, key=lambda one: -one.row.start)
        return tuple(found)

    @cached_property
    def bodies(self) -> dict[tuple[FunctionDefinition | None, Module, Value | None], Body]:
        """Return what all functions do by themselves, once for each kind of receiver that they are called on."""
        effects = self._project.effects
        found: dict[tuple[FunctionDefinition | None, Module, Value | None], Body] = {}
        for module in self._project.modules:
            found[None, module, None] = effects.imported(module)
        pending: list[tuple[FunctionDefinition, Value | None]] = [(one, None) for one in reversed(self.functions)]
        pending += [(t.function, t.receiver) for body in found.values() for e in body.edges for t in e.targets]
        while pending:
            function, receiver = pending.pop()
            receiver = effects.context(function, receiver)
            key = (function, function.module, receiver)
            if key not in found:
                body = found[key] = effects.body(function, receiver)
                pending += [(target.function, target.receiver) for edge in body.edges for target in edge.targets]
        return found

    def callees_at(self, module: Module, start: int, end: int) -> tuple[FunctionDefinition, ...]:
        """Return the functions that the call in a region of a file may lead to."""
        return tuple(self._callees.get((module, start, end), ()))

    def effects_at(self, module: Module, start: int, end: int) -> tuple[Effect, ...]:
        """Return what the call, loop or attribute in a region of a file does by itself."""
        return tuple(self._effects.get((module, start, end), ()))

    def callers(self, function: FunctionDefinition) -> tuple[Caller, ...]:
        """Return the calls of a function, in the order of files and lines."""
        found = self._callers.get(function, [])
        return tuple(sorted(found, key=lambda one: one.edge.step.order))

    def edges(self, function: FunctionDefinition) -> Iterator[Edge]:
        """Yield the calls that a function makes, of any receiver."""
        yield from self._edges.get(function, ())

    @cached_property
    def _callees(self) -> dict[Region, dict[FunctionDefinition, None]]:
        found: defaultdict[Region, dict[FunctionDefinition, None]] = defaultdict(dict)
        for (function, _, _), body in self.bodies.items():
            decorators = {_region_of(function, one) for one in function.row.decorators} if function is not None else ()
            for edge in body.edges:
                if _region(edge.step) not in decorators:  # else it is the wrapper, that runs with the function
                    found[_region(edge.step)].update((target.function, None) for target in edge.targets)
        return dict(found)

    @cached_property
    def _effects(self) -> dict[Region, dict[Effect, None]]:
        found: defaultdict[Region, dict[Effect, None]] = defaultdict(dict)
        for body in self.bodies.values():
            for reached in body.effects:
                if reached.effect.kind is not EffectKind.LOG:
                    found[_region(reached.step)][reached.effect] = None
        return dict(found)

    @cached_property
    def _edges(self) -> dict[FunctionDefinition, list[Edge]]:
        found: defaultdict[FunctionDefinition, list[Edge]] = defaultdict(list)
        for (function, _, _), body in self.bodies.items():
            if function is not None:
                found[function].extend(body.edges)
        return dict(found)

    @cached_property
    def _callers(self) -> dict[FunctionDefinition, list[Caller]]:
        found: defaultdict[FunctionDefinition, list[Caller]] = defaultdict(list)
        for (function, _, _), body in self.bodies.items():
            for edge in body.edges:
                for target in edge.targets:
                    found[target.function].append(Caller(function, edge))
        return dict(found)


def _region(step: Step) -> Region:
    return step.module, step.offset + step.start, step.offset + step.end


def _region_of(function: FunctionDefinition, decorator: ir.Expr) -> Region:
    offset = function.unit.start
    return function.module, offset + decorator.start, offset + decorator.end
