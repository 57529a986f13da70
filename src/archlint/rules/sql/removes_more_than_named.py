"""ARC655: a statement removes more than it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir.migration import OperationKind
from archlint.project.migrations.asked import by_statement, thing
from archlint.rule import Rule

if TYPE_CHECKING:
    from archlint.project.context import ProjectContext
    from archlint.project.migrations.migration import Step
    from archlint.project.project import Project
    from archlint.rule import Found

rule = Rule("ARC655")

_DEPENDENT = {
    OperationKind.DROP_COLUMN: "the foreign keys that point at it and the views that show it",
    OperationKind.DROP_CONSTRAINT: "the foreign keys that rely on it",
    OperationKind.DROP_TABLE: "the foreign keys that point at it and the views that show it",
    OperationKind.EMPTY_TABLE: "all rows of the tables whose foreign keys point at it, and at those in turn",
}
_DEPENDENT_OF = {
    "aggregate": "the views that use it",
    "domain": "the columns of it, with their data",
    "extension": "the columns, indexes and functions that use it",
    "function": "the triggers, defaults and policies that call it",
    "materialized view": "the views that read it",
    "routine": "the triggers, defaults and policies that call it",
    "schema": "all that is in it, and what depends on that elsewhere",
    "sequence": "the defaults that take numbers from it",
    "type": "the columns of it, with their data",
    "view": "the views that read it",
}


@rule.project
def removing(project: Project, context: ProjectContext) -> Found:
    """Report what is dropped or emptied with all that depends on it, and databases that are dropped."""
    for migration in project.migrations.judged(context.roles):
        if not migration.is_postgres:
            continue
        found = (step for step in migration.forward if _more(step) and step.key not in migration.created)
        for step, more in by_statement(found):
            others = f", and {more} more like it," if more else ""
            yield rule.at(
                step.span(context.source_of),
                f"{_named(step)}{others} takes {_more(step)} along, whichever there are by then: name what has to go",
                confidence=migration.dialect.confidence,
            )


def _more(step: Step) -> str:
    """Return what goes beside the thing that a statement names, "" where nothing does or it is not known."""
    if step.operation.what == "database":
        return "all schemas and tables of it"
    if not step.operation.cascades:
        return ""
    return _DEPENDENT.get(step.kind, "") or _DEPENDENT_OF.get(step.operation.what, "")


def _named(step: Step) -> str:
    one = step.operation
    if step.kind is OperationKind.DROP_OTHER:
        name = f" `{one.name}`" if one.name else ""
        return f"dropping the {one.what}{name}{' CASCADE' if one.cascades else ''}"
    if step.kind is OperationKind.DROP_CONSTRAINT:
        return f"dropping the constraint `{one.name}` CASCADE"
    verb = "emptying" if step.kind is OperationKind.EMPTY_TABLE else "dropping"
    return f"{verb} {thing(step)} CASCADE"
