"""ARC101: a query runs once per turn of a loop."""

from __future__ import annotations

from functools import partial

from archlint.ir.module import Flag
from archlint.project.context import ProjectContext
from archlint.project.flow import CallSite
from archlint.project.project import Project, UnitPlace
from archlint.project.turns import model_of_rows, shown
from archlint.project.views.at_once import repeated_sql
from archlint.project.views.flows import Entries, asked_steps
from archlint.rule import Found, Rule, Units

rule = Rule("ARC101")


@rule.units
def query_in_loop(project: Project, ctx: ProjectContext) -> Units:
    """Report each query whose number grows with the data that a loop runs over."""
    look = partial(_queries, project, ctx, Entries(project, ctx))
    return Units(look, flags=Flag.LOOP, attributes=project.in_loops.attributes, modules=project.near_database)


def _queries(project: Project, ctx: ProjectContext, entries: Entries, place: UnitPlace) -> Found:
    for asked in project.in_loops.asked(place):
        if asked.is_write or asked.call.defeats or entries.are_turns_told(asked):
            continue
        route = entries.before_unit(place)
        sql = repeated_sql(project, asked.at) if isinstance(asked.at, CallSite) else None
        asks, way = (sql.asks, sql.way) if sql is not None else (asked.call.effect, "")
        over = f" over `{shown(asked.loop)}`" if shown(asked.loop) else ""
        yield rule.at(
            ctx.span(place.module, place.unit.start, asked.node),
            f"`{asked.text}` {asks} once per turn of the loop{over}{way}",
            confidence=asked.call.confidence,
            related=ctx.defined(asked.call.definition),
            flow=(*route, *asked_steps(ctx, asked)),
            scope=place.scope,
            anchor=asked.text,
            in_request=bool(route),
            tables=project.schema.names_of(model_of_rows(asked.loop) or asked.call.table),
        )
