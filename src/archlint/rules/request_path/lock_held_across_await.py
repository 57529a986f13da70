"""ARC305: a coroutine holds a lock of threads while it awaits something."""

from __future__ import annotations

from functools import partial

from archlint.ir.module import Flag
from archlint.ir.render import render
from archlint.project.context import ProjectContext
from archlint.project.on_loop.locks import held_while_awaiting
from archlint.project.project import Project, UnitPlace
from archlint.project.views.flows import Entries
from archlint.rule import Found, Rule, Units

rule = Rule("ARC305")


@rule.units
def lock_held_across_await(project: Project, ctx: ProjectContext) -> Units:
    """Report each lock of threads around an `await`."""
    return Units(partial(_locks, project, ctx, Entries(project, ctx)), flags=Flag.ASYNC)


def _locks(project: Project, ctx: ProjectContext, entries: Entries, place: UnitPlace) -> Found:
    for function in project.functions_at(place):
        for held in held_while_awaiting(project, function) if function.row.is_async else ():
            route = entries.before(function)
            waits = ctx.related(place.module, place.unit.start, held.awaited, "other coroutines run here")
            yield rule.at(
                ctx.span(place.module, place.unit.start, held.node),
                f"`{render(held.node)}` is held while `async def {function.row.name}` awaits: "
                "a coroutine that wants it stops the loop for good; use `asyncio.Lock`",
                related=(waits,),
                flow=route,
                scope=place.scope,
                anchor=render(held.node),
                in_request=bool(route),
            )
