"""ARC209: the client chooses both ends of a range, and all rows between them come."""

from __future__ import annotations

from functools import partial

from archlint.diagnostic import Confidence
from archlint.ir.module import Flag
from archlint.ir.render import render
from archlint.project.bounds.fetches import fetches, fetching_names
from archlint.project.bounds.ranges import Ranges
from archlint.project.bounds.remaining import Extent, columns, extent
from archlint.project.context import ProjectContext
from archlint.project.project import Project, UnitPlace
from archlint.project.values import FROM, TO
from archlint.project.views.flows import Entries
from archlint.rule import Found, Rule, Units

rule = Rule("ARC209")


@rule.units
def unbounded_range(project: Project, ctx: ProjectContext) -> Units:
    """Report queries without a limit over a range whose two ends a client gives."""
    look = partial(_fetched, project, ctx, Entries(project, ctx), Ranges(project))
    return Units(look, flags=Flag.FUNCTION, attributes=fetching_names(project), modules=project.near_database)


def _fetched(project: Project, ctx: ProjectContext, entries: Entries, ranges: Ranges, place: UnitPlace) -> Found:
    function = project.function_at(place)
    if function is None:
        return
    for fetch in fetches(project, place):
        is_chosen = extent(project, fetch.query) is Extent.RANGE and ranges.client_gives(function)
        way = entries.before(function) if is_chosen else ()
        if not way:
            continue
        model = fetch.query.model.rpartition(".")[2]
        ends = sorted(set(columns(fetch.query, FROM)) & set(columns(fetch.query, TO)))
        what = f"every `{model}` in the range of `{ends[0]}` that the client chooses"
        step = ctx.related(place.module, place.unit.start, fetch.node, f"{what} is fetched")
        yield rule.at(
            ctx.span(place.module, place.unit.start, fetch.node),
            f"`{entries.label(function)}` fetches {what}: `{render(fetch.node)}` has no limit",
            confidence=Confidence.MEDIUM,
            related=ctx.defined(fetch.query.definition),
            flow=(*way, step),
            scope=place.scope,
            anchor=f"{model}:{render(fetch.node)}",
            in_request=True,
            tables=project.schema.names_of(fetch.query.model),
        )
