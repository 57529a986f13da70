"""Who catches what a call of a service raises: what surrounds it, and the functions that lead to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted, resolved
from archlint.knowledge.tables import FailureFamily
from archlint.project.effects.effect import Edge, EffectKind, Reached, Step
from archlint.project.handlers import handler
from archlint.project.outages.surroundings import (
    CATCH_ALL,
    Around,
    around,
    caught_by,
    is_protecting,
    suppressed,
)
from archlint.project.project import Project
from archlint.project.routes.django.reader import Reader
from archlint.project.routes.registered.errors import HANDLED
from archlint.project.symbols import ClassDefinition, FunctionDefinition, Module
from archlint.project.tree import called_name, nodes_in

Deals = Callable[[frozenset[str]], bool]
"""Whether handlers of some exceptions deal with what may go wrong."""
_SERVER_ERROR = 500
_OF_VIEWS = "handle_exception"
"""The method of a view of Django REST framework that answers what its handlers raise."""
_MOST = 60
"""Functions that are looked at on the way back from a call."""


class Link(msgspec.Struct, frozen=True):
    """A call on the way to a function: who calls what, and whether it may call only that."""

    caller: FunctionDefinition
    called: FunctionDefinition
    step: Step
    is_sure: bool


class OpenWay(msgspec.Struct, frozen=True):
    """A way on which nobody catches: where it begins and the calls from there. `is_served` tells that a route does."""

    start: FunctionDefinition
    links: tuple[Link, ...]
    is_served: bool


def relates_to(family: FailureFamily) -> Deals:
    """Return what tells whether handlers of some exceptions catch anything that the calls of a family raise."""
    return lambda names: not names.isdisjoint(CATCH_ALL | family.known)


def covers(family: FailureFamily) -> Deals:
    """Return what tells whether handlers of some exceptions catch every outage of a family."""
    return lambda names: not names.isdisjoint(CATCH_ALL) or not family.missed(names)


def is_dealt_with(project: Project, found: Around, module: Module, deals: Deals) -> bool:
    """Return whether what surrounds a place deals with errors, or may do so as far as is known."""
    if found.is_gathered:
        return True
    names: set[str] = set()
    for statement in found.tries:
        caught = caught_by(statement, module)
        if caught is None:
            return True
        names |= caught
    quiet = suppressed(found.items, module)
    if quiet is None or deals(frozenset(names | quiet)):
        return True
    return any(is_protecting(project, one, module) for one in found.items)


def surrounds(project: Project, function: FunctionDefinition, start: int) -> Around:
    """Return what surrounds an offset of the unit of a function."""
    return around(project.body(function.unit), start)


def is_decorated(project: Project, function: FunctionDefinition) -> bool:
    """Return whether a decorator of a function deals with errors."""
    return any(is_protecting(project, one, function.module) for one in function.row.decorators)


def open_ways(
    project: Project, function: FunctionDefinition, deals: Deals, *, through_retries: bool = False
) -> Iterator[OpenWay]:
    """Yield the ways to a function on which nobody catches what it raises: from routes, and from where nobody calls.

    `through_retries` says that a retry at the function itself is for other errors.
    """
    ways: dict[FunctionDefinition, tuple[Link, ...]] = {function: ()}
    pending = [function]
    while pending:
        current = pending.pop(0)
        if is_decorated(project, current) and not (through_retries and current is function):
            continue
        if handler(project, current) is not None:
            yield OpenWay(current, ways[current], is_served=True)
            continue
        callers = list(project.callers.edges_to(current)) if len(ways) < _MOST else []
        if not callers:
            yield OpenWay(current, ways[current], is_served=False)
        for caller, edge in callers:
            found = surrounds(project, caller, edge.step.start)
            is_dealt = is_dealt_with(project, found, caller.module, deals) or _runs_elsewhere(project, caller, edge)
            if caller not in ways and not is_dealt:
                link = Link(caller, current, edge.step, len(edge.targets) == 1)
                ways[caller] = (link, *ways[current])
                pending.append(caller)


def _runs_elsewhere(project: Project, caller: FunctionDefinition, edge: Edge) -> bool:
    """Return whether a call only makes a coroutine that runs elsewhere, where nobody knows who catches."""
    if not edge.targets[0].function.row.is_async:
        return False
    region = (edge.step.start, edge.step.end)
    around_it = [above for node, above in nodes_in(project.body(caller.unit)) if (node.start, node.end) == region]
    return not any(isinstance(one, ir.Await | ir.WithItem | ir.For | ir.Clause | ir.Return) for one in around_it)


def open_calls(
    project: Project, function: FunctionDefinition, start: int, end: int
) -> Iterator[tuple[Reached, FailureFamily]]:
    """Yield the calls of services in a region of a function, of its own and through functions that catch nothing."""
    body = project.effects.body(function)
    reached = [one for one in body.effects if start <= one.step.start < end]
    reached += [one for edge in body.edges if start <= edge.step.start < end for one in project.effects.through(edge)]
    for one in reached:
        family = project.knowledge.failures(one.effect.target) if one.effect.kind is EffectKind.EXTERNAL else None
        if family is not None and _is_open(project, function, one, family):
            yield one, family


def _is_open(project: Project, function: FunctionDefinition, reached: Reached, family: FailureFamily) -> bool:
    """Return whether no function behind the call catches."""
    for hop in project.effects.chain(function, reached)[1:]:
        found = surrounds(project, hop.function, hop.step.start)
        if is_decorated(project, hop.function):
            return False
        if is_dealt_with(project, found, hop.function.module, relates_to(family)):
            return False
    return True


class ErrorHandlers:
    """Answers which exceptions an application has handlers for."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._names = frozenset(_handled(project))

    def specific(self, family: FailureFamily) -> bool:
        """Return whether the application answers the errors of a family in a way of its own."""
        return not self._names.isdisjoint(family.known)

    @property
    def catch_all(self) -> bool:
        """Return whether the application answers any error."""
        return not self._names.isdisjoint(CATCH_ALL) or self._is_set

    def answers(self, function: FunctionDefinition) -> bool:
        """Return whether what a handler raises is answered: by the application, or by the class of its view."""
        return self.catch_all or (function.owner is not None and self._has_own(function.owner))

    def _has_own(self, view: ClassDefinition) -> bool:
        own = [one for one in self._project.symbols.ancestors(view) if isinstance(one, ClassDefinition)]
        return any(f"{one.row.name}.{_OF_VIEWS}" in one.module.functions for one in own)

    @cached_property
    def _is_set(self) -> bool:
        """Return whether the settings name a handler for all errors of the views of Django REST framework."""
        return Reader(self._project).settings.entry("REST_FRAMEWORK", "EXCEPTION_HANDLER") is not None


def _handled(project: Project) -> Iterator[str]:
    for module in project.modules:
        for unit in module.facts.units:
            if HANDLED.isdisjoint(name.rpartition(".")[2] for name in unit.calls):
                continue
            for node, _ in nodes_in(project.body(unit)):
                if isinstance(node, ir.Call) and called_name(node) in HANDLED and node.args:
                    yield _answered(node.args[0], module)


def _answered(given: ir.Expr, module: Module) -> str:
    """Return the exception that a handler is for: that of a server's error (500) is for all that nobody handles."""
    if isinstance(given, ir.Constant) and given.value == _SERVER_ERROR:
        return "Exception"
    name = resolved(dotted(given), module.imports)
    return "Exception" if name.endswith(".InternalServerError") else name
