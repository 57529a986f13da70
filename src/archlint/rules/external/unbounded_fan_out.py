"""ARC431: as many calls are started at once as there are rows."""

from __future__ import annotations

from functools import partial

from archlint.diagnostic import Confidence, Diagnostic, Related
from archlint.ir.module import Flag
from archlint.project.context import ProjectContext
from archlint.project.peers.fan_out import FanOut, fan_outs, may_fan_out
from archlint.project.peers.remote import is_remote
from archlint.project.project import Project, UnitPlace
from archlint.project.views.flows import Entries, called_steps, name_of, over, span_of, text_of
from archlint.rule import Found, Rule, Units

rule = Rule("ARC431")


@rule.units
def unbounded_fan_out(project: Project, ctx: ProjectContext) -> Units:
    """Report calls of other parties and of the database that are started for all rows at once."""
    return Units(partial(_starts, project, ctx, Entries(project, ctx)), flags=Flag.FUNCTION)


def _starts(project: Project, ctx: ProjectContext, entries: Entries, place: UnitPlace) -> Found:
    for function in project.functions_at(place) if may_fan_out(place.unit) else ():
        seen: set[int] = set()
        for found in fan_outs(project, function):
            if found.step.start not in seen:
                seen.add(found.step.start)
                yield _reported(project, ctx, entries, place, found)


def _reported(project: Project, ctx: ProjectContext, entries: Entries, place: UnitPlace, found: FanOut) -> Diagnostic:
    reached, turns = found.reached, found.turns
    route = entries.before(found.function)
    loop = Related(span_of(ctx, turns.step), f"the loop runs{over(turns)}")
    begins = () if found.begun is None else (Related(span_of(ctx, found.step), f"starts `{name_of(found.begun)}`"),)
    called = called_steps(project, ctx, found.begun or found.function, reached, "this is done at the same time")
    return rule.at(
        span_of(ctx, found.step),
        _message(project, ctx, found),
        confidence=Confidence.MEDIUM if turns.rows or entries.served(found.function) else Confidence.LOW,
        flow=(*route, loop, *begins, *called),
        scope=place.scope,
        anchor=_called(ctx, found),
        in_request=bool(route),
    )


def _called(ctx: ProjectContext, found: FanOut) -> str:
    if found.begun is not None:
        return name_of(found.begun)
    via = found.reached.via
    return name_of(via.function) if via is not None else text_of(ctx, found.step).partition("(")[0]


def _message(project: Project, ctx: ProjectContext, found: FanOut) -> str:
    effect = found.reached.effect
    is_away = is_remote(project, effect)
    what = f"requests of `{effect.target}`" if is_away else "queries"
    end = "the other party meets all of them" if is_away else "each takes a connection of the pool"
    end = end if found.begun is None or is_away else "each takes a connection of its own"
    rows = over(found.turns).replace(" over", " of")
    return (
        f"`{found.starter}` starts `{_called(ctx, found)}` for all{rows} at once: "
        f"as many {what} at the same time as there are, and {end}"
    )
