"""ARC402: a request may wait for ever for another thread, a process or a message."""

from __future__ import annotations

from archlint.ir.module import Flag
from archlint.ir.render import render
from archlint.project.context import ProjectContext
from archlint.project.deadlines.unlimited import Unlimited
from archlint.project.effects.callers import innermost
from archlint.project.flow import CallSite, call_sites
from archlint.project.holding import holds_its_loop
from archlint.project.project import Project
from archlint.project.views.flows import Entries
from archlint.project.waits.endless import endless_wait, wait_names
from archlint.rule import Found, Rule

rule = Rule("ARC402")


@rule.project
def unbounded_wait(project: Project, ctx: ProjectContext) -> Found:
    """Report waits without an end that a route leads to.

    A coroutine that holds its loop meanwhile is another rule's business.
    """
    entries = Entries(project, ctx)
    wanted = wait_names(project)
    for place in project.units(ctx.roles, flags=Flag.FUNCTION):
        for site in call_sites(project, place, wanted):
            found = endless_wait(project, site) if not holds_its_loop(site) else None
            function = innermost(project, place, site.call.start) if found is not None else None
            route = entries.before(function) if function is not None else ()
            if found is not None and route:
                yield rule.at(
                    ctx.span(site.module, site.offset, site.call),
                    _message(site, found),
                    confidence=found.confidence,
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
