"""What writing out rows with a serializer asks the database, field by field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from msgspec.structs import replace

from archlint.project.effects.effect import Reached as Reaching
from archlint.project.effects.effect import Step
from archlint.project.project import Project
from archlint.project.rowwise.methods import InMethod, Rowwise
from archlint.project.serializers.fields import Field, Reading, SerializerFields
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.templates.segments import Load, Reached
from archlint.project.values import Instance

_MAX_DEPTH = 6
_WRITING = "to_representation"


class FieldLoad(msgspec.Struct, frozen=True):
    """What is asked once per row: by which serializer and field ("" for the serializer itself), and where.

    `outer` are the fields that led there; `function` is the method that asks, which has `reached`.
    """

    serializer: ClassDefinition
    field: str
    step: Step
    load: Load
    model: str
    outer: tuple[Field, ...] = ()
    function: FunctionDefinition | None = None
    reached: Reaching | None = None
    is_sure: bool = True

    @property
    def what(self) -> str:
        """Return what is asked for: the name of a relation, "" for a query of any model."""
        return self.load.relation.name if self.load.relation is not None else ""


class Loads:
    """Goes through serializers with the rows that they are given."""

    def __init__(self, project: Project, fields: SerializerFields) -> None:
        self._fields = fields
        self._rowwise = Rowwise(project)

    def of(self, serializer: ClassDefinition, row: Instance) -> Iterator[FieldLoad]:
        """Yield what a serializer asks for each row of a kind."""
        yield from self._in(serializer, Reached(row), ())

    def _in(self, serializer: ClassDefinition, held: Reached, outer: tuple[Field, ...]) -> Iterator[FieldLoad]:
        if len(outer) > _MAX_DEPTH or sum(one.nested is serializer for one in outer) > 1:
            return
        own = next(iter(self._fields.classes.functions(serializer, _WRITING)), None)
        if own is not None:
            for found in self._rowwise.method(own, Instance(serializer.name, serializer), 1, held):
                yield self._in_method(serializer, "", found, held, outer)
            if not any(one.rpartition(".")[2] == _WRITING for one in own.unit.calls):
                return
        for field in self._fields.of(serializer):
            yield from self._field(field, held, outer)

    def _field(self, field: Field, held: Reached, outer: tuple[Field, ...]) -> Iterator[FieldLoad]:
        if field.method is not None:
            receiver = Instance(field.owner.name, field.owner)
            for found in self._rowwise.method(field.method, receiver, 1, held):
                yield self._in_method(field.owner, field.name, found, held, outer)
            return
        reached, loads = self._rowwise.followed(held, field.source, takes_key=field.reading is Reading.KEY)
        row = reached
        if reached is not None and (field.many or field.reading is Reading.KEY):
            row, more = self._rowwise.each(reached)
            loads = loads + more
        for load in loads:
            if load.is_near:  # what the methods do that it calls rests on other columns
                yield self._at(field, load, held, outer)
        if row is not None and field.reading is Reading.TEXT:
            for load in self._rowwise.segments.printed(row):
                yield self._at(field, load, held, outer)
        if row is not None and field.nested is not None and isinstance(row.value, Instance):
            yield from self._in(field.nested, row, (*outer, field))

    def _at(self, field: Field, load: Load, held: Reached, outer: tuple[Field, ...]) -> FieldLoad:
        step = Step(field.mention.module, 0, field.mention.start, field.mention.end)
        is_sure = not load.via and self._is_sure(field.owner, outer)
        return FieldLoad(field.owner, field.name, step, load, _model(held), outer, is_sure=is_sure)

    def _in_method(
        self, serializer: ClassDefinition, field: str, found: InMethod, held: Reached, outer: tuple[Field, ...]
    ) -> FieldLoad:
        base = FieldLoad(serializer, field, found.reached.step, found.load, _model(held), outer)
        is_sure = found.reached.via is None and not found.reached.when and self._is_sure(serializer, outer)
        return replace(base, function=found.function, reached=found.reached, is_sure=is_sure)

    def _is_sure(self, serializer: ClassDefinition, outer: tuple[Field, ...]) -> bool:
        classes = [serializer, *[one.owner for one in outer]]
        return not any(self._fields.changes(one) for one in classes)


def _model(held: Reached) -> str:
    return held.value.name if isinstance(held.value, Instance) else ""


def each_once(loads: Iterable[FieldLoad]) -> Iterator[FieldLoad]:
    """Yield what is asked for each row of one listing: a row keeps the one row that a relation led to."""
    kept: set[tuple[str, ...]] = set()
    for one in loads:
        if one.load.relation is not None and not one.load.relation.many:
            if one.load.path in kept:
                continue
            kept.add(one.load.path)
        yield one
