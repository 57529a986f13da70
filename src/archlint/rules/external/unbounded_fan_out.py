"""ARC431: as many calls are started at once as there are rows."""

from __future__ import annotations

from archlint.diagnostic import Confidence, Diagnostic, Related
from archlint.ir.module import Flag
from archlint.project.context import ProjectContext
from archlint.project.peers.fan_out import FanOut, fan_outs, may_fan_out
from archlint.project.peers.remote import is_remote
from archlint.project.project import Project, UnitPlace
from archlint.project.views.flows import Entries, called_steps, name_of, over, span_of, text_of
from archlint.rule import Found, Rule

rule = Rule("ARC431")


@rule.project
def unbounded_fan_out(project: Project, ctx: ProjectContext) -> Found:
    """Report calls of other parties and of the database that are started for all rows at once."""
    entries = Entries(project, ctx)
    for place in project.units(ctx.roles, flags=Flag.FUNCTION):
        if may_fan_out(place.unit):
            for function in project.functions_at(place):
                seen: set[int] = set()
                for found in fan_outs(project, function):
                    if found.reached.step.start not in seen:
                        seen.add(found.reached.step.start)
                        yield _reported(project, ctx, entries, place, found)


def _reported(project: Project, ctx: ProjectContext, entries: Entries, place: UnitPlace, found: FanOut) -> Diagnostic:
    reached, turns = found.reached, found.turns
    route = entries.before(found.function)
    is_away = is_remote(project, reached.effect)
    called = name_of(reached.via.function) if reached.via is not None else text_of(ctx, reached.step).partition("(")[0]
    what = f"requests of `{reached.effect.target}`" if is_away else "queries"
    end = "the other party meets all of them" if is_away else "each takes a connection of the pool"
    loop = Related(span_of(ctx, turns.step), f"the loop runs{over(turns)}")
    return rule.at(
        span_of(ctx, reached.step),
        f"`{found.starter}` starts `{called}` for all{over(turns).replace(' over', ' of')} at once: "
        f"as many {what} at the same time as there are, and {end}",
        confidence=Confidence.MEDIUM if turns.rows or entries.served(found.function) else Confidence.LOW,
        flow=(*route, loop, *called_steps(project, ctx, found.function, reached, "this is done at the same time")),
        scope=place.scope,
        anchor=called,
        in_request=bool(route),
    )
