"""How much of a table a query without a limit gives."""

from __future__ import annotations

from enum import Enum

from archlint.project.project import Project
from archlint.project.values import ABSENT, CONSTANT, FROM, GIVEN, LISTED, OPAQUE, TO, Query


class Extent(str, Enum):
    """What is left of a table, the most first."""

    WHOLE = "whole"
    SHARE = "share"
    """The rows in some state, which grow as the table does."""
    RANGE = "range"
    """The rows between two ends that somebody gives."""
    OWNED = "owned"
    """The rows that belong to something: one user, one project."""
    FEW = "few"
    """The rows that somebody names: by key, by a list."""
    UNKNOWN = "unknown"


def extent(project: Project, query: Query) -> Extent:  # noqa: PLR0911 - one answer a kind of condition
    """Return how much of its table a query gives where nothing limits it."""
    if query.bounded or query.definition is None or (query.filtered and not query.conditions):
        return Extent.UNKNOWN
    by_kind: dict[str, set[str]] = {}
    for one in query.conditions:
        kind, _, column = one.partition(":")
        by_kind.setdefault(kind, set()).add(column)
    if OPAQUE in by_kind or any(_is_relation(project, query, column) for column in by_kind.get(ABSENT, ())):
        return Extent.UNKNOWN  # rows that nothing refers to may be few
    if LISTED in by_kind or any(_is_key(project, query, column) for column in by_kind.get(GIVEN, ())):
        return Extent.FEW
    if by_kind.get(FROM, set()) & by_kind.get(TO, set()):
        return Extent.RANGE
    if GIVEN in by_kind:
        return Extent.OWNED
    if FROM in by_kind or TO in by_kind:
        return Extent.UNKNOWN  # what is newer than yesterday may be little
    return Extent.SHARE if CONSTANT in by_kind else Extent.WHOLE


def columns(query: Query, kind: str) -> tuple[str, ...]:
    """Return the columns that conditions of a kind are about, sorted."""
    return tuple(sorted(one.partition(":")[2] for one in query.conditions if one.startswith(f"{kind}:")))


def _is_relation(project: Project, query: Query, column: str) -> bool:
    definition = query.definition
    return bool(column) and definition is not None and project.schema.relation(definition, column) is not None


def _is_key(project: Project, query: Query, column: str) -> bool:
    """Return whether an equality on a column leaves one row: a primary key, a unique column."""
    if column in ("pk", "id", "uuid"):
        return True
    if "." in column or query.definition is None:
        return False
    field = project.schema.field(query.definition, column)
    return field is not None and (field.primary_key or field.unique)
