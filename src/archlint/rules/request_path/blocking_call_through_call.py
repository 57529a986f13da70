"""ARC302: a coroutine calls a function that makes a call which holds the event loop, any number of calls away."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import msgspec

from archlint.diagnostic import Confidence, Diagnostic, Related
from archlint.ir.module import Flag
from archlint.knowledge.tables import Blocks
from archlint.project.context import ProjectContext
from archlint.project.effects.effect import EffectKind
from archlint.project.on_loop.held import (
    Held,
    OnLoop,
    held_through,
    keeps_others_waiting,
    refused_through,
)
from archlint.project.on_loop.twins import twin_of
from archlint.project.project import Project, UnitPlace
from archlint.project.symbols import FunctionDefinition
from archlint.project.views.flows import Entries, called_steps, head_of, name_of, span_of, text_of
from archlint.rule import Found, Rule, Units

_KINDS = frozenset({Blocks.DATABASE, Blocks.NETWORK, Blocks.WAIT})

_SHOWN = 4

rule = Rule("ARC302")


@rule.units
def blocking_call_through_call(project: Project, ctx: ProjectContext) -> Units:
    """Report each call on the event loop that leads to a wait for a network, a database or another thread.

    Of many calls for one database the first is reported: one session, or one thread, does for all of them.
    What has a coroutine beside it that does the same is another rule's business.
    """
    look = partial(_calls, project, ctx, Entries(project, ctx), OnLoop(project))
    return Units(look, flags=Flag.FUNCTION)


def _calls(project: Project, ctx: ProjectContext, entries: Entries, on_loop: OnLoop, place: UnitPlace) -> Found:
    for function in on_loop.functions_at(place):
        held_by = [one for one in _all(project, function) if not _has_twin(project, one)]
        found = sorted(held_by, key=lambda one: one.reached.step.order)
        if found and not keeps_others_waiting(project, function):
            found = [
                one for one in found if one.reached.effect.kind is not EffectKind.BLOCK
            ]  # an error is one anywhere
        if not found:
            continue
        route = entries.before(function)
        asking = [one for one in found if one.row.kind is Blocks.DATABASE]
        for held in found:
            if held not in asking[1:]:
                waiting = _Waiting(function, held, asking[1:] if held in asking else [], route)
                yield _reported(project, ctx, place, waiting)


class _Waiting(msgspec.Struct, frozen=True):
    """A call that holds the loop of a function, the others that one session or thread would do for, and the route."""

    function: FunctionDefinition
    held: Held
    others: list[Held]
    route: tuple[Related, ...]


def _reported(project: Project, ctx: ProjectContext, place: UnitPlace, waiting: _Waiting) -> Diagnostic:
    function, held, others = waiting.function, waiting.held, waiting.others
    called = _called(ctx, held)
    more = f", and {len(others)} more calls do" if len(others) > 1 else ", and another call does" if others else ""
    is_sure = bool(waiting.route) or held.row.kind is not Blocks.DATABASE
    return rule.at(
        span_of(ctx, held.reached.step),
        f"`{called}` {_does(function, held)}{more}: use {held.row.instead}",
        confidence=held.confidence if is_sure else Confidence.LOW,
        related=(*_behind(project, ctx, function, held), *_beside(ctx, others)),
        flow=(*waiting.route, *called_steps(project, ctx, function, held.reached, "the loop waits here")),
        scope=place.scope,
        anchor=called,
        at_most=held.row.severity,
        in_request=bool(waiting.route),
    )


def _beside(ctx: ProjectContext, others: list[Held]) -> Iterator[Related]:
    """Yield the calls that one session or one thread would do for as well."""
    for one in others[:_SHOWN]:
        yield Related(span_of(ctx, one.reached.step), "holds it as well")


def _behind(project: Project, ctx: ProjectContext, function: FunctionDefinition, held: Held) -> Iterator[Related]:
    """Yield what else waits behind the same call: who mends only what is named has the next one to mend."""
    for one in held.others[:_SHOWN]:
        end = project.effects.chain(function, one)[-1]
        yield Related(span_of(ctx, end.step), f"`{one.effect.target}` holds it as well")


def _does(function: FunctionDefinition, held: Held) -> str:
    target, head = held.reached.effect.target, head_of(function)
    if held.reached.effect.kind is EffectKind.BLOCK:
        return f"holds the event loop of `{head}` in `{target}`"
    return f"asks for `{target.rpartition('.')[2]}` on the event loop of `{head}`, where Django's ORM raises an error"


def _all(project: Project, function: FunctionDefinition) -> list[Held]:
    """Return what holds the loop of a function or asks Django's ORM there, each call once."""
    found = list(held_through(project, function, _KINDS))
    seen = {one.reached.step for one in found}
    return found + [one for one in refused_through(project, function) if one.reached.step not in seen]


def _has_twin(project: Project, held: Held) -> bool:
    return held.reached.via is not None and twin_of(project, held.reached.via.function) is not None


def _called(ctx: ProjectContext, held: Held) -> str:
    via = held.reached.via
    return name_of(via.function) if via is not None else text_of(ctx, held.reached.step).partition("(")[0]
