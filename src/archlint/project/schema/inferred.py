"""What the relations of models evaluate to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.project.schema.model import Relation
from archlint.project.symbols import ClassDefinition
from archlint.project.values import UNKNOWN, UNKNOWN_CONDITION, Instance, Items, Query, Stage, Value

if TYPE_CHECKING:
    from archlint.project.inference import Inference

_ASKED_FOR = frozenset({"dynamic", "write_only"})


def relation(inference: Inference, definition: ClassDefinition, name: str, found: Value | None) -> Value | None:
    """Return what a relation of a model's instance yields, or None where the attribute is none.

    `found` is what the class binds the name to: a method of that name is no relation.
    """
    verbs = inference.project.orm_of(definition)
    if verbs is None or not (found is None or found == UNKNOWN or isinstance(found, Instance)):
        return None
    known = inference.project.schema.relation(definition, name)
    if known is None or known.target is None:
        return None
    if not known.many:
        return Instance(known.target.name, known.target)
    return _many(known, known.target, verbs.name)


def _many(known: Relation, target: ClassDefinition, orm: str) -> Value:
    conditions = frozenset({UNKNOWN_CONDITION})
    if orm == "sqlalchemy":
        if known.lazy in _ASKED_FOR:
            return Query(orm, target.name, Stage.LAZY, target, filtered=True, related=False, conditions=conditions)
        return Items(Instance(target.name, target))
    stage = Stage.LAZY if orm == "peewee" else Stage.MANAGER
    return Query(orm, target.name, stage, target, filtered=True, related=True, conditions=conditions)
