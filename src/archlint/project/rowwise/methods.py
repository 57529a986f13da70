"""What a method that is run for each row, or a dotted name that is read of each, asks the database."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import msgspec
from msgspec.structs import replace

from archlint.diagnostic import Confidence
from archlint.project.effects.effect import Edge, Effect, EffectKind, Reached, Step, Target
from archlint.project.project import Project
from archlint.project.symbols import FunctionDefinition
from archlint.project.templates import segments
from archlint.project.templates.segments import Load, Segments
from archlint.project.values import Instance, Items, Query, Value

_ASKING = (EffectKind.LAZY_LOAD, EffectKind.QUERY)


class InMethod(msgspec.Struct, frozen=True):
    """What a method asks for its row, and where in it."""

    function: FunctionDefinition
    reached: Reached
    load: Load


class Rowwise:
    """Answers what is asked for one row."""

    def __init__(self, project: Project) -> None:
        self._effects = project.effects
        self.segments = Segments(project)

    def method(
        self, function: FunctionDefinition, receiver: Value | None, position: int, held: segments.Reached
    ) -> Iterator[InMethod]:
        """Yield what a method asks that is given a row."""
        if position >= len(function.row.parameters):
            return
        parameter = function.row.parameters[position].name
        target = Target(function, receiver)
        step = Step(function.module, function.unit.start, 0, 0)
        edge = Edge((target,), step, ((parameter, held.value),))
        found: dict[tuple[Step, Effect], InMethod] = {}
        for use, one in self._effects.given_to(function, edge):
            if use.symbol.parameter == parameter:
                self._keep(found, function, one, held, use.symbol.operations)
        for one in self._effects.summary(function, receiver).ways:
            if one.effect.kind is EffectKind.QUERY and not one.when:
                self._keep(found, function, one, held, ())
        yield from found.values()

    def _keep(
        self,
        found: dict[tuple[Step, Effect], InMethod],
        function: FunctionDefinition,
        one: Reached,
        held: segments.Reached,
        operations: tuple[str, ...],
    ) -> None:
        if one.effect.kind not in _ASKING or one.confidence is Confidence.LOW or one.is_cached or one.is_once:
            return
        if one.via is not None and self._effects.body(one.via.function, one.via.receiver).is_cached:
            return
        relation = self._effects.relation_of(one.effect) if one.effect.kind is EffectKind.LAZY_LOAD else None
        is_many = held.is_many or "[]" in operations
        load = Load((*held.trail, *_path(operations)), one.effect, relation, joins=not is_many)
        found.setdefault((one.step, one.effect), InMethod(function, one, load))

    def followed(
        self, held: segments.Reached, path: tuple[str, ...], *, takes_key: bool
    ) -> tuple[segments.Reached | None, list[Load]]:
        """Return what a dotted name of a row leads to, and what reading it asks; `takes_key` reads a key at its end."""
        found: list[Load] = []
        for index, part in enumerate(path):
            reached, loads = self.segments.after(held, part, calls_by_itself=True)
            is_last = index == len(path) - 1
            if not (is_last and takes_key and all(_has_key(one) for one in loads)):
                found += loads
            if reached is None:
                return None, found
            held = reached
        return held, found

    @staticmethod
    def each(held: segments.Reached) -> tuple[segments.Reached | None, list[Load]]:
        """Return one of the rows that something stands for, and what asking for them costs."""
        value, loads = held.value, [held.asks] if held.asks is not None else []
        element: Value | None = value.row() if isinstance(value, Query) else None
        element = value.element if isinstance(value, Items) else element
        if not isinstance(element, Instance):
            return None, loads
        return replace(held, value=element, is_many=True, asks=None), loads


def _path(operations: tuple[str, ...]) -> tuple[str, ...]:
    """Return the attributes that lead from a row to what is asked, without the methods that are called on the way."""
    pairs = pairwise((*operations, ""))
    return tuple(one[1:] for one, following in pairs if one.startswith(".") and following != "()")


def _has_key(load: Load) -> bool:
    """Return whether the row itself has the key of what a relation leads to."""
    return not load.via and load.relation is not None and bool(load.relation.id_attribute) and not load.relation.many
