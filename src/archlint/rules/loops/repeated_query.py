"""ARC108: one function sends the same query twice."""

from __future__ import annotations

from archlint.ir.render import render
from archlint.project.context import ProjectContext
from archlint.project.project import Project
from archlint.project.repeats import repeats
from archlint.project.views.flows import Entries
from archlint.rule import Found, Rule

rule = Rule("ARC108")


@rule.project
def repeated_query(project: Project, ctx: ProjectContext) -> Found:
    """Report each query whose answer an earlier line of the function has got already."""
    names = [verbs.terminal_reads for verbs in project.knowledge.tables.orms]
    entries = Entries(project, ctx)
    for place in project.units(ctx.roles, attributes=frozenset[str]().union(*names), near_database=True):
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
