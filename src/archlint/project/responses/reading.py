"""What copying the fields of a row into a schema asks the database."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.project.project import Project
from archlint.project.responses.schemas import SchemaField, Schemas, element_of
from archlint.project.templates.segments import Load, Reached, Segments
from archlint.project.values import Instance, Query

_MAX_DEPTH = 5


class FieldLoad(msgspec.Struct, frozen=True):
    """What a field asks for once per row; `model` is that of the row."""

    field: SchemaField
    load: Load
    model: str


class Reading:
    """Goes through the fields of schemas with a row."""

    def __init__(self, project: Project, schemas: Schemas) -> None:
        self._schemas = schemas
        self._segments = Segments(project)

    def loads(self, row: Instance, schema: Instance, *, repeats: bool) -> Iterator[FieldLoad]:
        """Yield what is asked once for each of many rows; of a single row, what is asked for each of its own rows."""
        yield from self._of(Reached(row), schema, (), repeats=repeats)

    def _of(
        self, held: Reached, schema: Instance, above: tuple[Instance, ...], *, repeats: bool
    ) -> Iterator[FieldLoad]:
        if schema in above or len(above) > _MAX_DEPTH or not isinstance(held.value, Instance):
            return
        for field in self._schemas.fields(schema):
            reached, loads = self._segments.after(held, field.reads, calls_by_itself=False)
            if reached is not None and reached.asks is not None and isinstance(reached.value, Query):
                loads = [*loads, reached.asks]
            if repeats:
                yield from (FieldLoad(field, load, held.value.name) for load in loads)
            if reached is not None and field.nested is not None:
                value = reached.value
                row = value.row() if isinstance(value, Query) else element_of(value)
                inner = Reached(row, reached.trail, reached.is_many)
                yield from self._of(inner, field.nested, (*above, schema), repeats=repeats or field.is_many)
