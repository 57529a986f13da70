"""ARC205: a client that gives no limit gets all rows."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.diagnostic import Confidence, Diagnostic, Related
from archlint.ir.render import render
from archlint.project.bounds import clients
from archlint.project.bounds.limits import Unlimited
from archlint.project.bounds.sizes import Size
from archlint.project.context import ProjectContext
from archlint.project.project import Project, UnitPlace
from archlint.project.routes.route import EntryKind
from archlint.project.symbols import FunctionDefinition
from archlint.project.views.flows import Entries, name_of, span_of
from archlint.rule import Found, Rule

rule = Rule("ARC205")


@rule.project
def optional_limit(project: Project, ctx: ProjectContext) -> Found:
    """Report limits that a client may leave out, and calls that leave them out, where that means all rows."""
    limits, entries = project.limits, Entries(project, ctx)
    for function, found in limits.sizes.items():
        if function.module.role in ctx.roles:
            for size in found.values() if entries.served(function) is not None else ():
                yield from _at_client(project, ctx, entries, function, size)
    for one in limits.unlimited:
        if one.caller.module.role in ctx.roles:
            yield from _at_call(project, ctx, entries, one)


def _at_client(
    project: Project, ctx: ProjectContext, entries: Entries, function: FunctionDefinition, size: Size
) -> Iterator[Diagnostic]:
    given = clients.given(project, entries.served(function), function, size.name)
    if given is None or not given.is_optional or not size.takes_none:
        return
    way, label = entries.before(function), entries.label(function)
    yield rule.at(
        ctx.span(function.module, given.offset, given.node),
        f"without `{size.name}` `{label}` gives all rows: it may be left out",
        confidence=Confidence.MEDIUM,
        flow=(*way, *_steps(ctx, size)),
        scope=name_of(function),
        anchor=size.name,
        in_request=True,
    )


def _steps(ctx: ProjectContext, size: Size) -> tuple[Related, ...]:
    """Return the chain from a function to the limit of the query."""
    calls = [
        Related(span_of(ctx, step), f"calls `{name_of(called)}`")
        for step, called in zip(size.steps, size.called, strict=False)
    ]
    return (*calls, Related(span_of(ctx, size.steps[-1]), "no limit is set where it is None"))


def _at_call(project: Project, ctx: ProjectContext, entries: Entries, one: Unlimited) -> Iterator[Diagnostic]:
    way = entries.before(one.caller)
    # A job that needs all rows leaves the limit out; one that says `None` lifts a limit that was meant for it as well.
    is_lifted = one.node is not None and any(two.kind is EntryKind.TASK for two in project.routes.of(one.caller))
    if not (way or is_lifted):
        return
    place = UnitPlace(one.caller.module, one.caller.unit)
    said = f"`{one.size.name}=None`" if one.node is not None else f"no `{one.size.name}`"
    yield rule.at(
        ctx.span(place.module, place.unit.start, one.call),
        f"`{render(one.call)}` gives {said} to `{name_of(one.called)}`, which then fetches all rows",
        confidence=Confidence.MEDIUM if one.node is not None else Confidence.LOW,
        flow=(*way, *_steps(ctx, one.size)),
        scope=place.scope,
        anchor=name_of(one.called),
        in_request=bool(way),
    )
