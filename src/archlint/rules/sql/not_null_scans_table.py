"""ARC643: SET NOT NULL reads a whole table under its strongest lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir.migration import OperationKind
from archlint.project.migrations.asked import steps, thing
from archlint.rule import Rule

if TYPE_CHECKING:
    from archlint.project.context import ProjectContext
    from archlint.project.project import Project
    from archlint.rule import Found

rule = Rule("ARC643")


@rule.project
def scanning(project: Project, context: ProjectContext) -> Found:
    """Report a SET NOT NULL that no validated CHECK makes cheap."""
    for migration, step in steps(project, context, {OperationKind.SET_NOT_NULL}):
        if step.operation.proves_not_null:
            continue
        name = step.operation.columns[0] if step.operation.columns else "…"
        yield rule.at(
            step.span(context.source_of),
            f"nobody can use `{step.table}` while all its rows are read for NOT NULL on {thing(step)}: first "
            f"`ADD CONSTRAINT … CHECK ({name} IS NOT NULL) NOT VALID`, then `VALIDATE CONSTRAINT` in a later one",
            confidence=migration.dialect.confidence,
            tables=project.schema.names_of(step.key),
        )
