"""ARC646: a rename breaks the code that runs while it is deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.diagnostic import Confidence
from archlint.ir.migration import VIEW, OperationKind, table_key
from archlint.project.migrations.asked import added_here, steps, thing
from archlint.rule import Rule

if TYPE_CHECKING:
    from archlint.project.context import ProjectContext
    from archlint.project.migrations.migration import Migration, Step
    from archlint.project.project import Project
    from archlint.rule import Found

rule = Rule("ARC646")

_RENAMES = frozenset({OperationKind.RENAME_COLUMN, OperationKind.RENAME_TABLE})


@rule.project
def renaming(project: Project, context: ProjectContext) -> Found:
    """Report new names of what the running code still asks for by the old one."""
    for migration, step in steps(project, context, _RENAMES, on_postgres=False):
        new = step.operation.name
        is_same = step.kind is OperationKind.RENAME_TABLE and table_key(new) == step.key
        is_named = bool(step.operation.columns) or step.kind is OperationKind.RENAME_TABLE
        if not new or not is_named or is_same or added_here(migration, step) or _is_kept(migration, step):
            continue
        yield rule.at(
            step.span(context.source_of),
            f"{thing(step)} becomes `{new}` while code that knows the old name still runs: add the new one, write "
            "both, move the readers, then drop the old",
            confidence=Confidence.MEDIUM,
        )


def _is_kept(migration: Migration, step: Step) -> bool:
    """Return whether a view in the same migration takes the old name of a table."""
    views = (one.operation for one in migration.forward if one.operation.what == VIEW)
    is_table = step.kind is OperationKind.RENAME_TABLE
    return is_table and any(one.kind is OperationKind.CREATE_OTHER and table_key(one.name) == step.key for one in views)
