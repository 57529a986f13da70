"""What a function asks the database for when somebody calls it for each of some rows."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from archlint.diagnostic import Confidence
from archlint.project.effects.chains import Hop
from archlint.project.effects.effect import Action, Edge, Effect, EffectKind, Reached, Step, Target
from archlint.project.inference import members
from archlint.project.project import Project
from archlint.project.schema.model import Relation
from archlint.project.symbols import FunctionDefinition
from archlint.project.values import Instance, Value

_MAX_DEPTH = 4


class RowCall(msgspec.Struct, frozen=True):
    """A function that is called for each row: the parameter that has the row, and what the function is called on."""

    function: FunctionDefinition
    parameter: str
    row: Instance
    receiver: Value | None = None


class RowAsk(msgspec.Struct, frozen=True):
    """What is asked once per row: where in the function, the way from there, and the relation that it follows.

    `path` leads from the row to that relation, () for a query of its own.
    """

    call: RowCall
    effect: Effect
    hops: tuple[Hop, ...]
    confidence: Confidence
    path: tuple[str, ...] = ()
    relation: Relation | None = None

    @property
    def step(self) -> Step:
        """Return the expression in the function that asks."""
        return self.hops[0].step


def asked_per_row(project: Project, call: RowCall) -> Iterator[RowAsk]:
    """Yield what a function asks once per row, itself or by a method of the row, each thing once for a place."""
    seen: set[tuple[Effect, Step]] = set()
    for ask in (*_asked(project, call), *_by_methods(project, call, 0)):
        if (ask.effect, ask.step) not in seen:
            seen.add((ask.effect, ask.step))
            yield ask


def _asked(project: Project, call: RowCall) -> Iterator[RowAsk]:
    function = call.function
    start = function.row.start - function.unit.start
    step = Step(function.module, function.unit.start, start, start)
    edge = Edge((Target(function, call.receiver),), step, ((call.parameter, call.row),), per_iteration=True)
    for reached in project.effects.through(edge):
        path = _path(call, reached)
        if not _counts(reached) or path is None:
            continue
        hops = project.effects.chain(function, reached)[1:]
        if hops:
            relation = project.effects.relation_of(reached.effect) if path else None
            yield RowAsk(call, reached.effect, hops, reached.confidence, path, relation)


def _by_methods(project: Project, call: RowCall, depth: int) -> Iterator[RowAsk]:
    """Yield what methods and properties ask of a row that came through a parameter without a type."""
    uses = project.effects.summary(call.function, call.receiver).uses if depth < _MAX_DEPTH else ()
    for use in uses:
        if (
            use.symbol.parameter != call.parameter
            or len(use.symbol.operations) != 1
            or use.when
            or use.inner is not None
        ):
            continue
        inner = _method(project, call.row, use.symbol.operations[0][1:], use.action)
        if inner is not None and inner.function is not call.function:
            before = Hop(call.function, use.step)
            for ask in (*_asked(project, inner), *_by_methods(project, inner, depth + 1)):
                yield replace(ask, call=call, hops=(before, *ask.hops))


def _method(project: Project, row: Instance, name: str, action: Action) -> RowCall | None:
    """Return the call of a method of a row, or the reading of one of its properties."""
    if row.definition is None:
        return None
    if action is Action.LOAD:
        targets = project.effects.callees.property_of(row, name)
        function = targets[0].function if targets else None
    else:
        function = members.implementation(project.inference, row.definition, name) if action is Action.CALL else None
    parameters = function.row.parameters if function is not None else ()
    return RowCall(function, parameters[0].name, row, row) if function is not None and parameters else None


def _counts(reached: Reached) -> bool:
    return not (reached.is_cached or reached.is_once or reached.when) and reached.confidence is not Confidence.LOW


def _path(call: RowCall, reached: Reached) -> tuple[str, ...] | None:
    """Return the relations from the row to what is loaded, () for a query of a model, None for anything else."""
    if reached.effect.kind is EffectKind.QUERY:
        return () if reached.effect.target else None
    used = reached.used
    if reached.effect.kind is not EffectKind.LAZY_LOAD or used is None or used.symbol.parameter != call.parameter:
        return None
    operations = used.symbol.operations
    return tuple(one[1:] for one in operations) if all(one.startswith(".") for one in operations) else None
