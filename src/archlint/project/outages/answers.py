"""What becomes of the response of a call: is its status looked at, or only what it brought."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

import msgspec

from archlint.ir import nodes as ir
from archlint.project.effects.effect import Edge
from archlint.project.outages.service_calls import ServiceCall
from archlint.project.outages.surroundings import around, caught_by
from archlint.project.project import Project
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import called_name, expressions_in, nodes_in, statements_in

_MOST_CALLS = 3
"""Functions that a response is followed through."""
_ERROR_KEYS = frozenset({"code", "error", "error_code", "errors", "message", "ok", "status", "success"})
_MISSING = frozenset({"KeyError", "LookupError"})
_LEAVING = frozenset({"abort", "exit", "fail", "print"})
"""Calls that raise for an answer, or by which a program speaks to who runs it."""
_PRINTING = frozenset({"print", "repr", "str", "type"})


class Fate(Enum):
    """What is done with a response."""

    READ = "read"
    """What it brought is used, and its status is not looked at."""
    DROPPED = "dropped"
    LEFT = "left"
    """Its status is looked at, or nobody knows."""


class Answer(msgspec.Struct, frozen=True):
    """What is done with the response of a call: `use` is where what it brought is first used.

    `is_told` says that what it brought is asked for an error by name.
    """

    fate: Fate
    use: ir.Expr | None = None
    is_told: bool = False


_LEFT = Answer(Fate.LEFT)


def answer(project: Project, call: ServiceCall) -> Answer:
    """Return what is done with the response of a call."""
    if call.name not in call.family.answers and project.knowledge.canonical(call.name) not in call.family.answers:
        return _LEFT
    parents = list(call.site.parents)
    held: ir.Expr = call.site.call
    if parents and isinstance(parents[-1], ir.Await):
        held = parents.pop()
    if parents:
        return _of_expression(call, held, parents[-1])
    return _of_statement(project, call, held)


def _of_expression(call: ServiceCall, held: ir.Expr, parent: ir.Expr) -> Answer:
    """Return what is done with a response without a name: `requests.get(url).json()`."""
    if isinstance(parent, ir.Attribute) and parent.value is held and parent.name in call.family.content:
        return Answer(Fate.READ, parent)
    return _LEFT


def _of_statement(project: Project, call: ServiceCall, held: ir.Expr) -> Answer:
    match call.site.statement:
        case ir.Evaluate(value=value) if value is held:
            return Answer(Fate.DROPPED)
        case ir.Assign(targets=(ir.Name(id=name),), value=value) if value is held:
            return _of_name(project, call, name)
        case ir.With(items=items):
            target = next((one.target for one in items if one.context is held), None)
            return _of_name(project, call, target.id) if isinstance(target, ir.Name) else _LEFT
    return _LEFT


def _of_name(project: Project, call: ServiceCall, name: str) -> Answer:
    if call.function is None:
        return _LEFT
    node = project.function_node(call.function)
    if node is None:
        return _LEFT
    found = _Uses(project, call).of(node, name, call.function, _MOST_CALLS)
    if found is None:
        return _LEFT
    after = [one for one in found if one.start > call.site.call.start] or found
    if after and _expects_other_shapes(project, call, after[0]):
        return _LEFT
    if not found:
        return Answer(Fate.DROPPED)
    return Answer(Fate.READ, after[0], _asks_for_errors(node) or _is_asserted(node, after[0]))


def _expects_other_shapes(project: Project, call: ServiceCall, use: ir.Expr) -> bool:
    """Return whether a `try` around what is read catches that a part is missing, as in the page of an error."""
    tries = around(project.body(call.site.place.unit), use.start).tries
    names = [caught_by(one, call.site.module) or frozenset() for one in tries]
    return any(not _MISSING.isdisjoint(one) for one in names)


def answers_errors(project: Project, call: ServiceCall) -> bool:
    """Return whether a function answers an error status by a result of its own and raises nothing for it."""
    match call.site.statement:
        case ir.Assign(targets=(ir.Name(id=name),)) if call.function is not None:
            node = project.function_node(call.function)
        case _:
            return False
    if node is None:
        return False
    tests = [one for one, _ in nodes_in(node) if isinstance(one, ir.If) and _asks(one.test, name, call.family.checks)]
    inner = [one for test in tests for one, _ in nodes_in(test)]
    raises = [one for one, _ in nodes_in(node) if isinstance(one, ir.Attribute) and one.name == "raise_for_status"]
    leaves = [
        one for one in inner if isinstance(one, ir.Raise) or (isinstance(one, ir.Call) and called_name(one) in _LEAVING)
    ]
    return bool(tests) and not raises and not leaves


def _asks(test: ir.Expr, name: str, checks: frozenset[str]) -> bool:
    return any(
        isinstance(one, ir.Attribute) and one.name in checks and isinstance(one.value, ir.Name) and one.value.id == name
        for one in expressions_in(test)
    )


class _Uses:
    """Finds what functions do with a response that has a name."""

    def __init__(self, project: Project, call: ServiceCall) -> None:
        self._project = project
        self._family = call.family

    def of(self, node: ir.Function, name: str, function: FunctionDefinition, depth: int) -> list[ir.Expr] | None:
        """Return where what a response brought is used, or None where its status may be looked at."""
        found: list[ir.Expr] = []
        for one, parent in nodes_in(node):
            if not isinstance(one, ir.Name) or one.id != name or _is_bound(one, parent):
                continue
            if isinstance(parent, ir.Attribute):
                if parent.name in self._family.content:
                    found.append(parent)
                elif parent.name in self._family.checks or parent.name not in _PLAIN:
                    return None
            elif not (isinstance(parent, ir.Call) and self._is_harmless(parent, one, function, depth, found)):
                return None
        return sorted(found, key=lambda use: use.start)

    def _is_harmless(
        self, call: ir.Call, given: ir.Name, function: FunctionDefinition, depth: int, found: list[ir.Expr]
    ) -> bool:
        """Return whether a function of the project that is given a response does not look at its status."""
        if called_name(call) in _PRINTING and isinstance(call.func, ir.Name):
            return True
        edge = self._edge(call, function)
        if edge is None or len(edge.targets) != 1 or not depth:
            return False
        target = edge.targets[0].function
        node = self._project.function_node(target)
        parameter = _parameter(call, given, target)
        if node is None or not parameter:
            return False
        inner = self.of(node, parameter, target, depth - 1)
        if inner:
            found.append(call)
        return inner is not None

    def _edge(self, call: ir.Call, function: FunctionDefinition) -> Edge | None:
        edges = self._project.effects.body(function).edges
        return next((one for one in edges if (one.step.start, one.step.end) == (call.start, call.end)), None)


_PLAIN = frozenset(
    {
        "aclose", "close", "closed", "cookies", "elapsed", "encoding", "headers", "history", "links", "release",
        "request", "url",
    }
)  # fmt: skip
"""Members of a response that tell nothing of its status."""


def _is_bound(node: ir.Name, parent: ir.Node) -> bool:
    match parent:
        case ir.Assign(targets=targets):
            return node in targets
        case ir.WithItem(target=target):
            return target is node
    return False


def _parameter(call: ir.Call, given: ir.Name, target: FunctionDefinition) -> str:
    named = next((one.name for one in call.keywords if one.value is given), None)
    if named is not None:
        return named
    index = next((at for at, one in enumerate(call.args) if one is given), None)
    if index is None:
        return ""
    decorators = [one.id for one in target.row.decorators if isinstance(one, ir.Name)]
    shift = 1 if target.row.owner and "staticmethod" not in decorators else 0
    rows = target.row.parameters
    return rows[index + shift].name if index + shift < len(rows) else ""


def _asks_for_errors(node: ir.Function) -> bool:
    """Return whether a function asks something it was brought for an error: `data["error"]`, `"error" in data`."""
    return any(
        isinstance(one, ir.Text) and one.value in _ERROR_KEYS and _is_asked(parent) for one, parent in _texts(node)
    )


def _is_asserted(node: ir.Function, use: ir.Expr) -> bool:
    """Return whether what a response brought has to be as expected: `assert "id" in response.json()`."""
    return any(isinstance(one, ir.Assert) and one.start <= use.start < one.end for one in statements_in(node.body))


def _texts(node: ir.Function) -> Iterator[tuple[ir.Node, ir.Node]]:
    return ((one, parent) for one, parent in nodes_in(node) if isinstance(one, ir.Text))


def _is_asked(parent: ir.Node) -> bool:
    return isinstance(parent, ir.Subscript | ir.Compare) or (
        isinstance(parent, ir.Call) and called_name(parent) in ("get", "pop")
    )
