"""ARC411: nobody between a call of a service and the route catches what it raises."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import msgspec

from archlint.diagnostic import Confidence, Diagnostic, Related
from archlint.ir import nodes as ir
from archlint.ir.render import render
from archlint.project.context import ProjectContext
from archlint.project.handlers import entry_of, handler
from archlint.project.outages.above import ErrorHandlers, OpenWay, is_dealt_with, open_ways, relates_to, surrounds
from archlint.project.outages.answers import answers_errors
from archlint.project.outages.before import try_after
from archlint.project.outages.service_calls import ServiceCall
from archlint.project.outages.surroundings import around, gatherings
from archlint.project.project import Project, UnitPlace
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import names_in
from archlint.project.views.flows import name_of, span_of
from archlint.rule import Found, Rule, Units

rule = Rule("ARC411")


@rule.units
def unhandled_external_call(project: Project, ctx: ProjectContext) -> Units:
    """Report each call of a service that ends a request, or an import, with an error where the service is away."""
    look = partial(_unhandled, project, ctx, ErrorHandlers(project))
    return Units(look, names=project.services.names, modules=project.services.near)


def _unhandled(project: Project, ctx: ProjectContext, handlers: ErrorHandlers, place: UnitPlace) -> Found:
    for call in project.services.at(place):
        if handlers.specific(call.family):
            continue
        if call.function is None:
            yield from _at_import(project, ctx, call)
        found = _open(project, call)
        if found is not None:
            yield _reported(project, ctx, call, found, is_answered=handlers.answers(found.way.start))


class _Open(msgspec.Struct, frozen=True):
    """A way on which nobody catches what a call raises, and the `try` behind the call that may be meant to."""

    way: OpenWay
    behind: ir.Try | None
    answers: bool = False
    """The function answers an error status by a result."""


def _open(project: Project, call: ServiceCall) -> _Open | None:
    if call.function is None:
        return None
    deals = relates_to(call.family)
    found = surrounds(project, call.function, call.site.call.start)
    if is_dealt_with(project, found, call.site.module, deals) or _is_gathered_later(project, call, call.function):
        return None
    ways = list(open_ways(project, call.function, deals))
    served = next((one for one in ways if one.is_served), None)
    behind = try_after(project.body(call.site.place.unit), call)
    if served is not None:
        return _Open(served, behind)
    answers = answers_errors(project, call)
    return _Open(ways[0], behind, answers) if ways and (behind is not None or answers) else None


def _is_gathered_later(project: Project, call: ServiceCall, function: FunctionDefinition) -> bool:
    """Return whether a call only makes a coroutine, and the function gathers errors among the results."""
    makes_one = function.row.is_async and not call.site.is_awaited
    return makes_one and any(True for _ in gatherings(project.body(function.unit)))


def _reported(
    project: Project, ctx: ProjectContext, call: ServiceCall, found: _Open, *, is_answered: bool
) -> Diagnostic:
    site, way = call.site, found.way
    route = entry_of(project, ctx, way.start)
    steps = [Related(span_of(ctx, one.step), f"calls `{name_of(one.called)}`") for one in way.links]
    end = ctx.related(site.module, site.offset, site.call, "nobody from here on catches that the service is away")
    behind = found.behind
    # What the function itself says is sure: it deals with refusals, and not with outages.
    is_sure = found.answers or behind is not None
    is_sure = is_sure or (way.is_served and not is_answered and all(one.is_sure for one in way.links))
    after = () if behind is None else (ctx.related(site.module, site.offset, _head(behind), "the `try` begins here"),)
    return rule.at(
        ctx.span(site.module, site.offset, site.call),
        _message(project, call, found),
        confidence=Confidence.MEDIUM if is_sure else Confidence.LOW,
        related=after,
        flow=(*route, *steps, end) if route else (),
        scope=site.place.scope,
        anchor=render(site.call.func),
        in_request=bool(route),
    )


def _message(project: Project, call: ServiceCall, found: _Open) -> str:
    asked = f"`{render(call.site.call.func)}(…)`"
    if found.behind is not None:
        return f"{asked} stands before the `try` that reads its response: that the service is away, it does not catch"
    if found.answers:
        name = call.function.row.name if call.function is not None else ""
        return f"{asked} fails while its service is away: `{name}` answers an error status, and an outage it raises"
    served = handler(project, found.way.start)
    label = f"`{served.label}`" if served is not None else "the request"
    return f"{asked} fails while its service is away, and nobody up to {label} catches `{call.family.instead}`"


def _head(statement: ir.Try) -> ir.Node:
    return ir.Name(statement.start, statement.start + len("try"), "try")


def _at_import(project: Project, ctx: ProjectContext, call: ServiceCall) -> Iterator[Diagnostic]:
    """Yield what a module does as it is imported, unless it does it where it runs as a program."""
    site = call.site
    body = project.body(site.place.unit)
    if site.functions or (isinstance(body, ir.If) and "__name__" in names_in(body.test)):
        return
    if is_dealt_with(project, around(body, site.call.start), site.module, relates_to(call.family)):
        return
    yield rule.at(
        ctx.span(site.module, site.offset, site.call),
        f"`{render(site.call.func)}(…)` runs as the module is imported: while its service is away, nothing starts",
        confidence=Confidence.MEDIUM,
        scope=site.place.scope,
        anchor=render(site.call.func),
    )
