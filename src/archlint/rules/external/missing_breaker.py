"""ARC440: many routes need a service, and nothing stands in for it while it is away."""

from __future__ import annotations

import msgspec

from archlint.diagnostic import Diagnostic, Related
from archlint.ir.render import render
from archlint.project.context import ProjectContext
from archlint.project.handlers import entry_of, handler
from archlint.project.outages.above import Link
from archlint.project.outages.needed import Needed, needed
from archlint.project.project import Project
from archlint.project.symbols import FunctionDefinition
from archlint.project.views.flows import name_of, span_of
from archlint.rule import Found, Rule

rule = Rule("ARC440")

_SHOWN = 3
"""Routes that are named."""


class Options(msgspec.Struct, frozen=True):
    """The options of the rule."""

    routes: int


@rule.project
def missing_breaker(project: Project, ctx: ProjectContext) -> Found:
    """Report services that many routes cannot do without, once for each module that asks one."""
    least = ctx.options(rule.code, Options).routes
    for found in needed(project, ctx.roles):
        if len(found.routes) >= least:
            yield _reported(project, ctx, found)


def _reported(project: Project, ctx: ProjectContext, found: Needed) -> Diagnostic:
    site = found.call.site
    end = ctx.related(site.module, site.offset, site.call, "this waits for the service")
    labels = sorted({_label(project, start): start for start in found.routes}.items(), key=lambda one: one[0])
    start, way = min(found.routes.items(), key=lambda one: (len(one[1]), name_of(one[0])))
    named = ", ".join(f"`{label}`" for label, _ in labels[:_SHOWN])
    others = len(found.routes) - min(_SHOWN, len(labels))
    more = f" and {others} more" if others else ""
    return rule.at(
        ctx.span(site.module, site.offset, site.call),
        f"{len(found.routes)} routes need `{found.call.family.name}` through `{site.module.name}` ({named}{more}): "
        "no circuit breaker and no fallback stands before it, and while it is away each request waits for that",
        related=tuple([Related(ctx.head_of(one), f"`{label}` needs it") for label, one in labels[:_SHOWN]]),
        flow=(*entry_of(project, ctx, start), *_steps(ctx, way), end),
        scope=site.place.scope,
        anchor=render(site.call.func),
        in_request=True,
    )


def _steps(ctx: ProjectContext, way: tuple[Link, ...]) -> list[Related]:
    return [Related(span_of(ctx, one.step), f"calls `{name_of(one.called)}`") for one in way]


def _label(project: Project, function: FunctionDefinition) -> str:
    served = handler(project, function)
    return served.label if served is not None else name_of(function)
