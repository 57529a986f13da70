"""What is started for each row at once: coroutines that are gathered, tasks, threads and processes."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.ir.module import Unit
from archlint.project.effects.effect import EffectKind, Reached, Step, Turns
from archlint.project.peers.remote import is_remote
from archlint.project.project import Project
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import breaks, call_in, called_name, nodes_in, statements_in, target_names, uncalled

_STARTING = frozenset({"create_task", "ensure_future", "start_soon"})
_OWN = frozenset({"Process", "Thread", "Timer"})
_WANTED = _STARTING | _OWN | {"gather"}
_DATABASE = frozenset({EffectKind.QUERY, EffectKind.WRITE})
_CUTTING = frozenset({"islice", "limit"})
_WAITING = frozenset({"active_count", "acquire", "join", "wait"})
_LIMITS = (
    "semaphore",
    "limiter",
    "capacity",
    "throttl",
    "rate_limit",
    "ratelimit",
    "bulkhead",
    "chunk",
    "batch",
    "concurren",
)
"""Parts of the names of what lets only so many through."""
_CONFIGURED = frozenset({"app_settings", "conf", "config", "settings"})
"""What holds what a person has written into a configuration."""
_SHORT = ("sem", "limit", "pool", "slots")
"""Parts of the names of a `with` that does so."""


class FanOut(msgspec.Struct, frozen=True):
    """A call that is started for each row at once: what starts it, what it reaches, and the loop.

    `reached` is told from `function`, the one that starts it, or from `begun`, where a thread or a process of its own
    runs that.
    """

    function: FunctionDefinition
    starter: str
    step: Step
    reached: Reached
    turns: Turns
    begun: FunctionDefinition | None = None


def may_fan_out(unit: Unit) -> bool:
    """Return whether a unit has calls that start something."""
    return any(name.rpartition(".")[2] in _WANTED for name in unit.calls)


def fan_outs(project: Project, function: FunctionDefinition) -> Iterator[FanOut]:
    """Yield what a function starts for each row at once, each call by what it reaches first."""
    node = project.function_node(function)
    if node is None or _is_limited(function):
        return
    for starter, region in _regions(node):
        if _is_cut_short(node, region):
            continue
        for reached, turns in _each(project, function, region):
            if not _is_awaited(region, reached) and not _is_limited_on_the_way(project, function, reached):
                yield FanOut(function, starter, reached.step, reached, turns)
                break
    yield from _threads(project, function, node)


def _threads(project: Project, function: FunctionDefinition, node: ir.Function) -> Iterator[FanOut]:
    """Yield what a function runs in a thread or a process for each row, and that is not waited for in the loop."""
    for handed in project.effects.body(function).handed:
        turns = handed.turns
        call = call_in(node, handed.step.start, handed.step.end) if turns is not None else None
        if turns is None or call is None or not _grows(turns) or _is_cut_short(node, call) or _joins(node, call):
            continue
        ways = project.effects.summary(handed.function).ways
        found = sorted([one for one in ways if _counts(project, one)], key=lambda one: one.rank)
        if not _is_limited(handed.function) and not _waits(project, handed.function) and found:
            yield FanOut(function, dotted(call.func), handed.step, found[0], turns, handed.function)


def _joins(node: ir.Function, call: ir.Call) -> bool:
    """Return whether the loop around a call waits for what it starts, or for others of them."""
    around = [one for one in statements_in(node.body) if isinstance(one, ir.For) and one.start <= call.start < one.end]
    inner = [one for loop in around for statement in loop.body for one, _ in nodes_in(statement)]
    return any(isinstance(one, ir.Call) and called_name(one) in _WAITING for one in inner)


def _each(project: Project, function: FunctionDefinition, region: ir.Node) -> list[tuple[Reached, Turns]]:
    """Return what a part of a function reaches once per row, nearest first."""
    body = project.effects.body(function)
    found = [
        (one, one.turns)
        for one in body.effects
        if region.start <= one.step.start < region.end and one.turns is not None
    ]
    for edge in body.edges:
        around = edge.turns if region.start <= edge.step.start < region.end else None
        if around is not None and len(edge.targets) == 1 and edge.targets[0].function.row.is_async:
            found += [(one, around) for one in project.effects.through(edge) if edge.settles(one.inner)]
    sure = [(one, turns) for one, turns in found if _counts(project, one) and _grows(turns)]
    return sorted(sure, key=lambda one: (not is_remote(project, one[0].effect), one[0].rank))


def _grows(turns: Turns) -> bool:
    """Return whether there are as many turns as there are rows, each for another one, and not for each setting."""
    return not turns.is_alike and turns.over.partition(".")[0].lower() not in _CONFIGURED


def _counts(project: Project, reached: Reached) -> bool:
    is_asked = is_remote(project, reached.effect) or reached.effect.kind in _DATABASE
    return is_asked and not reached.is_cached and not reached.is_once


def _regions(node: ir.Function) -> Iterator[tuple[str, ir.Node]]:
    """Yield the parts of a function in which coroutines are made that are then run together, with what runs them."""
    calls = [(one, parent) for one, parent in nodes_in(node) if isinstance(one, ir.Call)]
    for call, _ in sorted(calls, key=lambda one: one[0].start):
        name = called_name(call)
        if name == "gather":
            for argument in call.args:
                if isinstance(argument, ir.Starred):
                    yield from ((dotted(call.func), region) for region in _made(node, argument.value))
        elif name in _STARTING and call.args:
            yield dotted(call.func), call.args[0]


def _made(node: ir.Function, value: ir.Expr) -> Iterator[ir.Node]:
    """Yield where the coroutines of a collection are made: in a comprehension, or one by one in a loop."""
    if isinstance(value, ir.Comprehension):
        yield value
    if not isinstance(value, ir.Name):
        return
    for one in statements_in(node.body):
        if isinstance(one, ir.Assign) and isinstance(one.value, ir.Comprehension) and value.id in _bound(one):
            yield one.value
        if isinstance(one, ir.Evaluate) and isinstance(one.value, ir.Call) and called_name(one.value) == "append":
            func = one.value.func
            if isinstance(func, ir.Attribute) and isinstance(func.value, ir.Name) and func.value.id == value.id:
                yield from one.value.args[:1]


def _is_cut_short(node: ir.Function, region: ir.Node) -> bool:
    """Return whether a loop around a part of a function is left early, or what it runs over was cut before."""
    around = [
        one for one in statements_in(node.body) if isinstance(one, ir.For) and one.start <= region.start < one.end
    ]
    if any(breaks(one.body) for one in around):
        return True
    clauses = region.clauses if isinstance(region, ir.Comprehension) else ()
    iterables = [*[one.iterable for one in around], *[one.iterable for one in clauses]]
    names = frozenset(one.id for one in iterables if isinstance(one, ir.Name))
    for statement in statements_in(node.body):
        is_cut = isinstance(statement, ir.Assign) and statement.value is not None and _is_slice(statement.value)
        if is_cut and not names.isdisjoint(_bound(statement)):
            return True
    return any(_is_slice(one) for one in iterables)


def _bound(statement: ir.Stmt) -> frozenset[str]:
    targets = statement.targets if isinstance(statement, ir.Assign) else ()
    return frozenset[str]().union(*[target_names(target) for target in targets])


def _is_slice(node: ir.Expr) -> bool:
    if isinstance(node, ir.Subscript):
        return isinstance(node.index, ir.Slice) and node.index.upper is not None
    while isinstance(node, ir.Call | ir.Attribute):
        if isinstance(node, ir.Call) and called_name(node) in _CUTTING:
            return True
        node = node.func if isinstance(node, ir.Call) else node.value
    return False


def _is_awaited(region: ir.Node, reached: Reached) -> bool:
    """Return whether the call is awaited where it is made, so that the next one has to wait."""
    for one, parent in nodes_in(region):
        if (one.start, one.end) == (reached.step.start, reached.step.end) and isinstance(parent, ir.Await):
            return True
    return False


def _is_limited_on_the_way(project: Project, function: FunctionDefinition, reached: Reached) -> bool:
    """Return whether a function on the way lets only so many through."""
    return any(
        _is_limited(hop.function) or _waits(project, hop.function) for hop in project.effects.chain(function, reached)
    )


def _is_limited(function: FunctionDefinition) -> bool:
    names = (
        *function.unit.calls,
        *function.unit.attributes,
        *[dotted(uncalled(one)) for one in function.row.decorators],
    )
    return any(word in name.lower() for name in names for word in _LIMITS)


def _waits(project: Project, function: FunctionDefinition) -> bool:
    """Return whether a function does what it does inside of a semaphore or the like."""
    node = project.function_node(function)
    for one in statements_in(node.body) if node is not None else ():
        for item in one.items if isinstance(one, ir.With) else ():
            name = dotted(uncalled(item.context)).rpartition(".")[2].lower()
            if any(word in name for word in (*_LIMITS, *_SHORT)):
                return True
    return False
