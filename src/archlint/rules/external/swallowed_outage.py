"""ARC413: an outage of a service is taken for an ordinary result, and nobody learns of it."""

from __future__ import annotations

from functools import partial

from archlint.diagnostic import Confidence, Diagnostic, Related
from archlint.ir import nodes as ir
from archlint.ir.module import Flag
from archlint.ir.render import render
from archlint.project.context import ProjectContext
from archlint.project.outages.swallowing import Swallowed, swallowed
from archlint.project.project import Project, UnitPlace
from archlint.project.views.flows import Entries
from archlint.rule import Found, Rule, Units

rule = Rule("ARC413")


@rule.units
def swallowed_outage(project: Project, ctx: ProjectContext) -> Units:
    """Report each handler that gives an empty result for an outage and neither logs, records nor raises it."""
    return Units(partial(_outages, project, ctx, Entries(project, ctx)), flags=Flag.FUNCTION | Flag.TRY)


def _outages(project: Project, ctx: ProjectContext, entries: Entries, place: UnitPlace) -> Found:
    for function in project.functions_at(place):
        for found in swallowed(project, function):
            yield _reported(ctx, place, found, entries.before(function))


def _reported(ctx: ProjectContext, place: UnitPlace, found: Swallowed, route: tuple[Related, ...]) -> Diagnostic:
    last, head = found.handler.body[-1], _head(found.handler)
    is_told = isinstance(last, ir.Return) and _is_false(last)
    end = ctx.related(place.module, place.unit.start, head, "the outage ends here")
    return rule.at(
        ctx.span(place.module, place.unit.start, head),
        f"an outage of `{found.name}` is swallowed here: it is neither logged nor raised, and {_result(found.handler)}",
        confidence=Confidence.LOW if is_told else Confidence.MEDIUM,
        related=(ctx.related(place.module, place.unit.start, _head(found.statement), "the `try` begins here"),),
        flow=(*route, end) if route else (),
        scope=place.scope,
        anchor=found.name,
        in_request=bool(route),
    )


def _head(node: ir.Handler | ir.Try) -> ir.Node:
    """Return the word that a statement begins with, with the exceptions behind it."""
    if isinstance(node, ir.Try):
        return ir.Name(node.start, node.start + len("try"), "try")
    return ir.Name(node.start, node.types.end if node.types is not None else node.start + len("except"), "except")


def _is_false(statement: ir.Return) -> bool:
    return isinstance(statement.value, ir.Constant) and statement.value.value is False


def _result(handler: ir.Handler) -> str:
    last = handler.body[-1]
    if isinstance(last, ir.Return):
        value = "None" if last.value is None else render(last.value)
        return f"`{value}` stands for a result"
    return "the work goes on without the result"
