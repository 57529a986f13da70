"""ARC306: a handler in the thread pool that requests share waits long."""

from __future__ import annotations

from functools import partial

from archlint.ir.module import Flag
from archlint.ir.render import render
from archlint.knowledge.tables import Place
from archlint.project.context import ProjectContext
from archlint.project.effects.callers import innermost
from archlint.project.effects.places import Running
from archlint.project.extent.running import ways
from archlint.project.flow import CallSite, call_sites
from archlint.project.project import Project, UnitPlace
from archlint.project.routes.route import EntryKind
from archlint.project.symbols import FunctionDefinition
from archlint.project.views.flows import started_by
from archlint.project.waits.endless import wait_names
from archlint.project.waits.lengthy import Lengthy, lengthy
from archlint.rule import Found, Rule, Units

rule = Rule("ARC306")

_SERVING = frozenset({EntryKind.ROUTE, EntryKind.DEPENDENCY})


@rule.units
def long_work_in_thread_pool(project: Project, ctx: ProjectContext) -> Units:
    """Report calls that keep a thread of the pool for long, in the handlers that run there and in what they call."""
    is_pool_used = any(one.runs is Place.THREAD and one.kind in _SERVING for one in project.entry_points)
    wanted = _wanted(project) if is_pool_used else frozenset()
    return Units(partial(_work, project, ctx, wanted), flags=Flag.FUNCTION, names=wanted)


def _work(project: Project, ctx: ProjectContext, wanted: frozenset[str], place: UnitPlace) -> Found:
    for site in call_sites(project, place, wanted):
        found = lengthy(project, site)
        function = innermost(project, place, site.call.start) if found is not None else None
        running = _in_pool(project, function) if function is not None else None
        if found is not None and function is not None and running is not None:
            waits = ctx.related(site.module, site.offset, site.call, "the thread waits here")
            yield rule.at(
                ctx.span(site.module, site.offset, site.call),
                _message(site, found),
                confidence=found.confidence,
                flow=(*started_by(ctx, function, running), waits),
                scope=place.scope,
                anchor=render(site.call.func),
                in_request=True,
            )


def _wanted(project: Project) -> frozenset[str]:
    """Return the last names of calls that may take long, in libraries that are used."""
    knowledge = project.knowledge
    used = project.imported_roots
    rows = (*knowledge.tables.sleeps, *knowledge.tables.deadline_calls)
    names = {name for row in rows if row.of.partition(".")[0] in used for name in row.names}
    for client in knowledge.tables.clients:
        if client.name.partition(".")[0] in used:
            names |= client.methods
            names |= {name.rpartition(".")[2] for name in (client.name, *client.aliases, *client.factories)}
    return wait_names(project) | frozenset(name.rpartition(".")[2] for name in names)


def _in_pool(project: Project, function: FunctionDefinition) -> Running | None:
    """Return how a request leads to a function in a thread of the pool, by the shortest way, or None."""
    for one in ways(project, function):
        if one.place is Place.THREAD and one.entry is not None and one.entry.kind in _SERVING:
            return one
    return None


def _message(site: CallSite, found: Lengthy) -> str:
    holds = f"`{render(site.call.func)}(…)` holds one of the 40 threads that all requests share"
    if found.seconds is None:
        return f"{holds}, and has no deadline"
    takes = "for" if found.sleeps else "for up to"
    return f"{holds} {takes} {found.seconds:g} s"
