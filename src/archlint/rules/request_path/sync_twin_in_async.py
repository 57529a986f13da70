"""ARC304: a coroutine calls a function that blocks although a coroutine beside it does the same."""

from __future__ import annotations

from functools import partial

from archlint.diagnostic import Confidence, Related
from archlint.ir.module import Flag
from archlint.ir.render import render
from archlint.project.context import ProjectContext
from archlint.project.flow import call_sites
from archlint.project.holding import holds_its_loop
from archlint.project.on_loop.twins import twin_of, waits
from archlint.project.project import Project, UnitPlace
from archlint.project.views.call_edits import awaited_instead
from archlint.project.views.flows import Entries
from archlint.project.waits.calling import called
from archlint.rule import Found, Rule, Units

rule = Rule("ARC304")


@rule.units
def sync_twin_in_async(project: Project, ctx: ProjectContext) -> Units:
    """Report calls in coroutines of functions that have a coroutine of nearly the same name beside them."""
    return Units(partial(_calls, project, ctx, Entries(project, ctx)), flags=Flag.ASYNC)


def _calls(project: Project, ctx: ProjectContext, entries: Entries, place: UnitPlace) -> Found:
    caller = project.function_at(place)
    for site in call_sites(project, place, where=holds_its_loop):
        function = called(project, site.callee)
        twin = twin_of(project, function) if function is not None else None
        if function is None or twin is None or (caller is not None and caller.row.name == twin.row.name):
            continue
        route = entries.before(caller) if caller is not None else ()
        yield rule.at(
            ctx.span(site.module, site.offset, site.call),
            f"`{render(site.call.func)}` is called on the event loop: `{twin.row.name}` beside it can be awaited",
            confidence=Confidence.MEDIUM if waits(project, function) else Confidence.LOW,
            related=(Related(ctx.head_of(twin), f"`{twin.row.name}` is defined here"),),
            flow=route,
            fix=awaited_instead(ctx, site, twin.row.name),
            scope=place.scope,
            anchor=function.row.name,
            in_request=bool(route),
        )
