"""Calls that lack what a project asks of them: an argument, a deadline, somebody who handles what they raise."""

from __future__ import annotations

from archlint.catalogue import Entry
from archlint.declared.matching import Subject, given, passes_on
from archlint.declared.wording import ending, shown
from archlint.diagnostic import Diagnostic, Related
from archlint.own_rule import Need, OwnRule
from archlint.project.context import ProjectContext
from archlint.project.deadlines.unlimited import is_guarded
from archlint.project.effects.callers import innermost
from archlint.project.flow import CallSite
from archlint.project.outages.above import Deals, is_dealt_with, open_ways
from archlint.project.outages.surroundings import CATCH_ALL, around
from archlint.project.project import Project
from archlint.project.values import Literal
from archlint.project.views.flows import name_of, span_of
from archlint.rule import Found, Rule


def lacking_calls(rule: Rule, entry: Entry, own: OwnRule, project: Project, ctx: ProjectContext) -> Found:
    """Report each call that lacks what the rule asks for; one that unpacks arguments may have it."""
    subject = Subject(project, own)
    for site in subject.calls(ctx):
        if not subject.has(site.module):
            continue
        if own.require is Need.HANDLER:
            yield from _unhandled(rule, entry, own, project, ctx, site)
        elif not passes_on(site) and not _has(project, own, site):
            yield _reported(rule, entry, ctx, site, f"without `{own.argument}`")


def _has(project: Project, own: OwnRule, site: CallSite) -> bool:
    value = given(project, site, own.argument, own.position)
    if own.require is Need.ARGUMENT:
        return value is not None
    return (value is not None and value != Literal(None)) or is_guarded(project, site)


def _unhandled(rule: Rule, entry: Entry, own: OwnRule, project: Project, ctx: ProjectContext, site: CallSite) -> Found:
    deals = _deals(own)
    function = innermost(project, site.place, site.call.start)
    if is_dealt_with(project, around(project.body(site.place.unit), site.call.start), site.module, deals):
        return
    if function is None or own.directly:
        yield _reported(rule, entry, ctx, site, "and nothing around it handles what it raises")
        return
    way = next(open_ways(project, function, deals), None)
    if way is not None:
        calls = [Related(span_of(ctx, one.step), f"calls `{name_of(one.called)}`") for one in way.links]
        start = f" from `{name_of(way.start)}` on" if way.links else ""
        yield _reported(rule, entry, ctx, site, f"and nobody handles what it raises{start}", tuple(calls))


def _deals(own: OwnRule) -> Deals:
    if not own.exceptions:
        return bool
    return lambda names: not names.isdisjoint(CATCH_ALL.union(own.exceptions))


def _reported(
    rule: Rule, entry: Entry, ctx: ProjectContext, site: CallSite, lack: str, calls: tuple[Related, ...] = ()
) -> Diagnostic:
    name, span = shown(site), ctx.span(site.module, site.offset, site.call)
    flow = (*calls, Related(span, f"`{name}` is called here")) if calls else ()
    message = f"`{name}` is called {lack}: {ending(entry)}"
    return rule.at(span, message, flow=flow, scope=site.place.scope, anchor=name)
