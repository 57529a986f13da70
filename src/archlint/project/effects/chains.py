"""The way from a function to one of its effects, call by call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import msgspec

from archlint.project.effects.effect import Reached, Step, Summary, Target, Use, Used
from archlint.project.symbols import FunctionDefinition
from archlint.project.values import Value

_MAX_HOPS = 30


class Summaries(Protocol):
    """What functions do."""

    def summary(self, function: FunctionDefinition, receiver: Value | None = None) -> Summary:
        """Return what calling a function does."""


class Hop(msgspec.Struct, frozen=True):
    """One call on a way, the function that makes it, and whether what it leads to is repeated from there on."""

    function: FunctionDefinition
    step: Step
    is_repeated: bool = False


def chain(effects: Summaries, function: FunctionDefinition, reached: Reached) -> tuple[Hop, ...]:
    """Return the way from a function to one of its effects; the last hop is the effect itself."""
    hops = [Hop(function, reached.step, reached.per_iteration)]
    repeats = reached.per_iteration
    while reached.via is not None:
        repeats = repeats and not reached.loops_here
        if reached.used is not None:
            way = list(_way_of_use(effects, reached.used, repeats=repeats))
            hops += [Hop(target.function, use.step, use.per_iteration) for target, use in way]
            repeats = repeats and not any(use.loops_here for _, use in way)
            if reached.via == reached.used.target:
                break
        further = _further(effects, reached, repeats=repeats)
        if further is None:
            break
        function, reached = reached.via.function, further
        hops.append(Hop(function, reached.step, reached.per_iteration))
    return tuple(hops)


def _further(effects: Summaries, reached: Reached, *, repeats: bool) -> Reached | None:
    """Return the same effect as the callee has it, repeated there where no loop on the way was seen yet."""
    if reached.via is None:
        return None
    ways = effects.summary(reached.via.function, reached.via.receiver).ways
    same = [one for one in ways if one.effect == reached.effect and one.distance < reached.distance]
    looped = [one for one in same if one.per_iteration] if repeats else same
    return min(looped or same, key=lambda one: (one.when != reached.inner, one.rank), default=None)


def _way_of_use(effects: Summaries, used: Used, *, repeats: bool) -> Iterator[tuple[Target, Use]]:
    """Yield the way to what a function does with a parameter, by a loop where one is wanted and is there."""
    for _ in range(_MAX_HOPS):
        uses = effects.summary(used.target.function, used.target.receiver).uses
        same = [one for one in uses if one.symbol == used.symbol and one.action is used.action]
        same.sort(key=lambda one: (one.per_iteration != repeats, one.when != used.when))
        if not same:
            return
        use = same[0]
        yield used.target, use
        if use.inner is None:
            return
        repeats = repeats and not use.loops_here
        used = use.inner
