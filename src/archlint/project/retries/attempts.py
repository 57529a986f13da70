"""The loops that try again by hand: `while True`, or so many times, around a `try` whose handler goes on."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.ir.module import Flag
from archlint.project.effects.effect import Edge, Reached, Step
from archlint.project.peers.remote import remote_calls
from archlint.project.project import Project, UnitPlace
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import blocks, called_name, names_in, nodes_in, statements_in, target_names

_CANCELLED = frozenset({"CancelledError", "GeneratorExit", "KeyboardInterrupt", "SystemExit"})
_TRYING = int(Flag.LOOP | Flag.TRY)
_PAUSES = ("backoff", "pause", "retry_after", "sleep", "wait")
"""Parts of the names of calls that let time pass."""


class Attempts(msgspec.Struct, frozen=True):
    """A loop that tries again: the loop, the handler that goes on, what is tried, and how it is reached.

    `number` is None where it is not known or has no end. `errors` are what the handler catches, as it is written.
    """

    function: FunctionDefinition
    loop: Step
    handler: Step
    reached: Reached
    edge: Edge | None
    number: int | None
    is_endless: bool
    pauses: bool
    errors: tuple[str, ...]


def attempts(project: Project, place: UnitPlace) -> Iterator[Attempts]:
    """Yield the loops of a unit that try to reach another party again after an error."""
    if place.unit.flags & _TRYING != _TRYING:
        return
    for function in project.functions_at(place):
        node = project.function_node(function)
        loops = [one for one in statements_in(node.body) if isinstance(one, ir.For | ir.While)] if node else []
        for loop in sorted(loops, key=lambda one: one.start):
            found = _tried_again(project, place, function, loop)
            if found is not None:
                yield found


def _tried_again(
    project: Project, place: UnitPlace, function: FunctionDefinition, loop: ir.For | ir.While
) -> Attempts | None:
    number = _number(loop)
    for tried in _tries(loop.body):
        going_on = [one for one in tried.handlers if not _leaves(one.body)]
        if number is None or not going_on or not _ends_well(loop, tried):
            continue
        found = _reached(project, function, loop, tried)
        if found is not None:
            return Attempts(
                function,
                Step(function.module, place.unit.start, loop.start, loop.end),
                Step(function.module, place.unit.start, going_on[0].start, going_on[0].end),
                *found,
                number or None,
                number == 0 and not _has_a_way_out(loop, tried) and not _gives_up(tried),
                _pauses(loop),
                _caught(going_on[0]),
            )
    return None


def lets_time_pass(project: Project, function: FunctionDefinition) -> bool:
    """Return whether the body of a function has calls that let time pass, by their names."""
    node = project.function_node(function)
    return any(_pauses(one) for one in node.body) if node is not None else False


def _number(loop: ir.For | ir.While) -> int | None:
    """Return how often a loop tries, 0 where it does so for ever, None where it is no loop of attempts."""
    if isinstance(loop, ir.While):
        return 0 if isinstance(loop.test, ir.Constant) and bool(loop.test.value) else None
    call = loop.iterable
    if not isinstance(call, ir.Call) or dotted(call.func) != "range" or not call.args:
        return None
    sizes = [one.value for one in call.args if isinstance(one, ir.Constant) and isinstance(one.value, int)]
    if len(sizes) != len(call.args):
        return None
    return len(range(*sizes)) or None


def _tries(body: tuple[ir.Stmt, ...]) -> Iterator[ir.Try]:
    """Yield the `try` statements that each turn of a loop runs."""
    for one in body:
        if isinstance(one, ir.Try) and one.handlers:
            yield one
        elif isinstance(one, ir.With):
            yield from _tries(one.body)


def _leaves(body: tuple[ir.Stmt, ...]) -> bool:
    """Return whether a block may leave the loop around it: by `break`, `return` or an error."""
    return any(isinstance(one, ir.Raise) for one in statements_in(body)) or next(_exits(body), None) is not None


def _ends_well(loop: ir.For | ir.While, tried: ir.Try) -> bool:
    """Return whether the loop ends once something worked."""
    behind = tuple([one for one in loop.body if one.start >= tried.end])
    plain = [one for one in behind if isinstance(one, ir.Return | ir.Jump)]
    return next(_exits((*tried.body, *tried.orelse, *plain)), None) is not None


def _exits(body: tuple[ir.Stmt, ...], *, is_inner: bool = False) -> Iterator[ir.Stmt]:
    """Yield what leaves the loop around a block without an error; a `break` of a loop inside does not."""
    for one in body:
        if isinstance(one, ir.Return) or (isinstance(one, ir.Jump) and one.kind == "break" and not is_inner):
            yield one
        elif not isinstance(one, ir.Function | ir.Class):
            for block in blocks(one):
                yield from _exits(block, is_inner=is_inner or isinstance(one, ir.For | ir.While))


def _has_a_way_out(loop: ir.For | ir.While, tried: ir.Try) -> bool:
    """Return whether the loop may be left although nothing worked: outside of what is tried, under some condition."""
    if any(isinstance(one, ir.Raise) for one in statements_in(loop.body)):
        return True
    outside = [one for one in _exits(loop.body) if not tried.start <= one.start < tried.end]
    return any(all(one is not each for each in loop.body) for one in outside)


def _gives_up(tried: ir.Try) -> bool:
    """Return whether a handler leaves the loop, other than one of a cancellation: somebody chose what is worth it."""
    leaving = [one for one in tried.handlers if _leaves(one.body)]
    return any(not _CANCELLED.issuperset(name.rpartition(".")[2] for name in _caught(one)) for one in leaving)


def _pauses(statement: ir.Stmt) -> bool:
    calls = [one for one, _ in nodes_in(statement) if isinstance(one, ir.Call)]
    return any(word in called_name(one).lower() for one in calls for word in _PAUSES)


def _reached(
    project: Project, function: FunctionDefinition, loop: ir.For | ir.While, tried: ir.Try
) -> tuple[Reached, Edge | None] | None:
    """Return the nearest call of another party that is the same in every turn."""
    targets = target_names(loop.target) if isinstance(loop, ir.For) else frozenset[str]()
    found = sorted(
        remote_calls(project, function, tried.body[0].start, tried.body[-1].end), key=lambda one: one[0].rank
    )
    for reached, edge in found:
        node = _node_at(tried, reached.step)
        if node is not None and names_in(node).isdisjoint(targets):
            return reached, edge
    return None


def _node_at(tried: ir.Try, step: Step) -> ir.Node | None:
    for one, _ in nodes_in(tried):
        if (one.start, one.end) == (step.start, step.end):
            return one
    return None


def _caught(handler: ir.Handler) -> tuple[str, ...]:
    if handler.types is None:
        return ("BaseException",)
    items = handler.types.items if isinstance(handler.types, ir.Collection) else (handler.types,)
    return tuple(dotted(one) for one in items)
