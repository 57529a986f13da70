"""How functions refuse requests, whatever the framework: with which status, to whom, and what stays in a `try`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.routes.route import GuardKind, Mention
from archlint.project.tree import blocks, expressions_in, names_in
from archlint.syntax.string_values import last_name

MAX_CALLS = 2
"""Calls between a function and one that refuses."""
LOGGED_IN = frozenset({"is_anonymous", "is_authenticated"})
_NAMED_STATUSES = {
    "HTTP_401": 401,
    "UNAUTHORIZED": 401,
    "HTTP_403": 403,
    "FORBIDDEN": 403,
    "HTTP_429": 429,
    "TOO_MANY_REQUESTS": 429,
}
_ANY_ERROR = frozenset({"BaseException", "Exception"})


class Refusal(msgspec.Struct, frozen=True):
    """A statement that refuses: what for, what stands there, and where.

    `errors` are the names of what is raised, those that it derives from included; a refusal that is returned has none.
    """

    kind: GuardKind
    name: str
    mention: Mention
    errors: frozenset[str] = frozenset()


class Region(msgspec.Struct, frozen=True):
    """A part of a body, with the `try` that it is the block of, or None where it refuses nobody who matters.

    What is called there may still refuse where the settings alone decide whether it is called.
    """

    start: int
    end: int
    around: ir.Try | None = None
    is_about_settings: bool = False

    def holds(self, node: ir.Node) -> bool:
        """Return whether a node stands in it."""
        return self.start <= node.start < self.end


def status_of(node: ir.Expr) -> int:
    """Return the status that an expression is, 0 where it is none that refuses."""
    if isinstance(node, ir.Constant) and isinstance(node.value, int):
        return int(node.value)
    name = last_name(node)
    return next((status for start, status in _NAMED_STATUSES.items() if name.startswith(start)), 0)


def mentions(node: ir.Expr, names: frozenset[str]) -> bool:
    """Return whether an expression reads an attribute with one of some names."""
    return any(isinstance(one, ir.Attribute) and one.name in names for one in expressions_in(node))


def _is_about_settings(test: ir.Expr) -> bool:
    """Return whether a condition asks settings and constants alone: it refuses all requests or none."""
    names = names_in(test)
    return bool(names) and all(one == "settings" or one.isupper() for one in names)


def _wants_strangers(test: ir.Expr) -> bool:
    """Return whether a condition holds for those who are logged in: what it refuses is no guard against others."""
    if isinstance(test, ir.Boolean) and test.op == "and":
        return any(_wants_strangers(one) for one in test.values)
    if isinstance(test, ir.Boolean):
        return all(_wants_strangers(one) or _is_about_settings(one) for one in test.values)
    return isinstance(test, ir.Attribute) and test.name == "is_authenticated"


def asks_strangers(test: ir.Expr) -> bool:
    """Return whether a condition holds for all who are not logged in."""
    if isinstance(test, ir.Boolean) and test.op == "or":
        return any(map(asks_strangers, test.values))
    if isinstance(test, ir.Unary) and test.op == "not":
        return isinstance(test.operand, ir.Attribute) and test.operand.name == "is_authenticated"
    return isinstance(test, ir.Attribute) and test.name == "is_anonymous"


def wants_none(test: ir.Expr, given: frozenset[str]) -> bool:
    """Return whether a condition holds only where one of some names is None: `key is None`."""
    if isinstance(test, ir.Boolean) and test.op == "and":
        return any(wants_none(one, given) for one in test.values)
    if not isinstance(test, ir.Compare) or test.ops != ("is",) or not isinstance(test.left, ir.Name):
        return False
    other = test.comparators[0]
    return test.left.id in given and isinstance(other, ir.Constant) and other.value is None


def regions(body: Iterable[ir.Stmt]) -> Iterator[Region]:
    """Yield the parts of a body in which a refusal may be none: under some conditions, and where errors are caught."""
    pending = list(body)
    while pending:
        node = pending.pop()
        inner = blocks(node)[0]
        if isinstance(node, ir.Try):
            yield Region(inner[0].start, inner[-1].end, node)
        elif isinstance(node, ir.If) and _wants_strangers(node.test):
            yield Region(inner[0].start, inner[-1].end)
        elif isinstance(node, ir.If) and _is_about_settings(node.test):
            own = [one for one in inner if not any(blocks(one))]
            yield from (Region(one.start, one.end, is_about_settings=True) for one in own)
        for block in blocks(node):
            pending.extend(block)


def calling(body: Iterable[ir.Stmt]) -> Iterator[Region]:
    """Yield the parts of a body in which what is called may refuse nobody."""
    yield from (one for one in regions(body) if not one.is_about_settings)


def handling(body: Iterable[ir.Stmt]) -> Iterator[Region]:
    """Yield the blocks of a body that handle errors: what is called there tells them on, and judges nobody."""
    for node in _statements(body):
        for handler in node.handlers if isinstance(node, ir.Try) else ():
            yield Region(handler.body[0].start, handler.body[-1].end)


def is_refused(errors: frozenset[str], around: Iterable[Region]) -> bool:
    """Return whether a refusal by one of some errors, or none, leaves the regions around it."""
    return not any(one.around is None or (errors and _catches(one.around, errors)) for one in around)


def _catches(node: ir.Try, errors: frozenset[str]) -> bool:
    """Return whether one of some errors that is raised in a `try` does not leave it as it is."""
    for handler in node.handlers:
        types = expressions_in(handler.types) if handler.types is not None else ()
        names = {dotted(one).rpartition(".")[2] for one in types}
        if not names or not names.isdisjoint(errors | _ANY_ERROR):
            return not any(_is_raised_again(one, handler.name) for one in _statements(handler.body))
    return False


def _is_raised_again(node: ir.Stmt, name: str | None) -> bool:
    if not isinstance(node, ir.Raise):
        return False
    return node.error is None or (isinstance(node.error, ir.Name) and node.error.id == name)


def _statements(body: Iterable[ir.Stmt]) -> Iterator[ir.Stmt]:
    pending = list(body)
    while pending:
        node = pending.pop()
        yield node
        for block in blocks(node):
            pending.extend(block)
