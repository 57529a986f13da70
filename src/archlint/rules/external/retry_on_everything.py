"""ARC422: a call is tried again after every error, whatever it says."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from archlint.diagnostic import Confidence, Diagnostic
from archlint.project.context import ProjectContext
from archlint.project.project import Project, UnitPlace
from archlint.project.retries.refused import refused_by
from archlint.project.retries.retried import Retried, reached_again, retries, retry_names
from archlint.project.views.flows import Entries, called_steps, name_of, span_of
from archlint.rule import Found, Rule, Units

rule = Rule("ARC422")


@rule.units
def retry_on_everything(project: Project, ctx: ProjectContext) -> Units:
    """Report retries of calls of another party that no error ends early."""
    return Units(partial(_retries, project, ctx, Entries(project, ctx), retry_names(project)))


def _retries(project: Project, ctx: ProjectContext, entries: Entries, used: frozenset[str], place: UnitPlace) -> Found:
    for found in retries(project, place, used):
        if found.policy.everything and found.function is not None:
            yield from _reported(project, ctx, entries, place, found)


def _reported(
    project: Project, ctx: ProjectContext, entries: Entries, place: UnitPlace, found: Retried
) -> Iterator[Diagnostic]:
    function, policy = found.function, found.policy
    reached = next((one for one, _ in reached_again(project, found)), None)
    if function is None or reached is None or policy.attempts == 1:
        return
    is_cancelled = policy.everything == "BaseException" and function.row.is_async
    refusal = refused_by(project, found)
    if not is_cancelled and refusal is None:
        return
    route = entries.before(function)
    yield rule.at(
        span_of(ctx, found.step),
        f"`{policy.name}` tries `{name_of(function)}` again after every `{policy.everything}`: {_what(refusal)}",
        confidence=Confidence.HIGH if is_cancelled else Confidence.MEDIUM,
        flow=(*route, *called_steps(project, ctx, function, reached, "this is sent again")),
        scope=place.scope,
        anchor=policy.name,
        in_request=bool(route),
    )


def _what(refusal: str | None) -> str:
    if refusal is None:
        return "a cancelled request does not end, it starts anew"
    return f"also after an answer of 400, 401 or 404, which `{refusal}` raises and which will be the same next time"
