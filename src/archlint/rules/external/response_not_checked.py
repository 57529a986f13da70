"""ARC410: nobody looks at the status of a response."""

from __future__ import annotations

from functools import partial

from archlint.diagnostic import Confidence, Diagnostic, Related
from archlint.ir.render import render
from archlint.project.context import ProjectContext
from archlint.project.outages.answers import Answer, Fate, answer
from archlint.project.outages.hooks import Hooks
from archlint.project.outages.service_calls import ServiceCall
from archlint.project.project import Project, UnitPlace
from archlint.project.views.call_edits import with_status_checked
from archlint.project.views.flows import Entries
from archlint.rule import Found, Rule, Units

rule = Rule("ARC410")


@rule.units
def response_not_checked(project: Project, ctx: ProjectContext) -> Units:
    """Report each call whose response is read or dropped, whatever status it has."""
    look = partial(_unchecked, project, ctx, Hooks(project), Entries(project, ctx))
    return Units(look, names=project.services.names, modules=project.services.near)


def _unchecked(project: Project, ctx: ProjectContext, hooks: Hooks, entries: Entries, place: UnitPlace) -> Found:
    for call in project.services.at(place):
        found = answer(project, call)
        if found.fate is not Fate.LEFT and not hooks.check(call):
            route = entries.before(call.function) if call.function is not None else ()
            yield _reported(ctx, call, found, route)


def _reported(ctx: ProjectContext, call: ServiceCall, found: Answer, route: tuple[Related, ...]) -> Diagnostic:
    site = call.site
    used = () if found.use is None else (ctx.related(site.module, site.offset, found.use, "used whatever the status"),)
    return rule.at(
        ctx.span(site.module, site.offset, site.call),
        _message(call, found),
        confidence=Confidence.LOW if found.is_told else Confidence.MEDIUM,
        related=used,
        flow=(*route, ctx.related(site.module, site.offset, site.call, "the response comes from here"))
        if route
        else (),
        fix=with_status_checked(ctx, call),
        scope=site.place.scope,
        anchor=render(site.call.func),
        in_request=bool(route),
    )


def _message(call: ServiceCall, found: Answer) -> str:
    asked = f"`{render(call.site.call.func)}(…)`"
    if found.fate is Fate.DROPPED:
        return f"nobody looks at the response of {asked}: a refusal or an error of the service passes unnoticed"
    read = f"`.{found.use.name}`" if found.use is not None and hasattr(found.use, "name") else "what it brought"
    return f"{read} of {asked} is used whatever its status: a page that tells of an error passes for an answer"
