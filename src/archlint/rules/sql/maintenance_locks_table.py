"""ARC657: maintenance locks a table that could stay in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir.migration import OperationKind
from archlint.project.migrations.asked import wording
from archlint.project.migrations.timeouts import sets_lock_timeout
from archlint.rule import Rule

if TYPE_CHECKING:
    from archlint.project.context import ProjectContext
    from archlint.project.migrations.migration import Migration, Step
    from archlint.project.project import Project
    from archlint.rule import Found

rule = Rule("ARC657")

_EFFECTS = {
    "cluster": "nobody can use {it} while it is written anew in order: rebuild it with `pg_repack`",
    "detach partition": "nobody can use {it} while this waits for its lock, and while it holds it: "
    "`DETACH PARTITION … CONCURRENTLY`, outside of a transaction",
    "refresh materialized view": "nobody can read {it} while its query runs: give it a unique index, and refresh it "
    "CONCURRENTLY",
    "reindex": "writes wait while the indexes of {it} are built anew, and reads that use one of them: "
    "`REINDEX … CONCURRENTLY`, outside of a transaction",
    "vacuum full": "nobody can use {it} while it is written anew: rebuild it with `pg_repack`",
}


@rule.project
def maintaining(project: Project, context: ProjectContext) -> Found:
    """Report rebuilds, and drops of an index that wait without an end, where a way without the lock exists."""
    is_limited = sets_lock_timeout(project)
    for migration in project.migrations.judged(context.roles):
        if not migration.is_postgres:
            continue
        own = {one.operation.name for one in migration.forward if one.kind is OperationKind.ADD_INDEX}
        has_timeout = is_limited
        for step in migration.forward:
            has_timeout = has_timeout or step.kind is OperationKind.SET_LOCK_TIMEOUT
            if step.operation.concurrently or step.key in migration.created:
                continue
            message = ""
            if step.kind is OperationKind.MAINTAIN:
                message = _rebuilt(step)
            elif step.kind is OperationKind.DROP_INDEX and step.operation.name not in own and not has_timeout:
                message = _dropped(migration, step)
            if message:
                yield rule.at(
                    step.span(context.source_of),
                    message,
                    confidence=migration.dialect.confidence,
                    tables=project.schema.names_of(step.key),
                )


def _rebuilt(step: Step) -> str:
    name = step.table or step.operation.name
    return _EFFECTS[step.operation.what].format(it=f"`{name}`" if name else "a table")


def _dropped(migration: Migration, step: Step) -> str:
    name = f"the index `{step.operation.name}`" if step.operation.name else "an index"
    table = f"`{step.table}`" if step.table else "its table"
    way = wording(
        migration,
        django="use `RemoveIndexConcurrently` in a migration with `atomic = False`",
        alembic="pass `postgresql_concurrently=True` inside `with op.get_context().autocommit_block():`",
        sql="write `DROP INDEX CONCURRENTLY` in a migration without a transaction",
    )
    return f"dropping {name} waits for all that use {table}, and all who come after wait behind it: {way}"
