"""What rules ask of migrations: steps of some kinds, and how things are named in messages."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from archlint.ir.migration import OperationKind
from archlint.project.migrations.migration import Migration, Step, Tool

if TYPE_CHECKING:
    from archlint.project.context import ProjectContext
    from archlint.project.project import Project

DEFINING = frozenset(
    {
        OperationKind.ADD_CHECK, OperationKind.ADD_COLUMN, OperationKind.ADD_EXCLUSION,
        OperationKind.ADD_PRIMARY_KEY, OperationKind.ADD_UNIQUE, OperationKind.CHANGE_TYPE,
        OperationKind.DROP_COLUMN, OperationKind.DROP_CONSTRAINT, OperationKind.DROP_DEFAULT,
        OperationKind.DROP_NOT_NULL, OperationKind.DROP_TABLE, OperationKind.RENAME_COLUMN,
        OperationKind.RENAME_TABLE, OperationKind.SET_DEFAULT, OperationKind.SET_NOT_NULL,
    }
)  # fmt: skip
"""What takes the strongest lock on a table, which readers wait for too, and keeps it to the end of the transaction."""


def steps(
    project: Project, context: ProjectContext, kinds: Container[OperationKind], *, on_postgres: bool = True
) -> Iterator[tuple[Migration, Step]]:
    """Yield the forward steps of some kinds about tables that were there before; on any database where that is said."""
    for migration in project.migrations.judged(context.roles):
        if on_postgres and not migration.is_postgres:
            continue
        yield from ((migration, step) for step in migration.on_existing if step.kind in kinds)


def thing(step: Step) -> str:
    """Return what a step is about, as a message names it: `orders.customer_id`, `orders` (`a`, `b`), or `orders`."""
    columns = step.operation.columns
    if len(columns) == 1:
        return f"`{step.table}.{columns[0]}`"
    return f"`{step.table}` ({', '.join(f'`{one}`' for one in columns)})" if columns else f"`{step.table}`"


def by_statement(found: Iterable[Step]) -> Iterator[tuple[Step, int]]:
    """Yield the first of the steps that one statement takes, and how many more it takes: `DROP INDEX a, b`."""
    for _, members in groupby(found, key=lambda one: (one.path, one.operation.start, one.operation.end, id(one.text))):
        first, *more = members
        yield first, len(more)


def added_here(migration: Migration, step: Step) -> bool:
    """Return whether the migration itself adds the column that a step is about."""
    added = {
        (one.key, name) for one in migration.forward if one.kind is OperationKind.ADD_COLUMN for name in _names(one)
    }
    return any((step.key, name) in added for name in step.operation.columns)


def _names(step: Step) -> Iterator[str]:
    for name in step.operation.columns:
        yield name
        if step.operation.references:  # Django names the field, not its column
            yield name.removesuffix("_id")


def wording(migration: Migration, *, django: str, alembic: str, sql: str) -> str:
    """Return the words that fit the tool of a migration."""
    return {Tool.DJANGO: django, Tool.ALEMBIC: alembic, Tool.SCRIPT: sql}[migration.tool]
