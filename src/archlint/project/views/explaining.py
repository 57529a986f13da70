"""What archlint infers at a line: how it is reached, where it runs, what it does, what its expressions are."""

from __future__ import annotations

from itertools import pairwise

import msgspec

from archlint.project.effects.callers import Caller, innermost
from archlint.project.effects.chains import Hop, chain
from archlint.project.effects.effect import EffectKind, Reached, Step
from archlint.project.project import Project, UnitPlace
from archlint.project.routes.route import EntryKind, Guard
from archlint.project.symbols import FunctionDefinition, Module
from archlint.project.views.describing import PLACES, effect_phrase
from archlint.project.views.looking import Note, notes_in
from archlint.project.views.mapping import SourceOf, head_of
from archlint.project.views.model import Model
from archlint.project.views.service_map import MapGuard, Spot

_LONGEST_CHAIN = 40


class ChainStep(msgspec.Struct, frozen=True):
    """One step of a chain: what happens, and where."""

    spot: Spot
    text: str


class WayIn(msgspec.Struct, frozen=True):
    """An entry point that leads to a function, with the calls in between; `runs` says where in words."""

    kind: str
    label: str
    spot: Spot
    runs: str
    guards: tuple[MapGuard, ...]
    chain: tuple[ChainStep, ...]


class Done(msgspec.Struct, frozen=True):
    """Something that a function does, as a predicate, with the calls that lead there; the last is the thing itself."""

    kind: str
    text: str
    in_loop: bool
    chain: tuple[ChainStep, ...]


class Explanation(msgspec.Struct, frozen=True):
    """What is known of a line; `function` is "" where none is around it."""

    spot: Spot
    module: str
    function: str
    head: Spot | None
    is_async: bool
    ways_in: tuple[WayIn, ...]
    does: tuple[Done, ...]
    notes: tuple[Note, ...]


class Asked(msgspec.Struct, frozen=True):
    """A project with its model and its texts."""

    project: Project
    model: Model
    source_of: SourceOf


def explain(asked: Asked, path: str, line: int, column: int | None = None) -> Explanation | None:
    """Return what is known of a line, or of what stands at a column of it; None where no facts of the file exist."""
    module = next((one for one in asked.project.modules if one.path == path), None)
    if module is None:
        return None
    place = _unit_at(asked, module, line)
    function = _function_at(asked, place, line, column) if place is not None else None
    return Explanation(
        Spot(path, line),
        module.name,
        function.name if function is not None else "",
        head_of(function, asked.source_of) if function is not None else None,
        function is not None and function.row.is_async,
        _ways_in(asked, function) if function is not None else (),
        _does(asked, function) if function is not None else (),
        _notes(asked, place, line, column) if place is not None else (),
    )


def _notes(asked: Asked, place: UnitPlace, line: int, column: int | None) -> tuple[Note, ...]:
    source = asked.source_of(place.module.path)
    start = source.starts[line - 1] - place.unit.start
    length = len(source.line_text(line))
    if column is not None:
        at = start + min(column - 1, max(length - 1, 0))
        return notes_in(asked.project, asked.model, place, (at, at + 1), around=True)
    return notes_in(asked.project, asked.model, place, (start, start + length + 1), around=False)


def _unit_at(asked: Asked, module: Module, line: int) -> UnitPlace | None:
    source = asked.source_of(module.path)
    for unit in module.facts.units:
        if source.line_at(unit.start) <= line <= source.line_at(max(unit.end - 1, unit.start)):
            return UnitPlace(module, unit)
    return None


def _function_at(asked: Asked, place: UnitPlace, line: int, column: int | None) -> FunctionDefinition | None:
    source = asked.source_of(place.module.path)
    text = source.line_text(line)
    indent = len(text) - len(text.lstrip()) if column is None else column - 1
    return innermost(asked.project, place, source.starts[line - 1] + indent - place.unit.start)


def _ways_in(asked: Asked, function: FunctionDefinition) -> tuple[WayIn, ...]:
    entries = _entries(asked)
    found = [
        WayIn(kind, label, spot, runs, guards, tuple(_call(asked, one) for one in calls))
        for start, calls in asked.project.callers.ways_to(function)
        for kind, label, spot, runs, guards in entries.get(start, ())
    ]
    return tuple(sorted(found, key=lambda one: (len(one.chain), one.label, one.spot)))


Entry = tuple[str, str, Spot, str, tuple[MapGuard, ...]]


def _entries(asked: Asked) -> dict[FunctionDefinition, list[Entry]]:
    """Return what enters the program at each function."""
    found: dict[FunctionDefinition, list[Entry]] = {}
    for route in asked.model.routes.routes:
        guards = tuple(_guard(asked, one) for one in route.guards)
        handler = route.handler.function
        needed = [one for one in route.dependencies if isinstance(one, FunctionDefinition)]
        for function in (*([handler] if handler is not None else []), *needed):
            mention = route.mounted[-1] if route.mounted else None
            spot = _spot(asked, mention.module, mention.start) if mention else head_of(function, asked.source_of)
            kind = "route" if function is handler else "dependency of a route"
            found.setdefault(function, []).append((kind, route.label, spot, PLACES[route.runs], guards))
    for entry in asked.model.routes.entry_points:
        if entry.kind is not EntryKind.ROUTE:
            head = head_of(entry.function, asked.source_of)
            row = (entry.kind.value, entry.label or entry.function.name, head, PLACES[entry.runs], ())
            found.setdefault(entry.function, []).append(row)
    return found


def _does(asked: Asked, function: FunctionDefinition) -> tuple[Done, ...]:
    order = list(EffectKind)
    effects = asked.model.effects.summary(function).effects
    return tuple(
        Done(one.effect.kind.value, effect_phrase(one.effect), one.per_iteration, _chain(asked, function, one))
        for one in sorted(effects, key=lambda one: (order.index(one.effect.kind), one.effect))
    )


def _chain(asked: Asked, function: FunctionDefinition, reached: Reached) -> tuple[ChainStep, ...]:
    hops = chain(asked.model.effects, function, reached)
    steps = [
        ChainStep(_at(asked, hop.step), f"calls `{following.function.name}`{_repeated(hop)}")
        for hop, following in pairwise(hops)
    ]
    end = ChainStep(_at(asked, hops[-1].step), effect_phrase(reached.effect) + _repeated(hops[-1]))
    return (*steps[:_LONGEST_CHAIN], end)


def _repeated(hop: Hop) -> str:
    return " in a loop" if hop.is_repeated else ""


def _call(asked: Asked, caller: Caller) -> ChainStep:
    return ChainStep(_at(asked, caller.step), f"`{caller.function.name}` calls `{caller.called.name}`")


def _guard(asked: Asked, guard: Guard) -> MapGuard:
    mention = guard.mention
    spot = _spot(asked, mention.module, mention.start) if mention is not None else None
    return MapGuard(guard.kind.value, guard.name, guard.level.value, spot)


def _at(asked: Asked, step: Step) -> Spot:
    return _spot(asked, step.module, step.offset + step.start)


def _spot(asked: Asked, module: Module, offset: int) -> Spot:
    return Spot(module.path, asked.source_of(module.path).line_at(offset))
