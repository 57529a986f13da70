"""ARC303: a handler on the event loop works on a disk or keeps the processor busy."""

from __future__ import annotations

from functools import partial
from itertools import chain

from archlint.diagnostic import Diagnostic, Related
from archlint.ir.module import Flag
from archlint.knowledge.tables import Blocks
from archlint.project.context import ProjectContext
from archlint.project.on_loop.held import Held, OnLoop, held_directly, held_through, keeps_others_waiting
from archlint.project.project import Project, UnitPlace
from archlint.project.symbols import FunctionDefinition
from archlint.project.views.flows import Entries, called_steps, head_of, name_of, span_of
from archlint.rule import Found, Rule, Units

_KINDS = frozenset({Blocks.CPU, Blocks.DISK})
_DOES = {Blocks.CPU: "keeps the processor busy", Blocks.DISK: "works on a disk"}

rule = Rule("ARC303")


@rule.units
def slow_work_in_async(project: Project, ctx: ProjectContext) -> Units:
    """Report work on a disk or a processor that a request waits for on the event loop.

    Of several calls of one callee in a coroutine the first is reported.
    """
    look = partial(_work, project, ctx, Entries(project, ctx), OnLoop(project))
    return Units(look, flags=Flag.FUNCTION)


def _work(project: Project, ctx: ProjectContext, entries: Entries, on_loop: OnLoop, place: UnitPlace) -> Found:
    for function in on_loop.functions_at(place):
        found = _each_once(project, function)
        if found and keeps_others_waiting(project, function) and entries.before(function):
            yield from (_reported(project, ctx, entries, function, held) for held in found)


def _each_once(project: Project, function: FunctionDefinition) -> list[Held]:
    """Return what holds the loop of a function, in its order; of several calls of one callee the first."""
    found = chain(held_directly(project, function, _KINDS), held_through(project, function, _KINDS))
    seen: dict[str, Held] = {}
    for held in sorted(found, key=lambda one: one.reached.step.order):
        if not held.reached.is_cached and not held.reached.is_once:  # what is done once delays one request
            seen.setdefault(_called(held), held)
    return list(seen.values())


def _called(held: Held) -> str:
    via = held.reached.via
    return name_of(via.function) if via is not None else held.reached.effect.target


def _reported(
    project: Project, ctx: ProjectContext, entries: Entries, function: FunctionDefinition, held: Held
) -> Diagnostic:
    via = held.reached.via
    called = _called(held)
    inside = f" in `{held.reached.effect.target}`" if via is not None else ""
    steps: tuple[Related, ...] = called_steps(project, ctx, function, held.reached, "the loop is busy here")
    return rule.at(
        span_of(ctx, held.reached.step),
        f"`{called}` {_DOES[held.row.kind]} on the event loop of `{head_of(function)}`{inside}: use {held.row.instead}",
        confidence=held.confidence,
        flow=(*entries.before(function), *steps),
        scope=name_of(function),
        anchor=called,
        in_request=True,
        at_most=held.row.severity,
    )
