"""ARC425: a retry goes on for longer than its caller waits."""

from __future__ import annotations

from functools import partial

from archlint.diagnostic import Diagnostic, Related
from archlint.project.context import ProjectContext
from archlint.project.project import Project, UnitPlace
from archlint.project.retries.outlasting import Outlasting, guard_names, outlasting
from archlint.project.views.flows import Entries, name_of, span_of
from archlint.rule import Found, Rule, Units

rule = Rule("ARC425")


@rule.units
def retry_outlasts_deadline(project: Project, ctx: ProjectContext) -> Units:
    """Report deadlines that cut off the attempts of a retry below them."""
    names = guard_names(project)
    look = partial(_cut_off, project, ctx, Entries(project, ctx), names)
    return Units(look, modules=None if names else frozenset())


def _cut_off(project: Project, ctx: ProjectContext, entries: Entries, names: frozenset[str], place: UnitPlace) -> Found:
    for found in outlasting(project, place, names):
        yield _reported(ctx, entries, place, found)


def _reported(ctx: ProjectContext, entries: Entries, place: UnitPlace, found: Outlasting) -> Diagnostic:
    deadline, retried = found.deadline, found.retried
    route = entries.before(deadline.function)
    start = Related(span_of(ctx, deadline.step), f"gives up after {deadline.seconds:g} s")
    calls = [Related(span_of(ctx, step), f"calls `{name_of(called)}`") for step, called in found.way]
    again = Related(span_of(ctx, retried.step), f"tries again for up to {found.lasting.seconds:g} s")
    return rule.at(
        span_of(ctx, deadline.step),
        _message(found),
        related=(again,),
        flow=(*route, start, *calls, again),
        scope=place.scope,
        anchor=f"{deadline.name} {retried.policy.name}",
        in_request=bool(route),
    )


def _message(found: Outlasting) -> str:
    lasting, retried = found.lasting, found.retried
    what = f" of `{name_of(retried.function)}`" if retried.function is not None else ""
    return (
        f"`{found.deadline.name}` gives up after {found.deadline.seconds:g} s, and `{retried.policy.name}`{what} "
        f"goes on for up to {lasting.seconds:g} s{_sum(found)}: the last attempts are cut off"
    )


def _sum(found: Outlasting) -> str:
    lasting = found.lasting
    if lasting.attempts is None:
        return ""
    each = f" of up to {lasting.each:g} s" if lasting.each else ""
    pauses = f" and pauses of {lasting.pause:g} s" if lasting.pause else ""
    return f" ({lasting.attempts} attempts{each}{pauses})"
