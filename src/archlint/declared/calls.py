"""Calls that a project forbids, everywhere or in a scene, with the chain that leads to them."""

from __future__ import annotations

from archlint.catalogue import Entry
from archlint.declared.matching import Subject
from archlint.declared.wording import called, ending, shown
from archlint.diagnostic import Diagnostic, Related
from archlint.ir import nodes as ir
from archlint.own_rule import OwnRule, Scene
from archlint.project.context import ProjectContext
from archlint.project.effects.effect import Step
from archlint.project.flow import CallSite
from archlint.project.handlers import entry_of, handler
from archlint.project.peers.transactions import transactions
from archlint.project.project import Project
from archlint.project.scenes import Hop, Way, ways_back
from archlint.project.symbols import FunctionDefinition
from archlint.project.views.flows import head_of, name_of, span_of
from archlint.rule import Found, Rule


def forbidden_calls(rule: Rule, entry: Entry, own: OwnRule, project: Project, ctx: ProjectContext) -> Found:
    """Report each call that is forbidden, once: in a request at the call itself, else where its scene is."""
    seen: set[Step] = set()
    directly = own.directly or (own.within is None and not own.modules)
    subject = Subject(project, own)
    for site in subject.calls(ctx):
        if own.within is not None and isinstance(site.function, ir.Lambda):
            continue  # who calls it, and where, is not known
        ways = ways_back(project, site, own.within, subject.has, directly=directly)
        for way in ways:
            spot = _spot(own, way)
            if spot.step not in seen and spot.module.role in ctx.roles:
                seen.add(spot.step)
                yield _reported(rule, entry, own, project, ctx, site, way)
            if own.within is Scene.REQUEST:
                break


def _spot(own: OwnRule, way: Way) -> Hop:
    return way.hops[-1] if own.within is Scene.REQUEST else way.hops[0]


def _reported(  # noqa: PLR0913, PLR0917 - what a finding is made of
    rule: Rule, entry: Entry, own: OwnRule, project: Project, ctx: ProjectContext, site: CallSite, way: Way
) -> Diagnostic:
    name, spot = shown(site), _spot(own, way)
    through = way.hops[1].function if len(way.hops) > 1 and spot is way.hops[0] else None
    flow = (*_head(project, ctx, own, way.hops[0]), *called(ctx, way, name))
    via = f" through `{name_of(through)}`" if through is not None else ""
    return rule.at(
        span_of(ctx, spot.step),
        f"`{name}` is called{_scene(project, own, way.hops[0])}{via}: {ending(entry)}",
        confidence=way.confidence,
        flow=flow if len(flow) > 1 else (),
        scope=spot.function.local_name if spot.function is not None else "",
        anchor=name,
        in_request=own.within is Scene.REQUEST,
    )


def _scene(project: Project, own: OwnRule, hop: Hop) -> str:
    where = f" in `{name_of(hop.function)}`" if hop.function is not None else ""
    match own.within:
        case Scene.REQUEST:
            return f" while `{_label(project, hop.function)}` waits"
        case Scene.EVENT_LOOP:
            return f" on the event loop of `{head_of(hop.function)}`" if hop.function is not None else ""
        case Scene.TRANSACTION:
            return f" while a transaction is open{where}"
        case Scene.LOOP:
            return f" in each turn of a loop{where}"
        case None:
            return f" in `{hop.module.name}`" if own.modules else ""


def _label(project: Project, function: FunctionDefinition | None) -> str:
    served = handler(project, function) if function is not None else None
    return served.label if served is not None else "a request"


def _head(project: Project, ctx: ProjectContext, own: OwnRule, hop: Hop) -> tuple[Related, ...]:
    """Return the first step of a chain: what is served, what opens the transaction."""
    if hop.function is None:
        return ()
    if own.within is Scene.TRANSACTION:
        opened = next(one for one in transactions(project, hop.function) if one.holds(hop.step))
        return (Related(span_of(ctx, opened.opened), "the transaction starts here"),)
    return entry_of(project, ctx, hop.function) if own.within is Scene.REQUEST else ()
