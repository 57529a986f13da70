"""Whether the two ends of a range come from a client, and whether anything looks at how far they are apart."""

from __future__ import annotations

import re

from archlint.ir import nodes as ir
from archlint.project.bounds.passing import call_of, calls_at, expressions, given
from archlint.project.bounds.sizes import request_read
from archlint.project.effects.callers import Caller
from archlint.project.handlers import handler
from archlint.project.project import Project
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import called_name, expressions_in, names_in, statements_in, target_names

_MOST = 40
_START = re.compile(r"(?i)(?:^|_)(?:start|from|since|after|begin|min|first|lower|gte?)")
_END = re.compile(r"(?i)(?:^|_)(?:end|to|until|till|before|max|last|limit|stop|upper|lte?)(?:$|_)")
_CHECKING = ("check", "clamp", "range", "span", "valid", "window", "interval")


class Ranges:
    """Finds the ways on which a client gives both ends of a range."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._callers = project.callers

    def client_gives(self, function: FunctionDefinition) -> bool:
        """Return whether a route hands both ends to a function as the client gives them, and nothing compares them."""
        ends = self._ends(function)
        if ends is None or self._measures(function):
            return False
        for found, calls in self._callers.ways_to(function, _MOST):
            if handler(self._project, found) is not None:
                return self._come_through(ends, calls)
        return False

    def _ends(self, function: FunctionDefinition) -> frozenset[str] | None:
        names = [one.name for one in function.row.parameters] + self._read(function)
        start = next((name for name in names if _START.search(name)), None)
        end = next((name for name in names if _END.search(name) and name != start), None)
        return frozenset({start, end}) if start is not None and end is not None else None

    def _read(self, function: FunctionDefinition) -> list[str]:
        """Return the names that a function assigns from the request."""
        node = self._project.function_node(function)
        assigns = [one for one in statements_in(node.body) if isinstance(one, ir.Assign)] if node is not None else []
        read = [one for one in assigns if one.value is not None and any(map(request_read, expressions_in(one.value)))]
        return sorted({name for one in read for target in one.targets for name in target_names(target)})

    def _come_through(self, ends: frozenset[str], calls: tuple[Caller, ...]) -> bool:
        """Return whether on the way from a handler each call gives the ends what its own caller was given."""
        for one in reversed(calls):
            call = call_of(calls_at(self._project, one.function), one.step)
            passed = given(call, one.called) if call is not None else None
            if passed is None or self._measures(one.function):
                return False
            nodes = [passed.get(name) for name in ends]
            sources = [self._sources(one.function, node) for node in nodes if node is not None]
            if len(sources) != len(ends) or not all(sources):
                return False
            ends = frozenset().union(*sources)
        return True

    def _sources(self, function: FunctionDefinition, node: ir.Expr) -> frozenset[str]:
        """Return the parameters of a function that an expression comes from, through the names in between."""
        body = self._project.function_node(function)
        names, seen = set(names_in(node)), set[str]()
        while body is not None and names - seen:
            seen |= names
            for one in statements_in(body.body):
                if isinstance(one, ir.Assign) and any(target_names(target) & names for target in one.targets):
                    names |= names_in(one.value) if one.value is not None else set()
        own = {one.name for one in function.row.parameters} - {"self", "cls"}
        return frozenset(names & own)

    def _measures(self, function: FunctionDefinition) -> bool:
        """Return whether a function computes how far the ends are apart, or hands them to what checks them."""
        node = self._project.function_node(function)
        return node is not None and any(_is_check(one) for one in expressions(node))


def _is_check(node: ir.Expr) -> bool:
    if isinstance(node, ir.Compare):
        inner = [part for one in (node.left, *node.comparators) for part in expressions_in(one)]
        return any(isinstance(one, ir.Binary) and one.op == "-" for one in inner) or any(
            isinstance(one, ir.Attribute) and one.name in ("days", "total_seconds") for one in inner
        )
    if not isinstance(node, ir.Call) or not any(word in called_name(node).lower() for word in _CHECKING):
        return False
    used = frozenset().union(*[names_in(one) for one in (*node.args, *[word.value for word in node.keywords])])
    return any(_START.search(name) for name in used) and any(_END.search(name) for name in used)
