"""Which part of its table an UPDATE or DELETE in SQL text concerns."""

from __future__ import annotations

import re

from archlint.project.extent.part import Part, is_key, is_time, says_when_made
from archlint.project.project import Project
from archlint.project.sql import Column, Statement, Verb
from archlint.project.symbols import ClassDefinition

_FIXED = r"\s*(?:=|<>|!=|IN\s*\(|IS(?:\s+NOT)?\s)\s*(?:'|\d|TRUE\b|FALSE\b|NULL\b)"
"""A comparison with what is written in the text."""


def part_written(project: Project, statement: Statement) -> Part:
    """Return which part of a table a statement updates or deletes, as far as its text and the table's columns say."""
    is_plain = statement.is_whole and not statement.is_bounded and not statement.joined and not statement.reads
    if statement.verb not in (Verb.DELETE, Verb.UPDATE) or not is_plain or len(statement.writes) != 1:
        return Part.BOUNDED
    if not statement.has_where or not statement.filtered:
        return Part.BOUNDED  # without WHERE it is another rule's business
    found = {_part(project, statement, one) for one in statement.filtered}
    return next(one for one in (Part.BOUNDED, Part.AGED, Part.DUE, Part.OPEN) if one in found)


def model_written(project: Project, statement: Statement) -> ClassDefinition | None:
    """Return the model of the table that a statement writes, or None."""
    table = project.schema.table(statement.table)
    return table.models[0] if table is not None and table.models else None


def _part(project: Project, statement: Statement, column: Column) -> Part:
    table = project.schema.table(statement.table)
    field = table.column(column.name) if table is not None else None
    if is_key(field, column.name):
        return Part.BOUNDED
    named = rf"\b{re.escape(column.name)}\b[\"`\]]?"
    if is_time(field, column.name):
        if not re.search(rf"{named}\s*<", statement.text) or re.search(rf"{named}\s*(?:>|=|BETWEEN)", statement.text):
            return Part.BOUNDED
        return Part.AGED if says_when_made(column.name) else Part.DUE
    return Part.OPEN if re.search(named + _FIXED, statement.text, re.IGNORECASE) else Part.BOUNDED
