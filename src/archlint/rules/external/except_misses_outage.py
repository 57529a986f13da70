"""ARC412: the `except` around a call of a service does not catch that the service is away."""

from __future__ import annotations

from functools import partial

from archlint.diagnostic import Confidence, Diagnostic
from archlint.ir import nodes as ir
from archlint.ir.render import render
from archlint.project.context import ProjectContext
from archlint.project.outages.narrow import Narrow, narrow
from archlint.project.outages.service_calls import ServiceCall
from archlint.project.project import Project, UnitPlace
from archlint.project.views.flows import Entries
from archlint.rule import Found, Rule, Units

rule = Rule("ARC412")


@rule.units
def except_misses_outage(project: Project, ctx: ProjectContext) -> Units:
    """Report the first call in each `try` that catches an error of its library, and not that the service is away."""
    look = partial(_misses, project, ctx, Entries(project, ctx))
    return Units(look, names=project.services.names, modules=project.services.near)


def _misses(project: Project, ctx: ProjectContext, entries: Entries, place: UnitPlace) -> Found:
    seen: set[int] = set()
    for call in project.services.at(place):
        found = narrow(project, call)
        if found is not None and found.statement.start not in seen:
            seen.add(found.statement.start)
            yield _reported(ctx, entries, call, found)


def _reported(ctx: ProjectContext, entries: Entries, call: ServiceCall, found: Narrow) -> Diagnostic:
    site = call.site
    route = entries.before(call.function) if call.function is not None else ()
    types = found.handler.types or ir.Name(found.handler.start, found.handler.end, "except")
    end = ctx.related(site.module, site.offset, site.call, "an outage passes the `except` here")
    return rule.at(
        ctx.span(site.module, site.offset, site.call),
        _message(call, found),
        confidence=Confidence.MEDIUM if found.is_sure else Confidence.LOW,
        related=(ctx.related(site.module, site.offset, types, "catches only this"),),
        flow=(*route, end) if route else (),
        scope=site.place.scope,
        anchor=render(site.call.func),
        in_request=bool(route),
    )


def _message(call: ServiceCall, found: Narrow) -> str:
    caught = ", ".join(f"`{name.rpartition('.')[2]}`" for name in sorted(found.names))
    asked = f"`{render(call.site.call.func)}(…)`"
    if found.is_dead:
        return f"{caught} is caught around {asked}, and only `raise_for_status`, which nobody calls, would raise it"
    missed = " and ".join(found.missed)
    return f"the `try` around {asked} catches {caught} and misses {missed}: catch {call.family.instead}"
