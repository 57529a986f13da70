"""Handlers that take an outage for an ordinary result: they say nothing of it, and give what nothing found gives."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.knowledge.tables import FailureFamily
from archlint.project.outages.above import covers, open_calls
from archlint.project.outages.surroundings import CATCH_ALL, caught
from archlint.project.project import Project
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import called_name, nodes_in, statements_in

_BEST_EFFORT = frozenset(
    {
        "alive", "available", "check", "cleanup", "close", "disconnect", "exists", "health", "healthcheck", "heartbeat",
        "is", "logout", "maybe", "ping", "probe", "reachable", "ready", "shutdown", "status", "stop", "teardown",
        "telemetry", "test", "try",
    }
)  # fmt: skip
"""What the name of a function says for which failing is an answer, or which tidies up."""


class Swallowed(msgspec.Struct, frozen=True):
    """A `try` of a function, the handler of it that swallows outages, and the call whose outages these are."""

    function: FunctionDefinition
    statement: ir.Try
    handler: ir.Handler
    name: str


def swallowed(project: Project, function: FunctionDefinition) -> Iterator[Swallowed]:
    """Yield what the `try` statements of a function swallow, in the order of the source."""
    node = project.function_node(function)
    if node is None or not _BEST_EFFORT.isdisjoint(function.row.name.lower().split("_")):
        return
    for statement in sorted(statements_in(node.body), key=lambda one: one.start):
        found = _swallowed(project, function, statement) if isinstance(statement, ir.Try) else None
        if found is not None and not (_goes_on(found.handler) and _loops_again(node, found.statement)):
            yield found


def _swallowed(project: Project, function: FunctionDefinition, statement: ir.Try) -> Swallowed | None:
    quiet = [one for one in statement.handlers if _is_quiet(one)]
    if not quiet:
        return None
    start, end = statement.body[0].start, statement.body[-1].end
    for reached, family in open_calls(project, function, start, end):
        catching = _catching(statement, function, family)
        if catching in quiet and catching is not None:
            return Swallowed(function, statement, catching, reached.effect.target)
    return None


def _goes_on(handler: ir.Handler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ir.Jump) and last.kind != "break"


def _loops_again(function: ir.Function, statement: ir.Try) -> bool:
    """Return whether a `try` stands in a loop over attempts, which a quiet handler only starts again."""
    inside = list(statements_in(function.body))
    around = [one for one in inside if isinstance(one, ir.While | ir.For) and one.start <= statement.start < one.end]
    return any(
        isinstance(one, ir.While)
        or (isinstance(one.iterable, ir.Call) and called_name(one.iterable) == "range")
        or (_is_left_by(statement) and _raises_behind(one, inside))
        for one in around
    )


def _is_left_by(statement: ir.Try) -> bool:
    """Return whether the loop around a `try` ends with its success, as one that asks mirrors in turn does."""
    done = (statement.orelse or statement.body)[-1]
    return isinstance(done, ir.Return) or (isinstance(done, ir.Jump) and done.kind == "break")


def _raises_behind(loop: ir.For, inside: list[ir.Stmt]) -> bool:
    """Return whether an error is raised where no turn of a loop succeeded."""
    start = loop.body[-1].end
    return any(isinstance(one, ir.Raise) and one.start >= start for one in inside)


def _catching(statement: ir.Try, function: FunctionDefinition, family: FailureFamily) -> ir.Handler | None:
    """Return the handler that catches the outages of a family, None where one before it may as well."""
    for one in statement.handlers:
        names = caught(one, function.module)
        if names is None:
            return None
        if not names.isdisjoint(CATCH_ALL) or covers(family)(names):
            return one
    return None


def _is_quiet(handler: ir.Handler) -> bool:
    """Return whether a handler calls nothing, raises nothing, reads no error, and gives an empty result."""
    nodes = [node for one in handler.body for node, _ in nodes_in(one)]
    if any(isinstance(node, ir.Call | ir.Raise) or _is_named(node, handler.name) for node in nodes):
        return False
    return all(_is_empty(one) for one in handler.body)


def _is_named(node: ir.Node, name: str | None) -> bool:
    return isinstance(node, ir.Name) and node.id == name


def _is_empty(statement: ir.Stmt) -> bool:
    match statement:
        case ir.Jump() | ir.Return(value=None):
            return True
        case ir.Return(value=value) | ir.Assign(value=value) if value is not None:
            return _is_nothing(value)
    return False


def _is_nothing(value: ir.Expr) -> bool:
    match value:
        case ir.Constant(value=known):
            return known is not True
        case ir.Collection(items=()) | ir.Mapping(keys=()) | ir.Text(value=""):
            return True
        case ir.Collection(kind="tuple", items=items):
            return all(_is_nothing(one) for one in items)
    return False
