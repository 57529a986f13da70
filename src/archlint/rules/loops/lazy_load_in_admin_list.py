"""ARC111: a column of a list of Django's admin loads a relation, or queries, once per row."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.diagnostic import Confidence, Related
from archlint.project.context import ProjectContext
from archlint.project.effects.effect import EffectKind, Step
from archlint.project.project import Project
from archlint.project.serializers.admin import AdminList, AdminLists
from archlint.project.serializers.columns import ColumnLoad, Columns
from archlint.project.views.flows import span_of, steps
from archlint.project.views.relations import declared
from archlint.project.views.row_loads import done_per_row
from archlint.rule import Found, Rule

rule = Rule("ARC111")


@rule.project
def lazy_load_in_admin_list(project: Project, ctx: ProjectContext) -> Found:
    """Report each column of an admin that asks the database for each row of its list."""
    if "django" not in project.imported_roots:
        return
    columns = Columns(project)
    seen: set[tuple[Step, str]] = set()
    for admin in AdminLists(project).found(ctx.roles):
        for one in columns.of(admin):
            if one.step.module.role not in ctx.roles or (one.step, one.what) in seen:
                continue
            seen.add((one.step, one.what))
            yield rule.at(
                span_of(ctx, one.step),
                _message(admin, one),
                confidence=Confidence.MEDIUM if one.load.via else Confidence.HIGH,
                related=(*declared(ctx, one.load.relation), *_said(ctx, admin)),
                flow=tuple(_chain(project, ctx, admin, one)),
                scope=one.function.local_name if one.function is not None else admin.admin.row.name,
                anchor=f"{one.column.name}:{one.what}",
            )


def _message(admin: AdminList, one: ColumnLoad) -> str:
    name = admin.admin.row.name.rpartition(".")[2]
    return done_per_row(f"column `{one.column.name}` of `{name}`", one.load, admin.row.name)


def _chain(project: Project, ctx: ProjectContext, admin: AdminList, one: ColumnLoad) -> Iterator[Related]:
    """Yield the admin, its column and what is asked."""
    yield from (Related(place.span, "shows a list of rows") for place in ctx.defined(admin.admin))
    yield Related(ctx.region(one.column.mention), "the column is shown for each row")
    if one.function is not None and one.reached is not None:
        yield from steps(project, ctx, one.function, one.reached)
    else:
        verb = "loads" if one.load.effect.kind is EffectKind.LAZY_LOAD else "queries"
        yield Related(span_of(ctx, one.step), f"each row {verb} `{'.'.join(one.load.path)}`")


def _said(ctx: ProjectContext, admin: AdminList) -> Iterator[Related]:
    if admin.says is not None:
        yield Related(ctx.region(admin.says), "this is loaded with the rows")
