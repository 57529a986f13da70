"""`try` statements around calls of services that catch an error of the library, and not that the service is away."""

from __future__ import annotations

import msgspec

from archlint.ir import nodes as ir
from archlint.knowledge.tables import FailureFamily
from archlint.project.outages.above import covers, is_dealt_with, is_decorated, open_ways
from archlint.project.outages.service_calls import ServiceCall
from archlint.project.outages.surroundings import CATCH_ALL, around, caught, caught_by
from archlint.project.project import Project
from archlint.project.tree import names_in, nodes_in

_RUNTIME = frozenset({"RuntimeError"})


class Narrow(msgspec.Struct, frozen=True):
    """A handler that is meant for a call and misses outages: which, and what the `try` catches.

    `is_dead` says that nothing in the `try` raises what is caught: only `raise_for_status` would.
    """

    statement: ir.Try
    handler: ir.Handler
    names: frozenset[str]
    missed: tuple[str, ...]
    is_dead: bool
    is_sure: bool
    """No comparison tells that one answer of the service is expected, and nothing else is meant."""


def narrow(project: Project, call: ServiceCall) -> Narrow | None:
    """Return the handler around a call that misses outages which nobody further up catches either, or None."""
    if call.function is None:
        return None
    found = around(project.body(call.site.place.unit), call.site.call.start)
    deals = covers(call.family)
    if is_dealt_with(project, found, call.site.module, deals):
        return None
    own = next((one for one in reversed(found.tries) if _meant(one, call)), None)
    if own is None:
        return None
    names = caught_by(own, call.site.module) or frozenset()
    missed = _missed(call.family, names)
    handler = next(one for one in own.handlers if _is_meant(caught(one, call.site.module), call.family))
    if not missed or (_raises_on(handler) and not is_decorated(project, call.function)):
        return None
    if next(open_ways(project, call.function, deals, through_retries=True), None) is None:
        return None
    is_sure = not names.isdisjoint(call.family.known) and not _asks(handler)
    return Narrow(
        own, handler, names & (call.family.known | _RUNTIME), missed, _is_dead(own, names, call.family), is_sure
    )


def _meant(statement: ir.Try, call: ServiceCall) -> bool:
    return any(_is_meant(caught(one, call.site.module), call.family) for one in statement.handlers)


def _is_meant(names: frozenset[str] | None, family: FailureFamily) -> bool:
    return bool(names) and names is not None and not names.isdisjoint(family.known | _RUNTIME)


def _missed(family: FailureFamily, names: frozenset[str]) -> tuple[str, ...]:
    """Return the outages that are not caught; who names a timeout, of whatever library, has thought of them."""
    if not names.isdisjoint(CATCH_ALL) or any("timeout" in one.lower() for one in names):
        return ()
    return family.missed(names)


def _raises_on(handler: ir.Handler) -> bool:
    """Return whether a handler raises what it does not expect as it came: it only takes an expected answer out."""
    raised = [node.error for one in handler.body for node in _all(one) if isinstance(node, ir.Raise)]
    return any(one is None or (isinstance(one, ir.Name) and one.id == handler.name) for one in raised)


def _asks(handler: ir.Handler) -> bool:
    """Return whether a handler compares a part of the error: which of the service's answers it is."""
    compared = [node for one in handler.body for node in _all(one) if isinstance(node, ir.Compare)]
    return any(handler.name in names_in(one) for one in compared)


def _all(statement: ir.Stmt) -> list[ir.Node]:
    return [statement, *[node for node, _ in nodes_in(statement)]]


def _is_dead(statement: ir.Try, names: frozenset[str], family: FailureFamily) -> bool:
    caught_here = names & family.known
    if not caught_here or not caught_here <= family.status:
        return False
    nodes = [node for one in statement.body for node, _ in nodes_in(one)]
    if any(isinstance(node, ir.Attribute) and node.name == "raise_for_status" for node in nodes):
        return False
    calls = [node for node in nodes if isinstance(node, ir.Call)]
    return all(isinstance(one.func, ir.Attribute) for one in calls)
