"""ARC649: a new column has a value of its own in each row, so that a table is rewritten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir.migration import Default, OperationKind
from archlint.project.migrations.asked import steps, thing
from archlint.rule import Rule

if TYPE_CHECKING:
    from archlint.project.context import ProjectContext
    from archlint.project.project import Project
    from archlint.rule import Found

rule = Rule("ARC649")

_REASONS = {
    Default.GENERATED: "is computed and stored for each row",
    Default.IDENTITY: "numbers each row",
    Default.VOLATILE: "has a default that differs from row to row",
}

_WAY = "add the column without it, set the default for new rows, and fill the others in batches"
_WAY_COMPUTED = "compute it where it is read, or add a plain column that writes set, and fill the other rows in batches"


@rule.project
def rewriting_default(project: Project, context: ProjectContext) -> Found:
    """Report new columns whose value must be written into each row at once."""
    for migration, step in steps(project, context, {OperationKind.ADD_COLUMN}):
        defaults = [one.default for one in step.operation.definitions if one.default in _REASONS]
        if not defaults:
            continue
        way = _WAY_COMPUTED if defaults[0] is Default.GENERATED else _WAY
        yield rule.at(
            step.span(context.source_of),
            f"{thing(step)} {_REASONS[defaults[0]]}: `{step.table}` is rewritten while nobody can use it; {way}",
            confidence=migration.dialect.confidence,
            tables=project.schema.names_of(step.key),
        )
