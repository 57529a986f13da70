"""ARC650: a migration waits for locks without an end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir.migration import OperationKind
from archlint.project.migrations.asked import DEFINING, thing
from archlint.project.migrations.timeouts import sets_lock_timeout
from archlint.rule import Rule

if TYPE_CHECKING:
    from archlint.project.context import ProjectContext
    from archlint.project.project import Project
    from archlint.rule import Found

rule = Rule("ARC650")


@rule.project
def waiting(project: Project, context: ProjectContext) -> Found:
    """Report the first operation of a migration that waits for the strongest lock, where nothing limits the wait."""
    if sets_lock_timeout(project):
        return
    for migration in project.migrations.judged(context.roles):
        if not migration.is_postgres or any(one.kind is OperationKind.SET_LOCK_TIMEOUT for one in migration.forward):
            continue
        step = next((one for one in migration.on_existing if one.kind in DEFINING), None)
        if step is not None:
            yield rule.at(
                step.span(context.source_of),
                f"{thing(step)}: while this waits for the lock, all who come after wait behind it; "
                "set `lock_timeout` to a few seconds first, and try again when it runs out",
                confidence=migration.dialect.confidence,
            )
