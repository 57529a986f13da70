"""ARC421: a peer that fails is asked again at once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from archlint.diagnostic import Confidence, Diagnostic, Related
from archlint.knowledge.external_rows import Retries
from archlint.project.context import ProjectContext
from archlint.project.project import Project, UnitPlace
from archlint.project.retries.attempts import attempts, lets_time_pass
from archlint.project.retries.policy import Pause
from archlint.project.retries.retried import Retried, reached_again, retries, retry_names
from archlint.project.views.flows import Entries, called_steps, name_of, span_of
from archlint.rule import Found, Rule, Units

_ONCE_MORE = 2
"""Attempts that may follow each other at once: a connection that was closed meanwhile is opened anew."""

rule = Rule("ARC421")


@rule.units
def retry_without_backoff(project: Project, ctx: ProjectContext) -> Units:
    """Report retries of calls of another party that leave no time between two attempts."""
    return Units(partial(_retries, project, ctx, Entries(project, ctx), retry_names(project)))


def _retries(project: Project, ctx: ProjectContext, entries: Entries, used: frozenset[str], place: UnitPlace) -> Found:
    for found in retries(project, place, used):
        policy = found.policy
        if policy.pause is Pause.NONE and (policy.attempts is None or policy.attempts > _ONCE_MORE):
            yield from _declared(project, ctx, entries, place, found)
    yield from _by_hand(project, ctx, entries, place)


def _declared(
    project: Project, ctx: ProjectContext, entries: Entries, place: UnitPlace, found: Retried
) -> Iterator[Diagnostic]:
    function, policy = found.function, found.policy
    reached = next((one for one, _ in reached_again(project, found)), None)
    is_transport = policy.row.kind is Retries.TRANSPORT
    if not is_transport and (function is None or reached is None):
        return
    if function is not None and reached is not None:
        hops = project.effects.chain(function, reached)
        if any(lets_time_pass(project, hop.function) for hop in hops):
            return
    route = entries.before(function) if function is not None else ()
    steps: tuple[Related, ...] = ()
    if function is not None and reached is not None:
        steps = called_steps(project, ctx, function, reached, "this is asked again at once")
    what = "requests" if reached is None else f"`{reached.effect.target}`"
    via = f" through `{name_of(function)}`" if function is not None and reached is not None and found.is_whole else ""
    yield rule.at(
        span_of(ctx, found.step),
        f"`{policy.name}` sends {what}{via} again at once{_often(policy.attempts)}: no {_pause(found)} is set",
        confidence=Confidence.HIGH if reached is None or not reached.is_cached else Confidence.MEDIUM,
        flow=(*route, *steps),
        scope=place.scope,
        anchor=policy.name,
        in_request=bool(route),
    )


def _often(attempts: int | None) -> str:
    return f", up to {attempts} times in all" if attempts is not None else ""


def _pause(found: Retried) -> str:
    return f"`{found.policy.row.waits[0]}`"


def _by_hand(project: Project, ctx: ProjectContext, entries: Entries, place: UnitPlace) -> Iterator[Diagnostic]:
    for found in attempts(project, place):
        if found.pauses or found.is_endless or found.number is None or found.number <= _ONCE_MORE:
            continue
        route = entries.before(found.function)
        yield rule.at(
            span_of(ctx, found.handler),
            f"the loop asks `{found.reached.effect.target}` again at once, up to {found.number} times in all: "
            "nothing waits in between",
            confidence=Confidence.MEDIUM if found.edge is None or len(found.edge.targets) == 1 else Confidence.LOW,
            flow=(*route, *called_steps(project, ctx, found.function, found.reached, "this is asked again at once")),
            scope=place.scope,
            anchor=found.reached.effect.target,
            in_request=bool(route),
        )
