"""ARC647: a drop breaks the code that runs while it is deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.diagnostic import Confidence
from archlint.ir.migration import OperationKind
from archlint.project.migrations.asked import added_here, steps, thing
from archlint.rule import Rule

if TYPE_CHECKING:
    from archlint.project.context import ProjectContext
    from archlint.project.project import Project
    from archlint.rule import Found

rule = Rule("ARC647")

_DROPS = frozenset({OperationKind.DROP_COLUMN, OperationKind.DROP_TABLE})


@rule.project
def dropping(project: Project, context: ProjectContext) -> Found:
    """Report what is dropped although the running code may still ask for it."""
    for migration, step in steps(project, context, _DROPS, on_postgres=False):
        is_named = bool(step.operation.columns) or step.kind is OperationKind.DROP_TABLE
        if not is_named or added_here(migration, step):
            continue
        what = "table" if step.kind is OperationKind.DROP_TABLE else "column"
        yield rule.at(
            step.span(context.source_of),
            f"{thing(step)} is dropped while code that was deployed before may still use it, and its data is gone: "
            f"release code that does not know the {what} first, and drop it a release later",
            confidence=Confidence.MEDIUM,
        )
