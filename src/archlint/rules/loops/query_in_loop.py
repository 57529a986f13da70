"""ARC101: a query or a write runs once per turn of a loop."""

from __future__ import annotations

from archlint.diagnostic import Related
from archlint.ir import nodes as ir
from archlint.ir.module import Flag
from archlint.ir.render import render
from archlint.project.database import DatabaseCall, database_call, wanted_names
from archlint.project.flow import CallSite, Loop, call_sites, names_in
from archlint.project.handlers import entry
from archlint.project.project import Project, ProjectContext
from archlint.project.turns import model_of_rows, multiplying, shown
from archlint.rule import Found, Rule

BULK = frozenset({"bulk_create", "bulk_update", "abulk_create", "abulk_update", "executemany", "insert_many"})
"""Calls that carry many rows: in a loop they are the batches of one."""

MANAGERS = frozenset({"_base_manager", "_default_manager", "objects"})
"""Attributes of a Django model that are its managers."""

rule = Rule("ARC101")


@rule.project
def query_in_loop(project: Project, ctx: ProjectContext) -> Found:
    """Report each database call whose number grows with the data that a loop runs over."""
    wanted = wanted_names(project)
    for place in project.units(ctx.roles, flags=Flag.LOOP, attributes=wanted):
        for site in call_sites(project, place, wanted):
            call = database_call(project, site) if site.loops else None
            loop = _growing_loop(project, site, call) if call is not None and not call.by_text else None
            if call is not None and loop is not None:
                route = entry(project, ctx, place)
                yield rule.at(
                    ctx.span(site.module, site.offset, site.call),
                    _message(site, call, loop),
                    confidence=call.confidence,
                    related=ctx.defined(call.definition),
                    flow=(*route, *_steps(ctx, site, loop, call)),
                    scope=place.scope,
                    anchor=render(site.call.func),
                    in_request=bool(route),
                    tables=project.schema.names_of(model_of_rows(loop) or call.table),
                )


def _growing_loop(project: Project, site: CallSite, call: DatabaseCall) -> Loop | None:
    """Return the innermost loop that multiplies the call, or None."""
    if _runs_a_script(site) or site.method in BULK or _migrates(site):
        return None

    def counts(loop: Loop) -> bool:
        return bool(call.model) or not (_runs_over_models(site, loop) or call.naming & loop.varying)

    return multiplying(project, site.call, site, is_alike=call.writes, counts=counts)


def _migrates(site: CallSite) -> bool:
    """Return whether the call is a step of a data migration, wherever the function stands."""
    functions = (one for one in site.functions if isinstance(one, ir.Function))
    return any(parameter.name == "schema_editor" for one in functions for parameter in one.parameters)


def _runs_over_models(site: CallSite, loop: Loop) -> bool:
    """Return whether each turn has a model of its own: there are as many turns as tables, whatever the rows."""
    node: ir.Expr = site.call
    while isinstance(node, ir.Call | ir.Attribute):
        if isinstance(node, ir.Attribute) and node.name in MANAGERS:
            return not names_in(node.value).isdisjoint(loop.varying)
        node = node.func if isinstance(node, ir.Call) else node.value
    return False


def _runs_a_script(site: CallSite) -> bool:
    """Return whether the loop runs over the statements themselves, one after the other."""
    node = site.call.args[0] if len(site.call.args) == 1 and not site.call.keywords else None
    if isinstance(node, ir.Call) and len(node.args) == 1:  # `text(statement)`
        node = node.args[0]
    is_handed = isinstance(node, ir.Name) and site.method in ("execute", "executescript")
    return is_handed and any(isinstance(node, ir.Name) and node.id in loop.targets for loop in site.loops)


def _message(site: CallSite, call: DatabaseCall, loop: Loop) -> str:
    return f"`{render(site.call.func)}` {call.effect} once per turn of the loop{_over(loop)}"


def _over(loop: Loop) -> str:
    """Return what the loop runs over, where that has a name."""
    return f" over `{shown(loop)}`" if shown(loop) else ""


def _steps(ctx: ProjectContext, site: CallSite, loop: Loop, call: DatabaseCall) -> tuple[Related, ...]:
    """Return the last steps of the chain: the loop, the call."""
    over = f"the loop runs{_over(loop)}" if _over(loop) else "the loop"
    return (
        ctx.related(site.module, site.offset, loop.iterable or loop.node, over),
        ctx.related(site.module, site.offset, site.call, f"each turn {call.effect}"),
    )
