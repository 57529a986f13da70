"""ARC106: rows are written one by one in a loop."""

from __future__ import annotations

from functools import partial

from archlint.diagnostic import Confidence, Related
from archlint.ir.module import Flag
from archlint.project.bulk import Bulk, Bulks
from archlint.project.context import ProjectContext
from archlint.project.project import Project, UnitPlace
from archlint.project.turns import model_of_rows, shown
from archlint.project.turns.asked import Asked
from archlint.project.views.flows import Entries, asked_steps
from archlint.rule import Found, Rule, Units

rule = Rule("ARC106")


@rule.units
def write_in_loop(project: Project, ctx: ProjectContext) -> Units:
    """Report each write whose number grows with the data that a loop runs over."""
    look = partial(_writes, project, ctx, Bulks(project), Entries(project, ctx))
    return Units(look, flags=Flag.LOOP, attributes=project.in_loops.attributes, modules=project.near_database)


def _writes(project: Project, ctx: ProjectContext, bulks: Bulks, entries: Entries, place: UnitPlace) -> Found:
    for asked in project.in_loops.asked(place):
        if not asked.is_write or entries.are_turns_told(asked):
            continue
        bulk = bulks.of(asked)
        skips = bulk is not None and (bulk.method is not None or bulk.receivers)
        route = entries.before_unit(place)
        yield rule.at(
            ctx.span(place.module, place.unit.start, asked.node),
            _message(asked, bulk),
            confidence=Confidence.MEDIUM if skips else asked.call.confidence,
            related=(*ctx.defined(asked.call.definition), *_skipped(ctx, bulk)),
            flow=(*route, *asked_steps(ctx, asked)),
            scope=place.scope,
            anchor=asked.text,
            in_request=bool(route),
            tables=project.schema.names_of(model_of_rows(asked.loop) or asked.call.table),
        )


def _message(asked: Asked, bulk: Bulk | None) -> str:
    over = f" over `{shown(asked.loop)}`" if shown(asked.loop) else ""
    what = f"`{asked.text}` {asked.call.effect} once per turn of the loop{over}"
    if bulk is None:
        return what
    left_out = [] if bulk.method is None else [f"`{_named(bulk)}`"]
    left_out += [f"the receivers of `{signal}`" for signal in sorted({one.signal for one in bulk.receivers})]
    without = f" without {' and '.join(left_out)}" if left_out else ""
    return f"{what}; {bulk.way} writes them at once{without}"


def _named(bulk: Bulk) -> str:
    row = bulk.method.row if bulk.method is not None else None
    return f"{row.owner.rpartition('.')[2]}.{row.name}" if row is not None else ""


def _skipped(ctx: ProjectContext, bulk: Bulk | None) -> tuple[Related, ...]:
    """Return the places of what runs for each row today, and would not any more."""
    found: list[Related] = []
    if bulk is not None and bulk.method is not None:
        found.append(Related(ctx.head_of(bulk.method), f"`{_named(bulk)}` is run for each row"))
    for one in bulk.receivers if bulk is not None else ():
        span = ctx.region(one)
        found.append(Related(span, f"`{one.name}` receives `{one.signal}`"))
    return tuple(found)
