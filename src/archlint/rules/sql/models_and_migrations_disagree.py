"""ARC629: models have what no migration makes, or lack what their migrations still have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.project.tables.migrated_models import Disagreement, disagreements, unrevised
from archlint.rule import Rule

if TYPE_CHECKING:
    from archlint.project.context import ProjectContext
    from archlint.project.project import Project
    from archlint.rule import Found

rule = Rule("ARC629")


@rule.project
def disagree(project: Project, ctx: ProjectContext) -> Found:
    """Report what `makemigrations` would add or remove; a field that several models inherit once."""
    for one in disagreements(project, ctx.roles):
        model = one.models[0]
        span = one.place.span(ctx.source_of) if one.place is not None else ctx.defined(model.definition)[0].span
        yield rule.at(
            span,
            f"{_told(one)}: run `python manage.py makemigrations {model.app_label}`",
            scope=model.name,
            anchor=f"{model.name}.{one.name}",
            tables=project.schema.names_of(model.table),
        )


@rule.project
def unmade(project: Project, ctx: ProjectContext) -> Found:
    """Report columns that `alembic revision --autogenerate` would add."""
    for one in unrevised(project, ctx):
        if one.field.place is not None:
            yield rule.at(
                one.field.place.span(ctx.source_of),
                f"no revision of Alembic makes the column {one.label}: run `alembic revision --autogenerate`",
                scope=one.declared.name,
                anchor=f"{one.declared.name}.{one.field.column}",
                tables=one.names,
            )


def _told(one: Disagreement) -> str:
    name, app = one.models[0].definition.row.name, one.models[0].app_label
    more = len(one.models) - 1
    if not one.name:
        return f"no migration of `{app}` makes the model `{name}`"
    if one.place is None:
        return f"the migrations of `{app}` still have the field `{name}.{one.name}`, and the model has not"
    also = f" (and in {more} more {'model' if more == 1 else 'models'})" if more else ""
    return f"no migration of `{app}` makes the field `{name}.{one.name}`{also}"
