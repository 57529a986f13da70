"""ARC651: a migration has no way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir.migration import OperationKind
from archlint.project.migrations.asked import DEFINING
from archlint.project.migrations.migration import Migration, Step, Tool
from archlint.rule import Rule

if TYPE_CHECKING:
    from archlint.project.context import ProjectContext
    from archlint.project.project import Project
    from archlint.rule import Found

rule = Rule("ARC651")

_SHARE = 0.5
"""Where fewer scripts of a line have a way back, the project does without."""
_CHANGING = DEFINING | {
    OperationKind.ADD_FOREIGN_KEY,
    OperationKind.ADD_INDEX,
    OperationKind.CREATE_TABLE,
    OperationKind.DROP_INDEX,
}


@rule.project
def irreversible(project: Project, context: ProjectContext) -> Found:
    """Report operations of Django without a reverse, and revisions and scripts without a way back."""
    for members in project.migrations.lines.values():
        goes_back = _goes_back(members)
        for migration in members:
            if not project.migrations.is_judged(migration, context.roles):
                continue
            if migration.tool is Tool.DJANGO:
                yield from _of_django(migration, context)
                continue
            changed = _changed(migration)
            if changed is None or migration.refuses or migration.backward or not goes_back:
                continue
            if migration.backward is not None and migration.tool is Tool.SCRIPT:
                continue  # an empty script is there on purpose, and may say why
            if migration.backward is None:
                message = "it has no way back, unlike most others here: write one, or one that raises and says why"
            else:
                message = "its way back does nothing: undo the change there, or raise and say why it cannot be undone"
            yield rule.at(changed.span(context.source_of), f"this migration changes the schema, and {message}")


def _goes_back(members: tuple[Migration, ...]) -> bool:
    """Return whether most migrations of a line have a way back, beside one that has none.

    A function that does nothing is none: tools write it by themselves.
    """
    if members[0].tool is Tool.SCRIPT:
        return sum(one.backward is not None for one in members) > _SHARE * len(members)
    changing = [one for one in members if _changed(one) is not None]
    others = max(len(changing) - 1, 0)
    return not others or sum(one.refuses or bool(one.backward) for one in changing) > _SHARE * others


def _of_django(migration: Migration, context: ProjectContext) -> Found:
    for step in migration.forward:
        if step.operation.is_irreversible:
            name = f"`RunPython({step.operation.name})`" if step.operation.name else "this operation"
            yield rule.at(
                step.span(context.source_of),
                f"{name} has no reverse, so `migrate` cannot go back behind it: write one, or "
                "say with `noop` that nothing has to be undone",
            )


def _changed(migration: Migration) -> Step | None:
    """Return the first step that changes the schema, or None."""
    return next((step for step in migration.forward if step.kind in _CHANGING), None)
