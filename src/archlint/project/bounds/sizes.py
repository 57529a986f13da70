"""Where a function uses a value of its caller, or of the request, as the limit of a query."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.bounds.passing import expressions
from archlint.project.effects.effect import Step
from archlint.project.inference.listening import Listener, State
from archlint.project.project import Project
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import (
    argument,
    called_name,
    first_bindings,
    names_in,
    statements_in,
    target_names,
    tests_around,
)
from archlint.project.values import UNKNOWN, Instance, Items, Query, Symbol, Value

_LIBRARIES = frozenset({"gino", "peewee", "sqlalchemy", "sqlmodel", "tortoise"})
"""Packages whose queries have a method `limit`."""
_REQUEST_PARTS = frozenset({"GET", "POST", "args", "form", "params", "query", "query_params", "values"})
_EXECUTING = frozenset({"all", "paginate", "exec", "execute", "fetchall", "scalars", "to_list", "stream"})
_CHECKING = ("bound", "cap", "check", "clamp", "max_", "min", "restrict", "valid")


class Size(msgspec.Struct, frozen=True):
    """A parameter, or a local name for what was read from the request, that ends as the limit of a query.

    `takes_none` says that all rows come where it is None, `is_capped` that something in between may refuse or reduce
    large values. `steps` lead to the limit, over the `called` functions.
    """

    name: str
    steps: tuple[Step, ...]
    called: tuple[FunctionDefinition, ...] = ()
    takes_none: bool = False
    is_capped: bool = False


class Names:
    """The names of one function that hold what it was given: its parameters, and what it read from the request."""

    def __init__(self, node: ir.Function) -> None:
        self._node = node
        self._firsts = first_bindings(node.body)
        self._parameters = frozenset(one.name for one in node.parameters)
        self.reads = dict(_reads(node))

    def given(self, node: ir.Expr) -> tuple[str, bool] | None:
        """Return the name that an expression hands on, and whether its None stays None; None for anything else."""
        is_kept = True
        while True:
            if isinstance(node, ir.Call) and called_name(node) in ("int", "max") and node.args:
                node, is_kept = (
                    next((one for one in node.args if not isinstance(one, ir.Constant)), node.args[0]),
                    False,
                )
            elif isinstance(node, ir.Boolean) and node.op == "or":
                node, is_kept = node.values[0], False
            elif isinstance(node, ir.Binary) and node.op in ("+", "-") and isinstance(node.right, ir.Constant):
                node, is_kept = node.left, False
            else:
                break
        name = node.id if isinstance(node, ir.Name) else ""
        return (name, is_kept) if name and self._is_as_given(name, node.start) else None

    def _is_as_given(self, name: str, position: int) -> bool:
        if name in self.reads:
            return True
        return name in self._parameters and self._firsts.get(name, position) >= position

    def is_checked(self, name: str) -> bool:
        """Return whether the function compares a name with an upper end, or hands it to something that checks it."""
        return any(_checks(one, name) for one in expressions(self._node))


def _reads(node: ir.Function) -> Iterator[tuple[str, ir.Expr]]:
    """Yield the names that are assigned once, and that from the request."""
    assigns = [one for one in statements_in(node.body) if isinstance(one, ir.Assign) and one.value is not None]
    names = [one.targets[0].id for one in assigns if len(one.targets) == 1 and isinstance(one.targets[0], ir.Name)]
    for one in assigns:
        target = one.targets[0]
        is_once = isinstance(target, ir.Name) and names.count(target.id) == 1
        if isinstance(target, ir.Name) and is_once and one.value is not None and request_read(one.value) is not None:
            yield target.id, one.value


def request_read(node: ir.Expr) -> ir.Call | ir.Subscript | None:
    """Return what reads a value of the request in an expression such as `int(request.args.get("limit", 50))`."""
    while isinstance(node, ir.Call) and called_name(node) == "int" and node.args:
        node = node.args[0]
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.name == "get":
        return node if _is_of_request(node.func.value) else None
    return node if isinstance(node, ir.Subscript) and _is_of_request(node.value) else None


def _is_of_request(node: ir.Expr) -> bool:
    parts = dotted(node).split(".")
    return len(parts) > 1 and parts[-1] in _REQUEST_PARTS and parts[-2].endswith("request")


def _checks(node: ir.Expr, name: str) -> bool:
    if isinstance(node, ir.Compare):
        others = [one for one in (node.left, *node.comparators) if not (isinstance(one, ir.Name) and one.id == name)]
        is_about = len(others) <= len(node.comparators)
        return is_about and any(op not in ("is", "is not", "==", "!=") for op in node.ops) and not _are_small(others)
    if not isinstance(node, ir.Call) or not any(word in called_name(node).lower() for word in _CHECKING):
        return False
    return any(name in names_in(one) for one in (*node.args, *[word.value for word in node.keywords]))


def _are_small(nodes: list[ir.Expr]) -> bool:
    return all(isinstance(one, ir.Constant) and one.value in (0, 1) for one in nodes)


class _Limits(Listener):
    """Collects the limits of queries: the call or the slice, with the expression that is the limit."""

    sees_all = True

    def __init__(self, project: Project) -> None:
        self.found: list[tuple[ir.Expr, ir.Expr]] = []
        self._project = project

    def seen(self, node: ir.Expr, state: State) -> None:
        if len(state.functions) != 1:
            return
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.name == "limit":
            size = argument(node, 0, "limit", "value")
            value = self._project.inference.value(node.func.value, state.scope)
            if size is not None and self._is_query(value):
                self.found.append((node, size))
        elif isinstance(node, ir.Subscript) and isinstance(node.index, ir.Slice) and node.index.upper is not None:
            value = self._project.inference.value(node.value, state.scope)
            if isinstance(value, Query) or (isinstance(value, Items) and value.source is not None):
                self.found.append((node, _size_of(node.index)))

    def _is_query(self, value: Value) -> bool:
        if isinstance(value, Instance):
            return value.name.partition(".")[0] in _LIBRARIES
        is_likely = value == UNKNOWN and not _LIBRARIES.isdisjoint(self._project.imported_roots)
        return is_likely or isinstance(value, Query | Symbol)


def _size_of(index: ir.Slice) -> ir.Expr:
    """Return what is the number of rows of a slice: of `[start : start + size]` the size."""
    upper = index.upper or index
    if isinstance(upper, ir.Binary) and upper.op == "+" and isinstance(index.lower, ir.Name):
        for one, other in ((upper.left, upper.right), (upper.right, upper.left)):
            if isinstance(one, ir.Name) and one.id == index.lower.id:
                return other
    return upper


def sizes(project: Project, function: FunctionDefinition) -> list[Size]:
    """Return the names of a function that are the limit of a query in it."""
    node = project.function_node(function)
    if node is None:
        return []
    listener = _Limits(project)
    project.inference.walked(function, None, listener)
    names, start = Names(node), function.unit.start
    found = []
    for at, size in dict.fromkeys(listener.found):
        given = names.given(size)
        if given is None:
            continue
        name, is_kept = given
        is_only = all(other is size or names.given(other) == given for _, other in listener.found)
        takes_none = is_kept and is_only and not (_is_left_before(node, name, at) or _hands_back_query(node, at))
        step = Step(function.module, start, at.start, at.end)
        found.append(Size(name, (step,), (), takes_none, names.is_checked(name)))
    return found


def _is_left_before(node: ir.Function, name: str, at: ir.Node) -> bool:
    """Return whether a test of a name before the limit, not around it, may leave the function."""
    around = list(tests_around(node.body, at))
    tests = [one for one in statements_in(node.body) if isinstance(one, ir.If) and one.start < at.start]
    for one in tests:
        leaves = any(isinstance(inner, ir.Return | ir.Raise) for inner in statements_in(one.body))
        if leaves and one.test not in around and name in names_in(one.test):
            return True
    return False


def _hands_back_query(node: ir.Function, at: ir.Expr) -> bool:
    """Return whether a function returns the query itself: whoever fetches it may limit it once more."""
    statements = list(statements_in(node.body))
    assigns = [one for one in statements if isinstance(one, ir.Assign) and _unexecuted(one.value, at) is at]
    names = frozenset[str]().union(*[target_names(target) for one in assigns for target in one.targets])
    results = [_unexecuted(one.value, at) for one in statements if isinstance(one, ir.Return)]
    return any(one is at or (isinstance(one, ir.Name) and one.id in names) for one in results)


def _unexecuted(node: ir.Expr | None, at: ir.Expr) -> ir.Expr | None:
    """Return the call that a chain of methods leads to, or what it begins with; None where it fetches rows."""
    while isinstance(node, ir.Call) and node is not at and isinstance(node.func, ir.Attribute):
        if node.func.name in _EXECUTING:
            return None
        node = node.func.value
    return node
