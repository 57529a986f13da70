"""ARC424: a retry runs another one in each of its attempts."""

from __future__ import annotations

from functools import partial

from archlint.diagnostic import Confidence, Diagnostic, Related
from archlint.project.context import ProjectContext
from archlint.project.project import Project, UnitPlace
from archlint.project.retries.nested import Inner, nested
from archlint.project.retries.retried import Retried, retries, retry_names
from archlint.project.symbols import FunctionDefinition
from archlint.project.views.flows import Entries, name_of, span_of
from archlint.rule import Found, Rule, Units

rule = Rule("ARC424")


@rule.units
def nested_retries(project: Project, ctx: ProjectContext) -> Units:
    """Report retries around what tries again itself."""
    return Units(partial(_nestings, project, ctx, Entries(project, ctx), retry_names(project)))


def _nestings(project: Project, ctx: ProjectContext, entries: Entries, used: frozenset[str], place: UnitPlace) -> Found:
    for found in retries(project, place, used):
        inner = nested(project, found)
        if inner is not None and found.function is not None:
            yield _reported(ctx, entries, place, (found, found.function, inner))


def _reported(
    ctx: ProjectContext, entries: Entries, place: UnitPlace, nesting: tuple[Retried, FunctionDefinition, Inner]
) -> Diagnostic:
    found, function, inner = nesting
    route = entries.before(function)
    calls = [Related(span_of(ctx, step), f"calls `{name_of(called)}`") for step, called in inner.way]
    again = Related(span_of(ctx, inner.step), f"`{inner.name}` tries again")
    return rule.at(
        span_of(ctx, found.step),
        _message(found, function, inner),
        confidence=Confidence.HIGH if found.policy.attempts and inner.attempts else Confidence.MEDIUM,
        related=(again,),
        flow=(*route, *calls, again),
        scope=place.scope,
        anchor=found.policy.name,
        in_request=bool(route),
    )


def _message(found: Retried, function: FunctionDefinition, inner: Inner) -> str:
    outer, name = found.policy, found.policy.name
    what = f"`{name}` tries `{name_of(function)}` again"
    off = f"; `{inner.parameter}=0` leaves one of the two" if inner.parameter else ""
    if outer.attempts and inner.attempts:
        product = outer.attempts * inner.attempts
        times = f"{outer.attempts} x {inner.attempts} = {product} attempts while the peer is down"
        return f"{what}, and in each attempt `{inner.name}` does so itself: {times}{off}"
    return f"{what}, and in each attempt `{inner.name}` does so itself: the attempts multiply{off}"
