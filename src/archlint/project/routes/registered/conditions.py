"""Whether conditions on the path of a request hold for a route: `request.url.path in GUARDED`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import IntEnum

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.routes.registered.locals import local
from archlint.project.routes.registered.located import Located
from archlint.project.routes.registered.routers import Routers
from archlint.project.routes.route import Route
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import blocks, called_name, expressions_in

_REQUESTS = frozenset({"conn", "req", "request", "scope", "url"})
_PATHS = frozenset({"full_path", "path", "path_info", "raw_path"})
_PLACES = _PATHS | {"blueprint", "endpoint", "rel_url", "url", "url_rule"}
"""Attributes of requests that tell routes apart."""
_COPIES = frozenset({"frozenset", "list", "set", "tuple"})
_HOLES = "{<(["
_EQUAL = frozenset({"!=", "==", "in", "not in"})
_MAX_DEPTH = 8


class Holds(IntEnum):
    """Whether a condition holds on a route: `OPEN` depends on other things alone, `SOME` on what is not known of paths.

    In the order in which the weakest says what several say together.
    """

    NEVER = 0
    SOME = 1
    OPEN = 2
    ALWAYS = 3


class Condition(msgspec.Struct, frozen=True, eq=False):
    """A test, whether it must hold or must not, and the function that it stands in."""

    test: ir.Expr
    wanted: bool
    function: FunctionDefinition


class Conditions:
    """Answers which conditions hold on one route."""

    def __init__(self, routers: Routers, route: Route) -> None:
        self._routers = routers
        self._route = route
        self._path = _Path(route)

    def together(self, conditions: Iterable[Condition]) -> Holds:
        """Return whether all of some conditions hold."""
        found = (self._holds(self._place(one), one.function, one.wanted, 0) for one in conditions)
        return min(found, default=Holds.ALWAYS)

    def _place(self, one: Condition) -> Located:
        return Located(one.test, self._routers.frames.scope_around(one.function))

    def _holds(self, place: Located, function: FunctionDefinition, wanted: bool, depth: int) -> Holds:
        node = place.node
        if depth > _MAX_DEPTH:
            return Holds.SOME
        if isinstance(node, ir.Unary) and node.op == "not":
            return self._holds(place.at(node.operand), function, not wanted, depth + 1)
        if isinstance(node, ir.Boolean):
            sides = [self._holds(place.at(one), function, wanted, depth + 1) for one in node.values]
            return min(sides) if (node.op == "and") == wanted else _either(sides)
        given = local(self._routers, function, node.id) if isinstance(node, ir.Name) else None
        if given is not None:
            return self._holds(given, function, wanted, depth + 1)
        turns = self._turns(place, function) if isinstance(node, ir.Call) else None
        if turns is not None and isinstance(node, ir.Call):
            sides = [self._holds(one, function, wanted, depth + 1) for one in turns]
            return min(sides) if (called_name(node) == "all") == wanted else _either(sides)
        return self._of_atom(place, function, wanted)

    def _turns(self, place: Located, function: FunctionDefinition) -> list[Located] | None:
        """Return what `any(…)` or `all(…)` asks of each item that a collection holds, or None."""
        node = place.node
        inner = (
            node.args[0] if isinstance(node, ir.Call) and called_name(node) in ("all", "any") and node.args else None
        )
        if not isinstance(inner, ir.Comprehension) or len(inner.clauses) != 1 or inner.clauses[0].conditions:
            return None
        clause = inner.clauses[0]
        items = self._routers.turns.bound(
            place.at(inner.element), clause.target, self._unwrapped(place.at(clause.iterable), function)
        )
        return list(items) or None

    def _unwrapped(self, place: Located, function: FunctionDefinition, depth: int = 0) -> Located:
        """Return the collection that a local stands for, or that is copied: `frozenset({"/login"})`."""
        node = place.node
        if depth > _MAX_DEPTH:
            return place
        given = local(self._routers, function, node.id) if isinstance(node, ir.Name) else None
        given = given or self._routers.assigned(self._routers.variable(place))
        if given is not None and isinstance(given.node, ir.Collection | ir.Call):
            return self._unwrapped(given, function, depth + 1)
        if isinstance(node, ir.Call) and called_name(node) in _COPIES and len(node.args) == 1:
            return self._unwrapped(place.at(node.args[0]), function, depth + 1)
        return place

    def _of_atom(self, place: Located, function: FunctionDefinition, wanted: bool) -> Holds:
        asked = self._asked(place, function)
        if asked is not None:
            return Holds.ALWAYS if asked == wanted else Holds.NEVER
        return Holds.SOME if self._tells_routes_apart(place.node, function) else Holds.OPEN

    def _tells_routes_apart(self, node: ir.Expr, function: FunctionDefinition) -> bool:
        return any(self._is_about(one, _PLACES, function) for one in expressions_in(node))

    def _is_about(self, node: ir.Expr, names: frozenset[str], function: FunctionDefinition) -> bool:
        """Return whether an expression is something of the request: `request.url.path`, `scope["path"]`."""
        if isinstance(node, ir.Name):
            given = local(self._routers, function, node.id)
            return given is not None and self._is_about_itself(given.node, names)
        return self._is_about_itself(node, names)

    def _is_about_itself(self, node: ir.Expr, names: frozenset[str]) -> bool:
        if isinstance(node, ir.Attribute):
            return node.name in names and dotted(node.value).rpartition(".")[2] in _REQUESTS
        key = node.index if isinstance(node, ir.Subscript) else None
        owner = node.value if isinstance(node, ir.Subscript) else None
        if isinstance(node, ir.Call) and called_name(node) == "get" and isinstance(node.func, ir.Attribute):
            key, owner = next(iter(node.args), None), node.func.value
        is_scope = owner is not None and dotted(owner).rpartition(".")[2] in _REQUESTS
        return is_scope and isinstance(key, ir.Text) and key.value in names

    def _asked(self, place: Located, function: FunctionDefinition) -> bool | None:
        """Return whether a comparison holds on the route, or None where that is not known."""
        node = place.node
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and len(node.args) == 1:
            is_start = node.func.name == "startswith"
            if (is_start or node.func.name == "endswith") and self._is_about(node.func.value, _PATHS, function):
                texts = self._texts(place.at(node.args[0]), function)
                return self._path.any_of(texts, self._path.starts if is_start else self._path.ends)
        if not isinstance(node, ir.Compare) or len(node.ops) != 1:
            return None
        op, right = node.ops[0], place.at(node.comparators[0])
        is_denied = op in ("!=", "not in")
        if self._is_about(node.left, frozenset({"method"}), function):
            found = self._of_methods(self._texts(right, function) if op in _EQUAL else None)
        elif self._is_about(node.left, _PATHS, function) and op in _EQUAL:
            found = self._path.any_of(self._texts(right, function), self._path.equals)
        else:
            return None
        return found if found is None or not is_denied else not found

    def _of_methods(self, texts: tuple[str, ...] | None) -> bool | None:
        methods = set(self._route.methods)
        if texts is None or not methods:
            return None
        return True if methods <= set(texts) else None if methods & set(texts) else False

    def _texts(self, place: Located, function: FunctionDefinition) -> tuple[str, ...] | None:
        text = self._routers.texts.of(place)
        return (text,) if text is not None else self._routers.texts.many(self._unwrapped(place, function))


class _Path:
    """The path of a route, as far as it says which paths lead there."""

    def __init__(self, route: Route) -> None:
        text = route.path or "/"
        holes = [text.find(one) for one in _HOLES if one in text]
        self._is_whole = route.is_whole
        self._has_holes = bool(holes)
        self._head = text[: min(holes)] if holes else text
        self._tail = text[max(text.rfind(one) for one in "}>)]") + 1 :] if holes else text

    def any_of(self, texts: tuple[str, ...] | None, asked: Callable[[str], bool | None]) -> bool | None:
        """Return whether one of some texts is what is asked of the path, or None where that is not known."""
        if texts is None or not self._is_whole:
            return None
        found = [asked(one) for one in texts]
        return True if True in found else None if None in found else False

    def equals(self, text: str) -> bool | None:
        """Return whether it is a text; None where a parameter may make it that."""
        if self._has_holes:
            return None if text.startswith(self._head) and text.endswith(self._tail) else False
        return text == self._head

    def starts(self, text: str) -> bool | None:
        """Return whether it starts with a text."""
        if self._head.startswith(text):
            return True
        return None if self._has_holes and text.startswith(self._head) else False

    def ends(self, text: str) -> bool | None:
        """Return whether it ends with a text."""
        if self._tail.endswith(text):
            return True
        return None if self._has_holes and text.endswith(self._tail) else False


def _either(sides: list[Holds]) -> Holds:
    """Return what one of several says, where one is enough; what is open may hold on every path."""
    return max(sides, default=Holds.NEVER)


def asks_who(routers: Routers, condition: Condition) -> bool:
    """Return whether a condition is about who asks: something of the request that is no part of where it goes."""
    tests = [condition.test]
    for one in expressions_in(condition.test):
        given = local(routers, condition.function, one.id) if isinstance(one, ir.Name) else None
        tests += [given.node] if given is not None else []
    parts = (one for test in tests for one in expressions_in(test) if isinstance(one, ir.Attribute))
    return any(one.name not in _PLACES | {"method"} and dotted(one.value) == "request" for one in parts)


def around(function: FunctionDefinition, body: tuple[ir.Stmt, ...], node: ir.Node) -> Iterator[Condition]:
    """Yield the conditions under which a node of a body is reached, what leaves the body before it included."""
    for statement in body:
        if statement.start <= node.start < statement.end:
            for index, block in enumerate(blocks(statement)):
                if block and block[0].start <= node.start < block[-1].end:
                    if isinstance(statement, ir.If):
                        yield Condition(statement.test, index == 0, function)
                    yield from around(function, block, node)
            return
        if isinstance(statement, ir.If) and not statement.orelse and _leaves(statement.body):
            yield Condition(statement.test, False, function)


def _leaves(body: tuple[ir.Stmt, ...]) -> bool:
    return isinstance(body[-1], ir.Return | ir.Raise)
