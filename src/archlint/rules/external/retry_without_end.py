"""ARC420: something is tried again for ever."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from archlint.diagnostic import Confidence, Diagnostic, Related
from archlint.knowledge.external_rows import Retries
from archlint.project.context import ProjectContext
from archlint.project.project import Project, UnitPlace
from archlint.project.retries.attempts import Attempts, attempts
from archlint.project.retries.retried import Retried, is_awaited_by_others, reached_again, retries, retry_names
from archlint.project.views.flows import Entries, called_steps, name_of, span_of
from archlint.rule import Found, Rule, Units

rule = Rule("ARC420")


@rule.units
def retry_without_end(project: Project, ctx: ProjectContext) -> Units:
    """Report retries that nothing ends, of libraries and by hand."""
    return Units(partial(_retries, project, ctx, Entries(project, ctx), retry_names(project)))


def _retries(project: Project, ctx: ProjectContext, entries: Entries, used: frozenset[str], place: UnitPlace) -> Found:
    for found in retries(project, place, used):
        if found.policy.is_endless:
            yield _declared(project, ctx, entries, place, found)
    yield from _by_hand(project, ctx, entries, place)


def _declared(project: Project, ctx: ProjectContext, entries: Entries, place: UnitPlace, found: Retried) -> Diagnostic:
    function = found.function
    route = entries.before(function) if function is not None else ()
    reached = next((one for one, _ in reached_again(project, found)), None)
    is_sure = reached is not None or found.policy.row.kind is Retries.TRANSPORT
    confidence = Confidence.HIGH if is_sure else Confidence.MEDIUM
    steps: tuple[Related, ...] = ()
    if function is not None and reached is not None:
        steps = called_steps(project, ctx, function, reached, "this is tried again")
    return rule.at(
        span_of(ctx, found.step),
        _message(found),
        confidence=confidence if is_awaited_by_others(project, function) else Confidence.LOW,
        flow=(*route, *steps),
        scope=place.scope,
        anchor=found.policy.name,
        in_request=bool(route),
    )


def _message(found: Retried) -> str:
    name, row = found.policy.name, found.policy.row
    limits = () if row.kind is Retries.TRANSPORT else row.limits[-1:]
    ends = " or ".join(f"`{one}`" for one in (*row.attempts[:1], *limits))
    what = f"`{name_of(found.function)}`" if found.function is not None and found.is_whole else "what it is given"
    if row.kind is Retries.TASK:
        return f"`{name}` queues {what} again after every failure, for ever: {ends} has no end"
    return f"`{name}` tries {what} again for ever while it fails: no {ends} ends it"


def _by_hand(project: Project, ctx: ProjectContext, entries: Entries, place: UnitPlace) -> Iterator[Diagnostic]:
    for found in attempts(project, place):
        if not found.is_endless:
            continue
        route = entries.before(found.function)
        is_near = found.edge is None or len(found.edge.targets) == 1
        is_sure = is_near and is_awaited_by_others(project, found.function)
        yield rule.at(
            span_of(ctx, found.handler),
            _message_by_hand(found),
            confidence=Confidence.MEDIUM if is_sure else Confidence.LOW,
            flow=(*route, *called_steps(project, ctx, found.function, found.reached, "this is tried again")),
            scope=place.scope,
            anchor=found.reached.effect.target,
            in_request=bool(route),
        )


def _message_by_hand(found: Attempts) -> str:
    pause = "" if found.pauses else ", without a pause"
    what = f"the loop tries `{found.reached.effect.target}` again for ever while it fails{pause}"
    return f"{what}: nothing counts or ends it"
