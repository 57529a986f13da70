"""ARC652: rows are changed in the transaction that holds the locks of a changed schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.diagnostic import Related
from archlint.ir.migration import OperationKind
from archlint.project.migrations.asked import DEFINING, thing
from archlint.project.migrations.migration import Tool
from archlint.rule import Rule

if TYPE_CHECKING:
    from archlint.project.context import ProjectContext
    from archlint.project.migrations.migration import Migration, Step
    from archlint.project.project import Project
    from archlint.rule import Found

rule = Rule("ARC652")

_FILLING = frozenset({OperationKind.DELETE_ROWS, OperationKind.RUN_CODE, OperationKind.UPDATE_ROWS})


@rule.project
def filling(project: Project, context: ProjectContext) -> Found:
    """Report the first change of rows behind a change of the schema of a table in use, in one transaction."""
    for migration in project.migrations.judged(context.roles):
        if not migration.is_postgres:
            continue
        found = _pair(migration)
        if found is None:
            continue
        locking, changing = found
        what = f"rows of `{changing.table}` are changed" if changing.table else "rows are changed"
        if changing.kind is OperationKind.RUN_CODE:
            what = f"`{changing.operation.name}` runs" if changing.operation.name else "code runs"
        yield rule.at(
            changing.span(context.source_of),
            f"{what} in the transaction that has locked `{locking.table}`, which nobody can use until it ends: "
            "fill rows in a migration of their own, in batches",
            confidence=migration.dialect.confidence,
            related=(Related(locking.span(context.source_of), f"the lock is taken for {thing(locking)}"),),
        )


def _fills(migration: Migration, step: Step) -> bool:
    """Return whether a step changes rows of a table in use; what a block of procedural code does is not known."""
    if step.kind is OperationKind.RUN_CODE:
        return migration.tool is Tool.DJANGO
    return step.kind in _FILLING and step.key not in migration.created


def _pair(migration: Migration) -> tuple[Step, Step] | None:
    """Return the step that takes the lock and the first one behind it that changes rows, or None."""
    existing = set(migration.on_existing)
    locking: Step | None = None
    for step in migration.forward:
        if step.kind is OperationKind.COMMIT or not step.in_transaction:
            locking = None
        elif locking is None and step.kind in DEFINING and step in existing:
            locking = step
        elif locking is not None and _fills(migration, step):
            return locking, step
    return None
