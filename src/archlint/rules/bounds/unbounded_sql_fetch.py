"""ARC207: an endpoint fetches all rows of an SQL statement that nothing limits."""

from __future__ import annotations

from functools import partial

from archlint.diagnostic import Confidence, Diagnostic, Related
from archlint.ir.render import render
from archlint.project.bounds.sql_fetches import fetches_all, gives_many
from archlint.project.context import ProjectContext
from archlint.project.effects.callers import innermost
from archlint.project.extent.growth import is_reference_name
from archlint.project.flow import CallSite
from archlint.project.project import Project, UnitPlace
from archlint.project.sql.sql import statements_of
from archlint.project.sql.statement import Statement
from archlint.project.views.flows import Entries
from archlint.rule import Found, Rule, Units

Way = tuple[Related, ...]

rule = Rule("ARC207")


@rule.units
def unbounded_sql_fetch(project: Project, ctx: ProjectContext) -> Units:
    """Report SQL without a limit whose rows a request handler, or a function behind one, fetches."""
    return Units(partial(_fetched, project, ctx, Entries(project, ctx)))


def _fetched(project: Project, ctx: ProjectContext, entries: Entries, place: UnitPlace) -> Found:
    seen: set[int] = set()
    for site, statement in statements_of(project, place):
        if site.call.start in seen:
            continue
        if not gives_many(statement) or not fetches_all(site) or _is_reference(project, statement):
            continue
        function = innermost(project, place, site.call.start)
        way = entries.before(function) if function is not None else ()
        if way and function is not None:
            seen.add(site.call.start)
            yield _reported(ctx, site, statement, way, entries.label(function))


def _is_reference(project: Project, statement: Statement) -> bool:
    table = project.schema.table(statement.table)
    models = table.models if table is not None else ()
    return is_reference_name(statement.table) or any(project.growth.is_reference(one) for one in models)


def _reported(ctx: ProjectContext, site: CallSite, statement: Statement, way: Way, label: str) -> Diagnostic:
    owners = "`, `".join(dict.fromkeys(statement.fixed_names))
    what = f"every row of `{statement.table}`" + (f" with one `{owners}`" if owners else "")
    step = ctx.related(site.module, site.offset, site.call, f"{what} is fetched")
    return rule.at(
        ctx.span(site.module, site.offset, site.call),
        f"`{label}` fetches {what}: the SQL of `{render(site.call)}` has no limit",
        confidence=Confidence.LOW if statement.has_where else Confidence.MEDIUM,
        related=(Related(statement.span(ctx.source_of), "this is sent"),),
        flow=(*way, step),
        scope=site.place.scope,
        anchor=f"{statement.table}:{render(site.call)}",
        in_request=True,
    )
