"""From what becomes a part of SQL back over the calls to the request that brings it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.project.bounds.passing import given
from archlint.project.effects.callers import innermost
from archlint.project.effects.effect import Edge, Step
from archlint.project.handlers import handler
from archlint.project.injection.ends import End, Taken
from archlint.project.injection.inserted import Inserted
from archlint.project.injection.origins import Origins
from archlint.project.injection.typed import holds_text, is_text_in_path
from archlint.project.project import Project, UnitPlace
from archlint.project.routes.route import EntryKind
from archlint.project.sql import Position
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import call_in

_MAX_CALLS = 6
_MAX_FUNCTIONS = 200
_BY_SIGNATURE = frozenset({"blacksheep", "fastapi", "litestar", "ninja", "web"})
"""Frameworks that fill parameters of handlers from the request."""
_OF_FRAMEWORK = frozenset({"self", "cls", "info", "root", "request", "parent"})


class Way(msgspec.Struct, frozen=True):
    """How something of a request becomes text of SQL.

    `start` is the function that reads it or is given it, `node` what is read there and `parameter` what is given
    (`body.name`), "" where nothing is. `steps` are the calls from there, each with the function that it calls. Where
    it is not `found`, nobody is seen to give the parameter a value.
    """

    start: FunctionDefinition
    node: ir.Expr
    parameter: str
    position: Position | None
    steps: tuple[tuple[Step, FunctionDefinition], ...] = ()
    is_found: bool = True


class Ways:
    """Finds where texts come from, over any number of calls up to six."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._origins = Origins(project)

    def to(self, one: Inserted) -> Way | None:
        """Return the shortest way on which a client decides an expression, or one from a parameter, or None."""
        origin = one.origin
        unit = next((unit for unit in origin.module.facts.units if unit.start == origin.offset), None)
        function = innermost(self._project, UnitPlace(origin.module, unit), origin.node.start) if unit else None
        if function is None:
            return None
        ends = self._origins.of(function, origin.node, origin.node.start)
        ways = [Way(end.function, end.node, end.name, end.position or one.position) for end in ends]
        return self._shortest(list(zip(ways, ends, strict=True)))

    def _shortest(self, pending: list[tuple[Way, End]]) -> Way | None:
        seen: set[tuple[FunctionDefinition, str, Taken]] = set()
        unfilled: Way | None = None
        while pending and len(seen) < _MAX_FUNCTIONS:
            way, end = pending.pop(0)
            if not end.parameter or self._is_filled(end):
                return way
            key = end.function, end.parameter, end.taken
            if key in seen:
                continue
            seen.add(key)
            above = list(self._above(way, end)) if len(way.steps) < _MAX_CALLS else []
            if not above and unfilled is None and self._is_open(end):
                unfilled = replace(way, is_found=False)
            pending += above
        return unfilled

    def _is_open(self, end: End) -> bool:
        """Return whether nobody is seen to fill a parameter, so that a client may; a framework would be known to."""
        served = handler(self._project, end.function)
        if end.parameter in _OF_FRAMEWORK or (served is not None and served.path):
            return False
        return next(self._project.callers.edges_to(end.function), None) is None

    def _above(self, way: Way, end: End) -> Iterator[tuple[Way, End]]:
        for caller, edge in self._project.callers.edges_to(end.function):
            argument = self._argument(caller, edge, end)
            if argument is None:
                continue
            for inner in self._origins.of(caller, argument, argument.start, end.taken):
                steps = ((edge.step, end.function), *way.steps)
                position = end.position or inner.position or way.position
                found = replace(way, start=inner.function, node=inner.node, parameter=inner.name, steps=steps)
                yield replace(found, position=position), inner

    def _argument(self, caller: FunctionDefinition, edge: Edge, end: End) -> ir.Expr | None:
        call = call_in(self._project.body(caller.unit), edge.step.start, edge.step.end)
        return (given(call, end.function) or {}).get(end.parameter) if call is not None else None

    def _is_filled(self, end: End) -> bool:
        """Return whether a request fills a parameter with a text of the client."""
        function = end.function
        row = next((one for one in function.row.parameters if one.name == end.parameter), None)
        if (
            row is None
            or end.parameter in _OF_FRAMEWORK
            or not holds_text(self._project, function, row, end.taken.fields)
        ):
            return False
        kinds = {one.kind for one in self._project.routes.of(function)}
        served = handler(self._project, function)
        if served is None:
            return EntryKind.RESOLVER in kinds or EntryKind.DEPENDENCY in kinds
        if served.framework in _BY_SIGNATURE:
            return True
        return is_text_in_path(served.path, end.parameter)
