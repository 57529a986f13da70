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


@rule.project
def rewriting_default(project: Project, context: ProjectContext) -> Found:
    """Report new columns whose value must be written into each row at once."""
    for migration, step in steps(project, context, {OperationKind.ADD_COLUMN}):
        reasons = [_REASONS[one.default] for one in step.operation.definitions if one.default in _REASONS]
        if not reasons:
            continue
        yield rule.at(
            step.span(context.source_of),
            f"{thing(step)} {reasons[0]}: `{step.table}` is rewritten while nobody can use it; add the column "
            "without it, set the default for new rows, and fill the others in batches",
            confidence=migration.dialect.confidence,
            tables=project.schema.names_of(step.key),
        )
