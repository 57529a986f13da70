"""ARC642: a required column is added without a default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir.migration import Column, Default, OperationKind
from archlint.project.migrations.asked import steps, thing, wording
from archlint.project.migrations.migration import Tool
from archlint.rule import Rule

if TYPE_CHECKING:
    from archlint.project.context import ProjectContext
    from archlint.project.migrations.migration import Migration, Step
    from archlint.project.project import Project
    from archlint.rule import Found

rule = Rule("ARC642")

_FILLING = frozenset({"mysql"})
"""These fill the column with a value of their own."""


@rule.project
def required_column(project: Project, context: ProjectContext) -> Found:
    """Report a NOT NULL column that no row has a value for, neither those there nor those that running code writes."""
    for migration, step in steps(project, context, {OperationKind.ADD_COLUMN}, on_postgres=False):
        if migration.dialect.name in _FILLING or not any(_is_required(one) for one in step.operation.definitions):
            continue
        if migration.tool is Tool.DJANGO and _has_default_later(migration, step):
            continue
        effect = wording(
            migration,
            django="has no default in the database: rows that the running code inserts without it are refused",
            alembic="has no default: the migration fails where there are rows, and the running code cannot insert any",
            sql="has no default: the statement fails where there are rows, and the running code cannot insert any",
        )
        way = wording(
            migration,
            django="give it a `db_default`, or add it with `null=True` and require it once all code writes it",
            alembic="give it a `server_default`, or add it nullable, fill it, and require it in a later migration",
            sql="give it a DEFAULT, or add it nullable, fill it, and require it in a later migration",
        )
        yield rule.at(step.span(context.source_of), f"{thing(step)} is required and {effect}; {way}")


def _is_required(column: Column) -> bool:
    return column.nullable is False and column.default is Default.NONE


def _has_default_later(migration: Migration, step: Step) -> bool:
    """Return whether the migration gives a new column a default of the database; till then Django fills it."""
    later = (one for one in migration.forward if one.kind is OperationKind.SET_DEFAULT and one.key == step.key)
    return any(name in step.operation.columns for one in later for name in one.operation.columns)
