"""ARC656: a migration begins or ends transactions that do not fit each other, or that of its tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir.migration import OperationKind
from archlint.project.migrations.asked import wording
from archlint.project.migrations.migration import Tool
from archlint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archlint.project.context import ProjectContext
    from archlint.project.migrations.migration import Migration, Step
    from archlint.project.project import Project
    from archlint.rule import Found

rule = Rule("ARC656")

_NOTHING = "there is no transaction that this could end, unless the tool has one: then what follows is in none"
_OPEN = "nothing ends this transaction, so that the work is lost where the tool does not commit: add a COMMIT"
_TWICE = "a transaction is open already: the second BEGIN does nothing, and the first COMMIT ends both"


@rule.project
def controlling(project: Project, context: ProjectContext) -> Found:
    """Report the first BEGIN or COMMIT of a migration that does something else than it says."""
    for migration in project.migrations.judged(context.roles):
        found = next(_astray(migration), None) if migration.is_postgres else None
        if found is not None:
            step, message = found
            yield rule.at(step.span(context.source_of), message, confidence=migration.dialect.confidence)


def _astray(migration: Migration) -> Iterator[tuple[Step, str]]:
    begun: Step | None = None
    for step in migration.forward:
        if step.kind is OperationKind.BEGIN:
            if begun is not None:
                yield step, _TWICE
            elif step.in_transaction:
                yield step, _of_tool(migration, "this BEGIN does nothing, and the COMMIT behind it ends")
            begun = step
        elif step.kind is OperationKind.COMMIT:
            if begun is None and step.in_transaction:
                yield step, _of_tool(migration, "this ends")
            elif begun is None and migration.tool is Tool.SCRIPT:
                yield step, _NOTHING
            begun = None
    if begun is not None and migration.tool is Tool.SCRIPT:
        yield begun, _OPEN


def _of_tool(migration: Migration, does: str) -> str:
    way = wording(
        migration,
        django="set `atomic = False` on the migration",
        alembic="put what must be outside inside `with op.get_context().autocommit_block():`",
        sql="leave transactions to the tool, or tell it to run this migration without one",
    )
    return f"{does} the transaction of the tool, and what follows stays when a later statement fails: {way}"
