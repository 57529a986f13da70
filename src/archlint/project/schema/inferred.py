"""What the relations of models evaluate to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.project.schema.model import Relation
from archlint.project.schema.sqlalchemy import is_declared
from archlint.project.symbols import ClassDefinition
from archlint.project.values import MAYBE, UNKNOWN, Bound, Instance, Items, ProjectFunction, Query, Stage, Value

if TYPE_CHECKING:
    from archlint.project.inference import Inference

_ASKED_FOR = frozenset({"dynamic", "write_only"})


def relation(inference: Inference, definition: ClassDefinition, name: str, found: Value | None) -> Value | None:
    """Return what a relation of a model's instance yields, or None where the attribute is none.

    `found` is what the class binds the name to: a method of that name is no relation, unless it declares one.
    """
    verbs = inference.project.orm_of(definition)
    if verbs is None or not (found is None or found == UNKNOWN or isinstance(found, Instance) or _is_declared(found)):
        return None
    known = inference.project.schema.relation(definition, name)
    if known is None or known.target is None:
        return None
    if not known.many:
        return Instance(known.target.name, known.target)
    return _many(known, known.target, verbs.name)


def _is_declared(found: Value) -> bool:
    return isinstance(found, Bound | ProjectFunction) and is_declared(found.definition.row)


def _many(known: Relation, target: ClassDefinition, orm: str) -> Value:
    if orm == "sqlalchemy":
        if known.lazy in _ASKED_FOR:
            return Query(orm, target.name, Stage.LAZY, target, filtered=True, related=False)
        return Items(Instance(target.name, target, loaded=_known_parent(known)))
    stage = Stage.LAZY if orm == "peewee" else Stage.MANAGER
    return Query(orm, target.name, stage, target, filtered=True, related=True, eager=_known_parent(known))


def _known_parent(known: Relation) -> frozenset[str]:
    """Return the path from the rows to the one that they were reached from, where they know that."""
    name = known.remote_name if known.sets_known_parent else ""
    return frozenset({name, f"{name}.{MAYBE}"} if name else ())
