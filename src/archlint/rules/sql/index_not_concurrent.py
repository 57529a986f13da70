"""ARC640: an index is built on a table in use without CONCURRENTLY."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir.migration import OperationKind
from archlint.project.migrations.asked import steps, thing, wording
from archlint.project.migrations.migration import Tool
from archlint.rule import Rule

if TYPE_CHECKING:
    from archlint.project.context import ProjectContext
    from archlint.project.migrations.migration import Migration, Step
    from archlint.project.project import Project
    from archlint.rule import Found

rule = Rule("ARC640")


@rule.project
def locking_index(project: Project, context: ProjectContext) -> Found:
    """Report an index that is built while nobody can write to its table."""
    for migration, step in steps(project, context, {OperationKind.ADD_COLUMN, OperationKind.ADD_INDEX}):
        if step.operation.concurrently or not _builds(migration, step):
            continue
        way = wording(
            migration,
            django="add the field with `db_index=False` and the index by `AddIndexConcurrently` in a later migration"
            if step.kind is OperationKind.ADD_COLUMN
            else "run `CREATE UNIQUE INDEX CONCURRENTLY` by `RunSQL` with `state_operations`, and `atomic = False`"
            if step.operation.is_unique
            else "use `AddIndexConcurrently` in a migration with `atomic = False`",
            alembic="pass `postgresql_concurrently=True` inside `with op.get_context().autocommit_block():`",
            sql="write `CREATE INDEX CONCURRENTLY` in a migration without a transaction",
        )
        yield rule.at(
            step.span(context.source_of),
            f"writes to `{step.table}` wait while the index on {thing(step)} is built: {way}",
            confidence=migration.dialect.confidence,
            tables=project.schema.names_of(step.key),
        )


def _builds(migration: Migration, step: Step) -> bool:
    """Return whether a step makes an index: one of its own, or one that its new column asks for.

    Foreign keys of Django have one without asking.
    """
    if step.kind is OperationKind.ADD_INDEX:
        return True
    is_asked = migration.tool is not Tool.DJANGO or not step.operation.references
    return is_asked and any(one.is_indexed for one in step.operation.definitions)
