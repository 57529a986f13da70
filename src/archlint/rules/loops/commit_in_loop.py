"""ARC107: a loop commits in each turn."""

from __future__ import annotations

from functools import partial

from archlint.diagnostic import Confidence, Related
from archlint.ir.module import Flag
from archlint.ir.render import render
from archlint.project.context import ProjectContext
from archlint.project.effects.effect import EffectKind
from archlint.project.project import Project, UnitPlace
from archlint.project.turns import model_of_rows, shown
from archlint.project.turns.committed import Committed, committed
from archlint.project.views.flows import Entries
from archlint.rule import Found, Rule, Units

_OUTSIDE = frozenset({EffectKind.EXTERNAL, EffectKind.ENQUEUE})

rule = Rule("ARC107")


@rule.units
def commit_in_loop(project: Project, ctx: ProjectContext) -> Units:
    """Report each commit that a loop over rows makes once per turn."""
    look = partial(_commits, project, ctx, Entries(project, ctx))
    return Units(look, flags=Flag.LOOP, attributes=project.in_loops.attributes, modules=project.near_database)


def _commits(project: Project, ctx: ProjectContext, entries: Entries, place: UnitPlace) -> Found:
    for one in committed(project, place):
        site = one.site
        route = entries.before_unit(place)
        yield rule.at(
            ctx.span(site.module, site.offset, site.call),
            _message(one),
            confidence=Confidence.LOW if _reaches_outside(project, place, one) else Confidence.MEDIUM,
            flow=(*route, *_steps(ctx, one)),
            scope=place.scope,
            anchor=render(site.call.func),
            in_request=bool(route),
            tables=project.schema.names_of(model_of_rows(one.loop)),
        )


def _reaches_outside(project: Project, place: UnitPlace, found: Committed) -> bool:
    """Return whether a turn tells another system something, which must then not be forgotten."""
    function = project.function_at(place)
    node = found.loop.node
    for reached in project.effects.summary(function).ways if function is not None else ():
        is_inside = node.start <= reached.step.start < node.end
        if is_inside and reached.effect.kind in _OUTSIDE:
            return True
    return False


def _message(found: Committed) -> str:
    over = f" over `{shown(found.loop)}`" if shown(found.loop) else ""
    anew = " and lets its rows be loaded anew" if found.is_session else ""
    what = f"`{render(found.site.call.func)}` waits for the disk{anew} once per turn of the loop{over}"
    return f"{what}; consider one commit behind the loop, or one for some hundred rows"


def _steps(ctx: ProjectContext, found: Committed) -> tuple[Related, ...]:
    site, loop = found.site, found.loop
    around = f"the loop runs over `{shown(loop)}`" if shown(loop) else "the loop"
    return (
        ctx.related(site.module, site.offset, loop.iterable or loop.node, around),
        ctx.related(site.module, site.offset, site.call, "each turn commits"),
    )
