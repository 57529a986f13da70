"""ARC657: maintenance locks a table that could stay in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir.migration import OperationKind, table_key
from archlint.project.migrations.asked import by_statement, wording
from archlint.project.migrations.timeouts import sets_lock_timeout
from archlint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        found = _locking(migration, is_limited=is_limited) if migration.is_postgres else ()
        for step, more in by_statement(found):
            others = f" (and {more} more)" if more else ""
            yield rule.at(
                step.span(context.source_of),
                _rebuilt(step) if step.kind is OperationKind.MAINTAIN else _dropped(migration, step, others),
                confidence=migration.dialect.confidence,
                tables=project.schema.names_of(step.key),
            )


def _locking(migration: Migration, *, is_limited: bool) -> Iterator[Step]:
    """Yield the steps that lock a table which was there before and stays; `is_limited` of a timeout set elsewhere."""
    added = {one.operation.name for one in migration.forward if one.kind is OperationKind.ADD_INDEX}
    gone = {one.key for one in migration.forward if one.kind is OperationKind.DROP_TABLE} - {""}
    for step in migration.forward:
        is_limited = is_limited or step.kind is OperationKind.SET_LOCK_TIMEOUT
        if step.operation.concurrently or _kept_up(step) in migration.created | gone:
            continue
        is_drop = step.kind is OperationKind.DROP_INDEX and not is_limited and step.operation.name not in added
        if is_drop or step.kind is OperationKind.MAINTAIN:
            yield step


def _kept_up(step: Step) -> str:
    """Return the key of the table or materialized view that a step is about, or ""."""
    is_view = step.kind is OperationKind.MAINTAIN and not step.table
    return table_key(step.operation.name) if is_view else step.key


def _rebuilt(step: Step) -> str:
    name = step.table or step.operation.name
    return _EFFECTS[step.operation.what].format(it=f"`{name}`" if name else "a table")


def _dropped(migration: Migration, step: Step, others: str) -> str:
    name = f"the index `{step.operation.name}`" if step.operation.name else "an index"
    table = f"`{step.table}`" if step.table else "its table"
    way = wording(
        migration,
        django="use `RemoveIndexConcurrently` in a migration with `atomic = False`",
        alembic="pass `postgresql_concurrently=True` inside `with op.get_context().autocommit_block():`",
        sql="write `DROP INDEX CONCURRENTLY` in a migration without a transaction",
    )
    return f"dropping {name}{others} waits for all that use {table}, and all who come after wait behind it: {way}"
