"""ARC402: a request may wait for ever for another thread, a process or a message."""

from __future__ import annotations

from functools import partial

from archlint.ir.module import Flag
from archlint.ir.render import render
from archlint.project.context import ProjectContext
from archlint.project.deadlines.unlimited import Unlimited
from archlint.project.effects.callers import innermost
from archlint.project.flow import CallSite, call_sites
from archlint.project.holding import holds_its_loop
from archlint.project.project import Project, UnitPlace
from archlint.project.views.call_edits import with_deadline
from archlint.project.views.flows import Entries
from archlint.project.waits.endless import endless_wait, ends_with_error, wait_names
from archlint.rule import Found, Rule, Units

rule = Rule("ARC402")

_SECONDS = "30"
"""The `timeout` of gunicorn's workers where nobody sets one: who waits longer is killed."""


@rule.units
def unbounded_wait(project: Project, ctx: ProjectContext) -> Units:
    """Report waits without an end that a route leads to.

    A coroutine that holds its loop meanwhile is another rule's business.
    """
    wanted = wait_names(project)
    look = partial(_waits, project, ctx, Entries(project, ctx), wanted)
    return Units(look, flags=Flag.FUNCTION, names=wanted)


def _waits(project: Project, ctx: ProjectContext, entries: Entries, wanted: frozenset[str], place: UnitPlace) -> Found:
    for site in call_sites(project, place, wanted):
        found = endless_wait(project, site) if not holds_its_loop(site) else None
        function = innermost(project, place, site.call.start) if found is not None else None
        route = entries.before(function) if function is not None else ()
        if found is not None and route:
            yield rule.at(
                ctx.span(site.module, site.offset, site.call),
                _message(site, found),
                confidence=found.confidence,
                fix=with_deadline(ctx, site, found, _SECONDS) if ends_with_error(project, site) else None,
                flow=(*route, ctx.related(site.module, site.offset, site.call, "the request waits here")),
                scope=place.scope,
                anchor=render(site.call.func),
                in_request=True,
            )


def _message(site: CallSite, found: Unlimited) -> str:
    call = f"a request waits in `{render(site.call.func)}(…)`"
    if not found.parameter:
        return f"{call} until it is over: there is no way to say how long"
    return f"{call} until it is over, however long that takes: no `{found.parameter}` is set"
