"""ARC103: a function that queries or writes is called once per turn of a loop."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from msgspec.structs import replace

from archlint.diagnostic import Confidence, Related
from archlint.ir.module import Flag
from archlint.project.context import ProjectContext
from archlint.project.effects.effect import Edge, EffectKind, Reached
from archlint.project.project import Project, UnitPlace
from archlint.project.symbols import FunctionDefinition
from archlint.project.views.at_once import RepeatedSql, reached_sql
from archlint.project.views.flows import Entries, counted, name_of, over, span_of, steps, text_of
from archlint.rule import Found, Rule, Units

_ASKING = frozenset({EffectKind.QUERY, EffectKind.WRITE})

rule = Rule("ARC103")


@rule.units
def query_in_loop_through_call(project: Project, ctx: ProjectContext) -> Units:
    """Report each call in a loop that leads to the database, any number of calls away."""
    look = partial(_queries, project, ctx, Entries(project, ctx))
    return Units(look, flags=Flag.LOOP, modules=project.near_database)


def _queries(project: Project, ctx: ProjectContext, entries: Entries, place: UnitPlace) -> Found:
    for function in project.functions_at(place):
        for reached, route, calls in _asked(project, entries, function):
            called = _called(reached) or text_of(ctx, reached.step).partition("(")[0]
            yield rule.at(
                span_of(ctx, reached.step),
                _message(called, reached, _sql(project, function, reached)),
                confidence=_sureness(project, reached),
                flow=(*route, *calls, *steps(project, ctx, function, reached)),
                scope=place.scope,
                anchor=called,
                in_request=bool(route),
                tables=project.schema.names_of(counted(reached)),
            )


def _asked(
    project: Project, entries: Entries, function: FunctionDefinition
) -> Iterator[tuple[Reached, tuple[Related, ...], tuple[Related, ...]]]:
    """Yield what the loops of a function ask through its calls, or of what callers give it, with the chain to it."""
    for reached in _asked_in_loops(project, function):
        if not entries.is_told_by_callers(function, reached):
            yield reached, entries.before(function, reached), ()
    for given in entries.with_given(function):
        is_sure = given.reached.confidence is not Confidence.LOW  # else the rows may be here already
        if given.reached.effect.kind in _ASKING and is_sure and not given.reached.is_cached:
            yield given.reached, given.route, (given.call,)


def _asked_in_loops(project: Project, function: FunctionDefinition) -> Iterator[Reached]:
    """Yield what the calls in the loops of a function ask; calls that reach the database themselves are ARC101's."""
    body = project.effects.body(function)
    themselves = {one.step for one in body.effects if one.effect.kind in _ASKING}
    for edge in body.edges:
        reached = _nearest(project, edge) if edge.step not in themselves else None
        if reached is not None:
            yield reached


def _nearest(project: Project, edge: Edge) -> Reached | None:
    """Return the nearest thing that a call in a loop asks of the database, or None."""
    if edge.turns is None:
        return None
    found = [one for one in project.effects.through(edge) if _counts(edge, one)]
    nearest = min(found, key=lambda one: (bool(one.inner), not one.effect.target, one.rank), default=None)
    if nearest is None:
        return None
    # Whichever of several methods is called, each asks.
    asking = {one.used.target if one.used is not None else one.via for one in found}
    is_sure = len(edge.targets) > 1 and asking.issuperset(edge.targets)
    return replace(nearest, turns=edge.turns, confidence=Confidence.HIGH if is_sure else nearest.confidence)


def _counts(edge: Edge, reached: Reached) -> bool:
    """Return whether each turn asks anew: nothing remembers the answer, and it depends on the turn."""
    if not reached.loops_here or reached.is_cached or reached.is_once or not edge.settles(reached.inner):
        return False
    is_alike = edge.turns is not None and edge.turns.is_alike
    return reached.effect.kind is EffectKind.WRITE or (reached.effect.kind is EffectKind.QUERY and not is_alike)


def _sureness(project: Project, reached: Reached) -> Confidence:
    """Return low where the query depends on what the callee is given, or where each turn waits for another system."""
    if reached.confidence is not Confidence.HIGH or reached.inner:
        return Confidence.LOW
    if reached.via is None:
        return Confidence.MEDIUM
    does = project.effects.summary(reached.via.function, reached.via.receiver).effects
    return Confidence.LOW if any(one.effect.kind is EffectKind.EXTERNAL for one in does) else Confidence.MEDIUM


def _sql(project: Project, function: FunctionDefinition, reached: Reached) -> RepeatedSql | None:
    return reached_sql(project, function, reached) if reached.effect.kind is EffectKind.QUERY else None


def _message(called: str, reached: Reached, sql: RepeatedSql | None) -> str:
    verb = "writes" if reached.effect.kind is EffectKind.WRITE else "queries"
    model = reached.effect.target.rpartition(".")[2]
    what = f"`{model}`" if model else "the database"
    around = over(reached.turns) if reached.turns is not None else ""
    asks, way = (sql.asks, sql.way) if sql is not None else (f"{verb} {what}", "")
    return f"`{called}` {asks} once per turn of the loop{around}{way}"


def _called(reached: Reached) -> str:
    return name_of(reached.via.function) if reached.via is not None else ""
