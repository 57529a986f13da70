"""ARC307: a request does work that a task queue should do."""

from __future__ import annotations

from functools import partial

from archlint.ir.module import Flag
from archlint.ir.render import render
from archlint.knowledge.tables import Deferred
from archlint.project.context import ProjectContext
from archlint.project.effects.callers import innermost
from archlint.project.flow import call_sites
from archlint.project.project import Project, UnitPlace
from archlint.project.views.flows import Entries
from archlint.project.waits.deferring import deferrable, deferrable_names
from archlint.rule import Found, Rule, Units

rule = Rule("ARC307")

_DOES = {Deferred.MAIL: "sends mail", Deferred.DOCUMENT: "makes a document", Deferred.FILE: "works through a file"}


@rule.units
def work_to_enqueue(project: Project, ctx: ProjectContext) -> Units:
    """Report work in the path of a request for which no client has to wait; of one kind the first in a function."""
    wanted = deferrable_names(project)
    look = partial(_work, project, ctx, Entries(project, ctx), wanted)
    return Units(look, flags=Flag.FUNCTION, names=wanted)


def _work(project: Project, ctx: ProjectContext, entries: Entries, wanted: frozenset[str], place: UnitPlace) -> Found:
    seen: set[Deferred] = set()
    for site in call_sites(project, place, wanted):
        row = deferrable(project, site)
        is_new = row is not None and row.kind not in seen
        function = innermost(project, place, site.call.start) if is_new else None
        route = entries.before(function) if function is not None else ()
        if row is not None and route:
            seen.add(row.kind)
            call = render(site.call.func)
            yield rule.at(
                ctx.span(site.module, site.offset, site.call),
                f"`{call}(…)` {_DOES[row.kind]} while the client waits: a task queue can do that",
                confidence=row.confidence,
                flow=(*route, ctx.related(site.module, site.offset, site.call, "the request waits here")),
                scope=place.scope,
                anchor=call,
                in_request=True,
            )
