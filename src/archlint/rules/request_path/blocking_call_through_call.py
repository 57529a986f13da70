"""ARC302: a coroutine calls a function that makes a call which holds the event loop, any number of calls away."""

from __future__ import annotations

from archlint.diagnostic import Related
from archlint.ir.module import Flag
from archlint.knowledge.tables import Blocks
from archlint.project.context import ProjectContext
from archlint.project.on_loop import Held, held_through, keeps_others_waiting, runs_on_loop
from archlint.project.project import Project
from archlint.project.symbols import FunctionDefinition
from archlint.project.views.flows import Entries, called_steps, name_of, span_of, text_of
from archlint.rule import Found, Rule

_KINDS = frozenset({Blocks.DATABASE, Blocks.NETWORK, Blocks.WAIT})

rule = Rule("ARC302")


@rule.project
def blocking_call_through_call(project: Project, ctx: ProjectContext) -> Found:
    """Report each call on the event loop that leads to a wait for a network, a database or another thread."""
    entries = Entries(project, ctx)
    for place in project.units(ctx.roles, flags=Flag.FUNCTION):
        for function in project.functions_at(place):
            if not runs_on_loop(project, function):
                continue
            found = list(held_through(project, function, _KINDS))
            if not found or not keeps_others_waiting(project, function):
                continue
            route = entries.before(function)
            for held in found:
                called = _called(ctx, held)
                yield rule.at(
                    span_of(ctx, held.reached.step),
                    f"`{called}` holds the event loop of `{_head(function)}` in `{held.reached.effect.target}`: "
                    f"use {held.row.instead}",
                    confidence=held.confidence,
                    flow=(*route, *_steps(project, ctx, function, held)),
                    scope=place.scope,
                    anchor=called,
                    in_request=bool(route),
                )


def _called(ctx: ProjectContext, held: Held) -> str:
    via = held.reached.via
    return name_of(via.function) if via is not None else text_of(ctx, held.reached.step).partition("(")[0]


def _head(function: FunctionDefinition) -> str:
    return f"async def {function.row.name}" if function.row.is_async else f"def {function.row.name}"


def _steps(project: Project, ctx: ProjectContext, function: FunctionDefinition, held: Held) -> tuple[Related, ...]:
    return called_steps(project, ctx, function, held.reached, "the loop waits here")
