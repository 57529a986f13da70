"""Which columns the joins of a query of SQLAlchemy compare, and which of its tables something narrows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archlint.project.inference.joins import BY_KEY
from archlint.project.schema.model import Field, Relation
from archlint.project.values import UNREAD, Query

if TYPE_CHECKING:
    from archlint.project.project import Project
    from archlint.project.schema.model import Model
    from archlint.project.symbols import ClassDefinition

_ENDS = 2


class Joins:
    """The models of one query, and the columns that it joins them by."""

    def __init__(self, project: Project, query: Query) -> None:
        self._project = project
        own = {query.definition.name: query.definition} if query.definition is not None else {}
        named = {one.partition(":")[0] for one in query.joins if one != UNREAD}
        found = {one.name: one for one in (each.definition for each in project.schema.models) if one.name in named}
        self.is_read = UNREAD not in query.joins and named <= {*found, *own}
        self._models = own | found
        self._joins = sorted(query.joins) if self.is_read else []

    def model(self, name: str) -> ClassDefinition | None:
        """Return the one model of the query with a short name."""
        found = [one for one in self._models.values() if one.row.name == name]
        return found[0] if len(found) == 1 else None

    def columns(self) -> tuple[Field, ...] | None:
        """Return the columns that are compared, None where one is not known."""
        found = [self._ends(one) for one in self._joins]
        return tuple(one for ends in found for one in ends) if all(found) else None

    def _ends(self, join: str) -> list[Field]:
        name, _, attribute = join.partition(":")
        definition = self._models[name]
        if attribute == BY_KEY:
            return self._by_key(definition)
        field = self._project.schema.field(definition, attribute)
        if field is not None:
            return [field]
        relation = self._project.schema.relation(definition, attribute)
        return self._of_relation(definition, relation) if relation is not None else []

    def _of_relation(self, definition: ClassDefinition, relation: Relation) -> list[Field]:
        """Return both ends of a relation, which the model of its target takes part in from now on."""
        if relation.target is None or relation.through or relation.target is definition:
            return []
        self._models[relation.target.name] = relation.target
        return self._between(definition, relation.target)

    def _by_key(self, definition: ClassDefinition) -> list[Field]:
        """Return both ends of the only foreign key between a model and the others of the query."""
        others = [one for one in self._models.values() if one is not definition]
        found = [self._between(definition, one) for one in others]
        known = [one for one in found if one]
        return known[0] if len(known) == 1 else []

    def _between(self, one: ClassDefinition, other: ClassDefinition) -> list[Field]:
        models = self._project.schema.model(one), self._project.schema.model(other)
        found = [*_keys(*models), *_keys(*reversed(models))]
        return found if len(found) == _ENDS else []


def _keys(model: Model | None, other: Model | None) -> Iterator[Field]:
    """Yield the columns of a model that point at another one, each with the column that it points at."""
    if model is None or other is None:
        return
    for field in model.fields:
        table, _, column = field.references.rpartition(".")
        target = next((one for one in other.fields if one.column == column), None)
        if table and table == other.table and target is not None:
            yield from (field, target)
