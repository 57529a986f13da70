"""ARC644: a constraint is checked against all rows under a lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.diagnostic import Related
from archlint.ir.migration import Default, OperationKind
from archlint.project.migrations.asked import steps, thing, wording
from archlint.rule import Rule

if TYPE_CHECKING:
    from archlint.project.context import ProjectContext
    from archlint.project.migrations.migration import Migration, Step
    from archlint.project.project import Project
    from archlint.rule import Found

rule = Rule("ARC644")

_OTHER = frozenset({OperationKind.ADD_COLUMN, OperationKind.VALIDATE_CONSTRAINT})
_ADDED = {OperationKind.ADD_FOREIGN_KEY: "foreign key", OperationKind.ADD_CHECK: "CHECK"}


@rule.project
def validating(project: Project, context: ProjectContext) -> Found:
    """Report constraints that are validated where they are added, or in the transaction that still holds the lock."""
    for migration, step in steps(project, context, {*_ADDED, *_OTHER}):
        message, related = _judged(migration, step, context)
        if message:
            yield rule.at(
                step.span(context.source_of),
                message,
                confidence=migration.dialect.confidence,
                related=related,
                tables=project.schema.names_of(step.key),
            )


def _judged(migration: Migration, step: Step, context: ProjectContext) -> tuple[str, tuple[Related, ...]]:
    if step.kind is OperationKind.VALIDATE_CONSTRAINT:
        added = _added_with(migration, step)
        if added is None:
            return "", ()
        place = Related(added.span(context.source_of), "the lock on the table is taken here")
        what = f"`{step.operation.name}` is validated in the transaction that adds it, so its lock lasts"
        return f"{what}: validate it in a later one", (place,)
    constraint = _of_column(step) if step.kind is OperationKind.ADD_COLUMN else _ADDED[step.kind]
    if step.operation.not_valid or not constraint:
        return "", ()
    waiting = f"writes to `{step.table}`"
    if constraint == "foreign key" and step.operation.references.strip("?"):
        waiting += f" and `{step.operation.references}`"
    way = wording(
        migration,
        django="use `AddConstraintNotValid`, and `ValidateConstraint` in a later migration",
        alembic="pass `postgresql_not_valid=True`, and `VALIDATE CONSTRAINT` in a later migration",
        sql="add it NOT VALID, and `VALIDATE CONSTRAINT` in a later transaction",
    )
    return f"{waiting} wait while all rows are checked for the {constraint} on {thing(step)}: {way}", ()


def _of_column(step: Step) -> str:
    """Return which constraint of a new column is checked, or "".

    A foreign key is not where all rows have NULL: `transformAlterTableStmt` of PostgreSQL skips it without a default.
    """
    for one in step.operation.definitions:
        if one.is_checked:
            return "CHECK"
        if one.references and one.default is not Default.NONE:
            return "foreign key"
    return ""


def _added_with(migration: Migration, step: Step) -> Step | None:
    """Return the step of the same transaction that adds the constraint which a step validates, or None."""
    if not step.in_transaction:
        return None
    for one in migration.forward:
        is_same = one.key == step.key and one.operation.name == step.operation.name
        if is_same and one.kind in _ADDED and one.operation.not_valid and one.in_transaction:
            return one
    return None
