"""ARC104: rows that were prefetched are asked for again, once per row."""

from __future__ import annotations

from functools import partial

from archlint.diagnostic import Related
from archlint.ir import nodes as ir
from archlint.ir.module import Flag
from archlint.project.context import ProjectContext
from archlint.project.flow import call_sites
from archlint.project.inference import eager
from archlint.project.project import Project, UnitPlace
from archlint.project.tree import expressions_in
from archlint.project.turns import model_of_rows, shown
from archlint.project.turns.asked import Asked
from archlint.project.views.flows import Entries, asked_steps
from archlint.rule import Found, Rule, Units

_PREFETCHES = frozenset({"prefetch_related", "prefetch_related_objects"})

rule = Rule("ARC104")


@rule.units
def defeated_prefetch(project: Project, ctx: ProjectContext) -> Units:
    """Report each query in a loop that leaves aside the rows that a prefetch has loaded."""
    look = partial(_queries, project, ctx, Entries(project, ctx))
    return Units(look, flags=Flag.LOOP, attributes=project.in_loops.attributes, modules=project.near_database)


def _queries(project: Project, ctx: ProjectContext, entries: Entries, place: UnitPlace) -> Found:
    for asked in project.in_loops.asked(place):
        if not asked.call.defeats:
            continue
        route = entries.before_unit(place)
        over = f" over `{shown(asked.loop)}`" if shown(asked.loop) else ""
        yield rule.at(
            ctx.span(place.module, place.unit.start, asked.node),
            f"`{asked.text}` {asked.call.effect} once per turn of the loop{over}, though its rows were prefetched",
            confidence=asked.call.confidence,
            related=(*_prefetched(project, ctx, asked), *ctx.defined(asked.call.definition)),
            flow=(*route, *asked_steps(ctx, asked)),
            scope=place.scope,
            anchor=asked.text,
            in_request=bool(route),
            tables=project.schema.names_of(model_of_rows(asked.loop) or asked.call.table),
        )


def _prefetched(project: Project, ctx: ProjectContext, asked: Asked) -> tuple[Related, ...]:
    """Return the place in the same function where the rows are prefetched, where one can be told."""
    names = {one.name for one in expressions_in(asked.node) if isinstance(one, ir.Attribute)}
    found = [
        (node, any(path.rpartition(".")[2] in names for path in eager.paths_of((node,))[0]))
        for site in call_sites(project, asked.place, _PREFETCHES)
        for node in site.call.args
    ]
    chosen = [node for node, is_named in found if is_named] or [node for node, _ in found if len(found) == 1]
    module, offset = asked.place.module, asked.place.unit.start
    return tuple(ctx.related(module, offset, node, "the rows are prefetched here") for node in chosen[:1])
