"""ARC108: one function sends the same query twice."""

from __future__ import annotations

from functools import partial

from archlint.ir.render import render
from archlint.project.context import ProjectContext
from archlint.project.project import Project, UnitPlace
from archlint.project.repeats import repeats
from archlint.project.views.flows import Entries
from archlint.rule import Found, Rule, Units

rule = Rule("ARC108")


@rule.units
def repeated_query(project: Project, ctx: ProjectContext) -> Units:
    """Report each query whose answer an earlier line of the function has got already."""
    reads = frozenset[str]().union(*[verbs.terminal_reads for verbs in project.knowledge.tables.orms])
    look = partial(_repeats, project, ctx, Entries(project, ctx))
    return Units(look, attributes=reads, modules=project.near_database)


def _repeats(project: Project, ctx: ProjectContext, entries: Entries, place: UnitPlace) -> Found:
    for one in repeats(project, place):
        again, first = one.again, one.first
        route = entries.before_unit(place)
        yield rule.at(
            ctx.span(again.module, again.offset, again.call),
            f"`{render(again.call.func)}` sends a query for `{one.call.model}` again whose answer is known already",
            related=(ctx.related(first.module, first.offset, first.call, "the same query is sent here"),),
            flow=route,
            scope=place.scope,
            anchor=render(again.call.func),
            in_request=bool(route),
        )
