"""Which attributes of a row are its key, as the rows that point at it hold it."""

from __future__ import annotations

from typing import Protocol

from archlint.ir import nodes as ir
from archlint.project.schema.model import Model, Relation, RelationKind
from archlint.project.symbols import ClassDefinition
from archlint.project.tree import expressions_in

_POINTING = frozenset({RelationKind.FOREIGN_KEY, RelationKind.ONE_TO_ONE})


class Models(Protocol):
    """What is asked of the schema."""

    def model(self, definition: ClassDefinition) -> Model | None:
        """Return what is known of a model."""


def held_keys(schema: Models, owner: ClassDefinition, relation: Relation) -> frozenset[str]:
    """Return the attributes of a relation's target whose value the row of a model that points at it has itself.

    `relation.id_attribute` is where the row has it. There are none where that is not known for sure.
    """
    pointing, target = schema.model(owner), relation.target
    pointed = schema.model(target) if target is not None else None
    if pointing is None or pointed is None or not relation.id_attribute or relation.many:
        return frozenset()
    if relation.kind is RelationKind.RELATIONSHIP:
        return _referenced(pointing, pointed, relation)
    is_django = pointing.orm == "django" and relation.kind in _POINTING
    return _of_django(pointed, relation) if is_django else frozenset()


def _of_django(pointed: Model, relation: Relation) -> frozenset[str]:
    if relation.target_field:
        return frozenset({relation.target_field})
    # The key of a row that is spread over two tables is the key of its parent, and a link to it.
    names = {one.name for one in pointed.fields if one.primary_key and not one.references}
    return frozenset({"pk", *(names if len(names) == 1 else ())})


def _referenced(pointing: Model, pointed: Model, relation: Relation) -> frozenset[str]:
    if relation.place is None or _joins_otherwise(relation.place.node):
        return frozenset()
    key = next((one for one in pointing.fields if one.name == relation.id_attribute), None)
    column = key.references.rpartition(".")[2] if key is not None else ""
    return frozenset(one.name for one in pointed.fields if column and one.column == column)


def _joins_otherwise(node: ir.Node) -> bool:
    """Return whether a relationship says itself how it joins: by more than its foreign key, or by something else."""
    calls = (one for one in expressions_in(node) if isinstance(one, ir.Call))  # type: ignore[arg-type]
    return any(word.name in ("primaryjoin", "primary_join", None) for call in calls for word in call.keywords)
