"""How effects spread from callee to caller."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archlint.diagnostic import Confidence
from archlint.project.effects.deciding import takes_receiver
from archlint.project.effects.effect import (
    ENDING,
    LOCAL,
    Action,
    Body,
    Edge,
    Effect,
    EffectKind,
    Reached,
    Summary,
    Target,
    Use,
    Used,
)
from archlint.project.effects.ways import Ways
from archlint.project.inference import symbolic
from archlint.project.symbols import FunctionDefinition
from archlint.project.values import UNKNOWN, Instance, Query, Symbol, Value, When

if TYPE_CHECKING:
    from archlint.project.effects.effects import Effects

MAX_EFFECTS = 300
"""Effects of one function that are told apart; the nearest are kept."""
MAX_USES = 60
_LESS_SURE = {Confidence.HIGH: 0, Confidence.MEDIUM: 1, Confidence.LOW: 2}
_IN_A_THREAD = frozenset({EffectKind.BLOCK})
"""What no longer concerns the caller when it happens in a thread."""


def summary_of(effects: Effects, function: FunctionDefinition, receiver: Value | None) -> Summary:
    """Return what calling a function does: its body, and what its calls do."""
    body = effects.body(function, receiver)
    found: Ways[Reached] = Ways(lambda one: one.rank)
    uses: Ways[Use] = Ways(lambda _: ())
    for reached in body.effects:
        _keep(found, reached, body)
    for use in body.uses:
        uses.add((use.symbol, use.action, use.per_iteration), use)
    for edge in body.edges:
        for target in edge.targets:
            for reached in through(effects, edge, target):
                _keep(found, reached, body)
            for use in _uses_through(effects, function, edge, target):
                uses.add((use.symbol, use.action, use.per_iteration), use)
    nearest = sorted(found.all(), key=lambda one: one.rank)[:MAX_EFFECTS]
    ordered = sorted(nearest, key=lambda one: (one.effect, one.per_iteration, one.is_once, one.when))
    return Summary(tuple(ordered), tuple(uses.all())[:MAX_USES])


def _keep(found: Ways[Reached], reached: Reached, body: Body) -> None:
    cached = replace(reached, is_cached=True) if body.is_cached and not reached.is_cached else reached
    found.add((reached.effect, reached.per_iteration, reached.is_once), cached)


def through(effects: Effects, edge: Edge, target: Target) -> Iterator[Reached]:
    """Yield what a call of functions does by one of them."""
    summary = effects.summary(target.function, target.receiver)
    saves = edge.is_fixed and _is_saved(effects, target)
    for reached in summary.ways:
        effect = reached.effect
        if effect.kind in LOCAL or (edge.action is Action.OFFLOAD and effect.kind in _IN_A_THREAD):
            continue
        if effect.kind is EffectKind.RAISE and effects.is_caught(effect.target, edge.catches):
            continue
        when = effects.deciding.through(reached.when, edge, target) if reached.when else edge.when
        if when is None:
            continue
        is_once = reached.is_once or saves
        loops = edge.per_iteration and not is_once and effect.kind not in ENDING
        yield Reached(
            effect,
            edge.step,
            target,
            reached.distance + 1,
            reached.per_iteration or loops,
            reached.is_cached or edge.is_kept,
            _least(reached.confidence, target.confidence),
            None,
            loops,
            when,
            reached.when,
            is_once,
        )
    given = dict(edge.given)
    for use in summary.uses if given else ():
        when = effects.deciding.through(use.when, edge, target) if use.when else edge.when
        if when is not None:
            yield from _applied(effects, edge, target, use, given, when)


def _is_saved(effects: Effects, target: Target) -> bool:
    """Return whether a cache saves all calls with the same arguments but the first."""
    is_cached = effects.body(target.function, target.receiver).is_cached
    return is_cached and not takes_receiver(target.function)


def _applied(
    effects: Effects, edge: Edge, target: Target, use: Use, given: dict[str, Value], when: When
) -> Iterator[Reached]:
    """Yield what comes of what a callee does with a parameter."""
    operations = use.symbol.operations
    last = operations[-1] if operations else ""
    short = replace(use.symbol, operations=operations[:-1]) if use.action is Action.LOAD else use.symbol
    value = symbolic.applied(effects.inference, short, lambda name: given.get(name, UNKNOWN))
    repeated = use.per_iteration or edge.per_iteration
    used = Used(target, use.symbol, use.action, use.when)
    direct: tuple[Effect, ...]
    sure = effects.direct.sureness(value) if use.action is Action.ITERATE else Confidence.HIGH
    if use.action is Action.LOAD:
        loaded = effects.lazily_loaded(value, last[1:]) if isinstance(value, Instance) else None
        direct = (loaded,) if loaded is not None else ()
    elif use.action is Action.ITERATE:
        direct = tuple(effects.direct.of_iterating(value))
    else:
        direct = tuple(effects.direct.of_callee(value)) if use.action is Action.CALL else ()
        for inner in effects.callees.targets(value) if use.action is not Action.HAND_OVER else ():
            yield from _run(effects, edge, inner, used, when, repeated=repeated)
    for effect in direct:
        yield Reached(
            effect,
            edge.step,
            target,
            1,
            repeated,
            confidence=sure,
            used=used,
            loops_here=edge.per_iteration,
            when=when,
        )


def _run(effects: Effects, edge: Edge, inner: Target, used: Used, when: When, *, repeated: bool) -> Iterator[Reached]:
    """Yield what a function does that a callee was given and runs: the way leads through the callee's parameter."""
    thread = used.action is Action.OFFLOAD
    for reached in effects.summary(inner.function, inner.receiver).ways:
        if reached.effect.kind in LOCAL or (thread and reached.effect.kind in _IN_A_THREAD):
            continue
        loops = repeated and not reached.is_once and reached.effect.kind not in ENDING
        yield replace(
            reached,
            step=edge.step,
            via=inner,
            distance=reached.distance + 1,
            per_iteration=reached.per_iteration or loops,
            used=used,
            loops_here=edge.per_iteration and loops,
            when=when,
            inner=reached.when,
        )


def _uses_through(effects: Effects, function: FunctionDefinition, edge: Edge, target: Target) -> Iterator[Use]:
    """Yield what a callee does with what came to the caller through a parameter."""
    given = dict(edge.given)
    symbols = {name: _symbol(value) for name, value in given.items()}
    if not any(symbol is not None and symbol.owner is function for symbol in symbols.values()):
        return
    for use in effects.summary(target.function, target.receiver).uses:
        symbol = symbols.get(use.symbol.parameter)
        if symbol is None or symbol.owner is not function or _is_settled(given[use.symbol.parameter], use):
            continue
        further = _after(symbol, use.symbol.operations) if use.symbol.operations else symbol
        when = effects.deciding.through(use.when, edge, target) if use.when else edge.when
        if further is None or when is None:
            continue
        repeated = use.per_iteration or edge.per_iteration
        used = Used(target, use.symbol, use.action, use.when)
        around = edge.turns if use.symbol.parameter in edge.turning else None
        yield Use(further, use.action, edge.step, repeated, used, edge.per_iteration, when, around)


def turning_uses(effects: Effects, function: FunctionDefinition) -> Iterator[Use]:
    """Yield what a function does in its loops with something that each turn has anew and its caller gave."""
    body = effects.body(function)
    found = list(body.uses)
    for edge in body.edges:
        for target in edge.targets if edge.turns is not None and edge.turning else ():
            if not effects.asking_names.isdisjoint(target.function.unit.attributes):
                found += _uses_through(effects, function, edge, target)
    for use in found:
        if use.turns is not None and not use.turns.is_alike:
            yield use


def given_in_loops(effects: Effects, edge: Edge, target: Target) -> Iterator[Reached]:
    """Yield what comes of `turning_uses` where a call gives the parameters, told from where the function uses them."""
    if edge.given:
        yield from (one for _, one in _where_used(effects, edge, target, turning_uses(effects, target.function)))


def given_to(effects: Effects, edge: Edge, target: Target) -> Iterator[tuple[Use, Reached]]:
    """Yield what a function does with what a call gives it, and what comes of it, told from where it does that."""
    yield from _where_used(effects, edge, target, _all_uses(effects, target))


def _all_uses(effects: Effects, target: Target) -> Iterator[Use]:
    """Yield what a function does with its parameters, at each place where it does so."""
    body = effects.body(target.function, target.receiver)
    yield from body.uses
    for edge in body.edges:
        for inner in edge.targets:
            yield from _uses_through(effects, target.function, edge, inner)


def _where_used(effects: Effects, edge: Edge, target: Target, uses: Iterable[Use]) -> Iterator[tuple[Use, Reached]]:
    given = dict(edge.given)
    for use in uses:
        when = effects.deciding.through(use.when, edge, target) if use.when else edge.when
        if when is None:
            continue
        for one in _applied(effects, edge, target, use, given, when):
            via = one.via if one.via != target else use.inner.target if use.inner is not None else None
            yield (
                use,
                replace(
                    one,
                    step=use.step,
                    via=via,
                    used=use.inner,
                    distance=one.distance - 1,
                    loops_here=True,
                    turns=use.turns,
                ),
            )


def _after(symbol: Symbol, operations: tuple[str, ...]) -> Symbol | None:
    """Return a symbol after some operations, None where they are too many to follow."""
    for operation in operations:
        value = symbol.then(operation)
        if not isinstance(value, Symbol):
            return None
        symbol = value
    return symbol


def _is_settled(value: Value, use: Use) -> bool:
    """Return whether the caller knows whether the relation that a callee reads is loaded."""
    first = use.symbol.operations[0] if use.symbol.operations else ""
    return use.action is Action.LOAD and isinstance(value, Instance) and value.has(first[1:]) is not None


def _symbol(value: Value) -> Symbol | None:
    if isinstance(value, Symbol):
        return value
    return value.origin if isinstance(value, Instance | Query) else None


def _least(first: Confidence, second: Confidence) -> Confidence:
    return max(first, second, key=_LESS_SURE.__getitem__)
