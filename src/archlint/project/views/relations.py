"""A relation in plain English: where it is declared, and what loads it together with the rows."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import NamedTuple

from archlint.diagnostic import Confidence, Related
from archlint.project.context import ProjectContext
from archlint.project.schema.model import Relation, RelationKind


class Loader(NamedTuple):
    """A method of a query or an option for one, with its argument as it would be written."""

    verb: str
    argument: str

    def __str__(self) -> str:
        """Return it in backticks."""
        return f"`{self.verb}({self.argument})`"


def declared(ctx: ProjectContext, relation: Relation | None) -> tuple[Related, ...]:
    """Return the place where a relation is declared, as related places; none where it is not known."""
    if relation is None or relation.place is None:
        return ()
    return (Related(ctx.region(relation.place), f"`{relation.name}` is declared here"),)


def is_shared(relation: Relation | None) -> bool:
    """Return whether many rows may have the same related one, which a session of SQLAlchemy gives out once it has it.

    There are as many queries as there are different ones.
    """
    return relation is not None and relation.kind is RelationKind.RELATIONSHIP and not relation.many


def sureness(relation: Relation | None, pinned: Container[str] = ()) -> Confidence:
    """Return how sure it is that a relation is loaded row by row: not where all rows have the same one.

    `pinned` are columns that have one value in all rows.
    """
    if relation is None or not is_shared(relation):
        return Confidence.HIGH
    is_one = relation.name in pinned or relation.id_attribute in pinned
    return Confidence.LOW if is_one else Confidence.MEDIUM


def loader(
    relation: Relation, attribute: str, path: Sequence[str], *, many: bool | None = None, joins: bool = True
) -> Loader:
    """Return what loads a relation together with the rows that it is reached from.

    `attribute` is the relation by the qualified name of its model, `path` leads to it from the rows; `many` says
    whether many rows come of it, where that is known better than the relation tells. `joins` says that no relation on
    the way leads to many.
    """
    is_many = relation.many if many is None else many
    if relation.kind is RelationKind.RELATIONSHIP:
        owner = attribute.split(".")[-2]
        return Loader("selectinload" if is_many else "joinedload", f"{owner}.{relation.name}")
    is_joined = joins and not relation.many and relation.kind is not RelationKind.GENERIC_FOREIGN_KEY
    return Loader("select_related" if is_joined else "prefetch_related", f'"{"__".join(path)}"')
