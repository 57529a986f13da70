"""Which part of its table a query concerns: all of it, a part that grows with it, or rows that something bounds."""

from __future__ import annotations

import re
from enum import Enum

from archlint.project.project import Project
from archlint.project.schema.model import Field, Relation
from archlint.project.symbols import ClassDefinition
from archlint.project.values import ABSENT, CONSTANT, FROM, LISTED, OPAQUE, TO, Query

_MAX_DEPTH = 4
_TIMES = ("date", "time")
_MADE = re.compile(
    r"creat|added|insert|logged|occurred|receiv|sent|timestamp|^time$|^date$|joined|start|listened|uploaded|^action_time$"
)
_ENDS = ("_at", "_on", "_date", "_time", "timestamp", "created", "modified", "updated")


class Part(str, Enum):
    """What a query concerns."""

    WHOLE = "whole"
    """No condition at all."""
    AGED = "aged"
    """Rows that were made before some time."""
    DUE = "due"
    """Rows whose time, another than that of their making, is over: what expired, what was marked as deleted."""
    OPEN = "open"
    """Conditions that leave a share of the table, such as a status."""
    BOUNDED = "bounded"
    """Rows of an owner, of a key, of a span of time, or nobody knows."""


def part_of(project: Project, query: Query) -> Part:
    """Return which part of its table a query concerns."""
    if query.definition is None or query.related or (query.bounded and not query.writes):
        return Part.BOUNDED
    if not query.conditions:
        return Part.BOUNDED if query.filtered and not query.writes else Part.WHOLE
    return part_under(project, query.definition, query.conditions)


def part_under(project: Project, definition: ClassDefinition | None, conditions: frozenset[str]) -> Part:
    """Return which part of a table some conditions leave."""
    found = {_part(project, definition, one) for one in conditions}
    return next((one for one in (Part.BOUNDED, Part.AGED, Part.DUE, Part.OPEN) if one in found), Part.WHOLE)


def is_only_aged(project: Project, query: Query) -> bool:
    """Return whether time alone decides which rows are meant, and no status that a write may change."""
    return all(_part(project, query.definition, one) is Part.AGED for one in query.conditions)


def _part(project: Project, definition: ClassDefinition | None, condition: str) -> Part:  # noqa: PLR0911 - one a kind
    kind, _, path = condition.partition(":")
    if definition is None or kind in (OPAQUE, LISTED) or "." in path:
        return Part.BOUNDED
    if not path:
        return Part.WHOLE
    names = path.split("__")
    column = _column(project, definition, names)
    if kind == ABSENT:
        return Part.OPEN
    if isinstance(column, Relation) or is_key(column, names[-1]):
        return Part.BOUNDED
    if kind == TO:
        return (Part.AGED if says_when_made(names[-1]) else Part.DUE) if is_time(column, names[-1]) else Part.OPEN
    if kind == FROM:
        return Part.BOUNDED if is_time(column, names[-1]) else Part.OPEN
    is_switch = column is not None and column.kind.rpartition(".")[2].lower().startswith(("bool", "nullbool"))
    return Part.OPEN if kind == CONSTANT or is_switch else Part.BOUNDED


def _column(project: Project, definition: ClassDefinition, path: list[str]) -> Field | Relation | None:
    """Return what a path ends at, None where that is not known."""
    current: ClassDefinition | None = definition
    for index, name in enumerate(path[:_MAX_DEPTH]):
        if current is None:
            return None
        relation = project.schema.relation(current, name)
        if index == len(path) - 1:
            return relation or project.schema.field(current, name)
        current = relation.target if relation is not None else None
    return None


def is_key(column: Field | None, name: str) -> bool:
    """Return whether a column finds single rows, or those of an owner."""
    if column is None:
        return name in ("id", "pk", "uuid") or name.endswith("_id")
    return column.primary_key or column.unique or bool(column.references) or name in ("id", "pk")


def says_when_made(name: str) -> bool:
    """Return whether a column of times says, by its name, when a row was made."""
    return _MADE.search(name) is not None


def is_time(column: Field | None, name: str) -> bool:
    """Return whether a column holds points in time: by its type, else by its name."""
    kind = column.kind.rpartition(".")[2].lower() if column is not None else ""
    if any(word in kind for word in _TIMES):
        return True
    return not kind and name.lower().endswith(_ENDS)
