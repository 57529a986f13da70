"""ARC645: a change of type rewrites a table under its strongest lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.diagnostic import Confidence
from archlint.ir.migration import OperationKind
from archlint.project.migrations.asked import steps, thing
from archlint.project.migrations.types import rewrites, rewrites_most
from archlint.rule import Rule

if TYPE_CHECKING:
    from archlint.project.context import ProjectContext
    from archlint.project.project import Project
    from archlint.rule import Found

rule = Rule("ARC645")


@rule.project
def rewriting_type(project: Project, context: ProjectContext) -> Found:
    """Report changes between types that PostgreSQL stores differently; those of unknown types are silent."""
    for migration, step in steps(project, context, {OperationKind.CHANGE_TYPE}):
        before, after = step.operation.before, step.operation.definitions[0].type
        if not (rewrites(before, after) if before else rewrites_most(after)):
            continue
        change = f"from `{before}` to `{after}`" if before else f"to `{after}`, from a type that is not known,"
        yield rule.at(
            step.span(context.source_of),
            f"{thing(step)} {change} rewrites `{step.table}` while nobody can use it: add a new "
            "column, write both, copy in batches, read the new one, then drop the old",
            confidence=migration.dialect.confidence if before else Confidence.LOW,
            tables=project.schema.names_of(step.key),
        )
