"""ARC650: a migration waits for locks without an end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir.migration import OperationKind
from archlint.project.migrations.asked import DEFINING, thing
from archlint.project.migrations.timeouts import sets_lock_timeout
from archlint.rule import Rule

if TYPE_CHECKING:
    from archlint.project.context import ProjectContext
    from archlint.project.migrations.migration import Migration, Step
    from archlint.project.project import Project
    from archlint.rule import Found

rule = Rule("ARC650")

_WAITING = DEFINING | {OperationKind.ADD_FOREIGN_KEY, OperationKind.ADD_INDEX, OperationKind.MAINTAIN}


@rule.project
def waiting(project: Project, context: ProjectContext) -> Found:
    """Report the first operation of a migration that waits for the strongest lock, where nothing limits the wait."""
    if sets_lock_timeout(project):
        return
    for migration in project.migrations.judged(context.roles):
        step = _waiting(migration) if migration.is_postgres else None
        if step is not None:
            yield rule.at(
                step.span(context.source_of),
                f"{_subject(step)}: while this waits for the lock, all who come after wait behind it; "
                "set `lock_timeout` to a few seconds first, and try again when it runs out",
                confidence=migration.dialect.confidence,
            )


def _waiting(migration: Migration) -> Step | None:
    """Return the first step that waits for a lock which others wait behind, None where a timeout is set before it."""
    existing = set(migration.on_existing)
    for step in migration.forward:
        if step.kind is OperationKind.SET_LOCK_TIMEOUT:
            return None
        is_shared = step in existing or (step.kind is OperationKind.MAINTAIN and not step.key)
        if step.kind in _WAITING and is_shared and not step.operation.concurrently:
            return step
    return None


def _subject(step: Step) -> str:
    if step.kind is OperationKind.MAINTAIN:
        return f"{step.operation.what} of `{step.table or step.operation.name or '…'}`"
    return thing(step)
