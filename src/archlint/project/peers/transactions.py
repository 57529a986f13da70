"""What happens while a transaction is open: calls of other parties, and messages that they are handed."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from archlint.diagnostic import Confidence
from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.effects.effect import Edge, Effect, EffectKind, Reached, Step
from archlint.project.peers.remote import is_remote
from archlint.project.project import Project, UnitPlace
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import call_in, called_name, nodes_in, statements_in, uncalled

OPENERS = frozenset({"atomic", "begin", "begin_nested", "transaction"})
"""The last names of what opens a transaction."""
_AFTERWARDS = frozenset({"in_atomic_block", "on_commit"})
"""Names in a function that looks after the end of the transaction itself."""
_QUEUEING = frozenset({"apply_async", "delay", "send_task"})
_SIGNATURES = frozenset({"s", "si", "signature", "subtask"})
"""Methods of tasks that only bind arguments."""


class Transaction(msgspec.Struct, frozen=True):
    """A transaction that a function opens: what opens it, as it is written, and the part of the unit that runs in it.

    `writes` says that rows are known to be changed in it.
    """

    opened: Step
    text: str
    start: int
    end: int
    writes: bool = False

    def holds(self, step: Step) -> bool:
        """Return whether something in the same function runs in it."""
        return self.start <= step.start < self.end


class Outgoing(msgspec.Struct, frozen=True):
    """A call of another party, or a message to a queue, while a transaction is open; by the surest, nearest way."""

    transaction: Transaction
    reached: Reached
    confidence: Confidence

    @property
    def is_message(self) -> bool:
        """Return whether it hands something to a queue."""
        return self.reached.effect.kind is EffectKind.ENQUEUE


def may_open(project: Project, place: UnitPlace) -> bool:
    """Return whether a unit mentions something by which a transaction is opened."""
    unit = place.unit
    if not OPENERS.isdisjoint(unit.attributes) or any(name.rpartition(".")[2] in OPENERS for name in unit.calls):
        return True
    function = project.function_at(place)
    decorators = function.row.decorators if function is not None else ()
    return any(dotted(uncalled(one)).rpartition(".")[2] in OPENERS for one in decorators)


def transactions(project: Project, function: FunctionDefinition) -> tuple[Transaction, ...]:
    """Return the transactions that a function opens, outermost first."""
    opened = [one.step for one in project.effects.body(function).effects if one.effect.kind is EffectKind.TRANSACTION]
    node = project.function_node(function) if opened else None
    if node is None:
        return ()
    found = [one for step in opened if (one := _opened(node, step)) is not None]
    return tuple(sorted(found, key=lambda one: (one.start, -one.end)))


def outgoing(project: Project, function: FunctionDefinition) -> Iterator[Outgoing]:
    """Yield what leaves the program in the transactions that a function opens, in the order of the source."""
    held = transactions(project, function)
    if not held:
        return
    body = project.effects.body(function)
    inside = [(one, edge) for edge in body.edges if (one := _around(held, edge.step)) is not None]
    found = [_direct(one, reached) for reached in body.effects if (one := _around(held, reached.step)) is not None]
    for transaction, edge in inside:
        found += _nearest(project, function, transaction, edge)
    writes = {one: _writes(project, function, one) for one in held}
    for each in sorted(found, key=lambda one: one.reached.step.order):
        if not each.is_message and not _is_begun(project, function, each):
            continue
        if _leaves(project, each.reached.effect) and not _is_signature(project, function, each.reached):
            known = replace(each.transaction, writes=writes[each.transaction])
            yield replace(each, transaction=known)


def _opened(node: ir.Function, step: Step) -> Transaction | None:
    for decorator in node.decorators:
        if decorator.start <= step.start < decorator.end:
            return Transaction(step, dotted(uncalled(decorator)), node.body[0].start, node.end) if node.body else None
    for statement in statements_in(node.body):
        if isinstance(statement, ir.With):
            for item in statement.items:
                if (item.context.start, item.context.end) == (step.start, step.end):
                    text = dotted(uncalled(item.context))
                    return Transaction(step, text, statement.body[0].start, statement.end)
    return None


def _around(held: tuple[Transaction, ...], step: Step) -> Transaction | None:
    """Return the outermost transaction around a step: the locks are kept until its end."""
    return next((one for one in held if one.holds(step)), None)


def _direct(transaction: Transaction, reached: Reached) -> Outgoing:
    return Outgoing(transaction, reached, reached.confidence)


def _nearest(
    project: Project, function: FunctionDefinition, transaction: Transaction, edge: Edge
) -> Iterator[Outgoing]:
    """Yield the one thing that a call leads to that leaves the program, by the surest and then the nearest way."""
    found = [
        Outgoing(transaction, reached, edge.sureness_of(reached))
        for reached in project.effects.through(edge)
        if _leaves(project, reached.effect)
    ]
    for one in sorted(found, key=lambda each: (-each.confidence.rank, each.reached.rank)):
        if not _looks_after(project, function, one.reached):
            yield one
            return


def _is_begun(project: Project, function: FunctionDefinition, found: Outgoing) -> bool:
    """Return whether the database may have been asked before a call.

    Until then a driver has begun nothing, and no lock is held.
    """
    start = found.transaction.start
    for hop in project.effects.chain(function, found.reached):
        node = project.function_node(hop.function)
        calls = [one for one, _ in nodes_in(node) if isinstance(one, ir.Call)] if node is not None else []
        if hop.is_repeated or any(start <= one.start and one.end <= hop.step.start for one in calls):
            return True
        start = node.body[0].start if node is not None and node.body else 0
    return False


def _leaves(project: Project, effect: Effect) -> bool:
    """Return whether an effect is a call of another party or a message."""
    return effect.kind is EffectKind.ENQUEUE or is_remote(project, effect)


def _looks_after(project: Project, function: FunctionDefinition, reached: Reached) -> bool:
    """Return whether a function on the way waits for the commit, or opens a transaction of its own around the rest."""
    for hop in project.effects.chain(function, reached)[1:]:
        unit = hop.function.unit
        names = {*unit.attributes, *(one.rpartition(".")[2] for one in unit.calls)}
        if not _AFTERWARDS.isdisjoint(names):
            return True
        if _around(transactions(project, hop.function), hop.step) is not None:
            return True
    return False


def _is_signature(project: Project, function: FunctionDefinition, reached: Reached) -> bool:
    """Return whether a call only binds the arguments of a task, or the project's tasks wait for the commit."""
    if reached.effect.kind is not EffectKind.ENQUEUE:
        return False
    hop = project.effects.chain(function, reached)[-1]
    return _method_at(project, hop.function, hop.step) in _SIGNATURES or _waits_for_commit(project)


def _method_at(project: Project, function: FunctionDefinition, step: Step) -> str:
    """Return the last name of the callee of the call at a step."""
    node = project.function_node(function)
    call = call_in(node, step.start, step.end) if node is not None else None
    return called_name(call) if call is not None else ""


def _waits_for_commit(project: Project) -> bool:
    """Return whether the project has a class of tasks that are only handed over after the commit."""
    for module in project.modules:
        for unit in module.facts.units:
            if unit.owner and unit.name in _QUEUEING and not _AFTERWARDS.isdisjoint(unit.attributes):
                return True
    return False


def _writes(project: Project, function: FunctionDefinition, transaction: Transaction) -> bool:
    """Return whether rows are known to be changed in a transaction."""
    body = project.effects.body(function)
    if any(one.effect.kind is EffectKind.WRITE and transaction.holds(one.step) for one in body.effects):
        return True
    edges = (one for one in body.edges if transaction.holds(one.step))
    return any(one.effect.kind is EffectKind.WRITE for edge in edges for one in project.effects.through(edge))
