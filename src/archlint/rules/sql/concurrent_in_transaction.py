"""ARC641: CONCURRENTLY inside a transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir.migration import OperationKind
from archlint.project.migrations.asked import wording
from archlint.rule import Rule

if TYPE_CHECKING:
    from archlint.project.context import ProjectContext
    from archlint.project.project import Project
    from archlint.rule import Found

rule = Rule("ARC641")

_INDEXES = frozenset({OperationKind.ADD_INDEX, OperationKind.DROP_INDEX})


@rule.project
def concurrent(project: Project, context: ProjectContext) -> Found:
    """Report what PostgreSQL refuses to do in a transaction."""
    for migration in project.migrations.judged(context.roles):
        for step in migration.forward if migration.dialect.name in {"", "postgres"} else ():
            if step.kind not in _INDEXES or not step.operation.concurrently or not step.in_transaction:
                continue
            way = wording(
                migration,
                django="set `atomic = False` on the migration",
                alembic="put it inside `with op.get_context().autocommit_block():`",
                sql="tell the tool to run this migration without a transaction",
            )
            verb = "built" if step.kind is OperationKind.ADD_INDEX else "dropped"
            name = f"index `{step.operation.name}`" if step.operation.name else f"an index of `{step.table}`"
            yield rule.at(
                step.span(context.source_of),
                f"{name} is {verb} CONCURRENTLY in a transaction, which PostgreSQL refuses: {way}",
            )
