"""What surrounds a place in a function: `try` statements whose body it is in, and what is entered around it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted, resolved
from archlint.project.project import Project
from archlint.project.symbols import FunctionDefinition, Module
from archlint.project.tree import blocks, called_name, nodes_in, uncalled

CATCH_ALL = frozenset({"BaseException", "Exception"})
_SUPPRESS = frozenset({"contextlib.suppress"})
_LOWER = frozenset({"select.error", "socket.error", "socket.gaierror", "socket.herror", "socket.timeout"})
"""Classes of exceptions that are not written as classes are."""
_PROTECTING = ("catch", "circuit", "error", "exception", "fallback", "handle", "retry", "safe", "suppress", "translate")
"""What the name of a context manager or decorator says that deals with errors."""


class Around(msgspec.Struct, frozen=True):
    """The `try` statements and `with` items around a place of a unit, outermost first.

    `is_gathered` tells that what is raised there becomes a result of `gather(…, return_exceptions=True)`.
    """

    tries: tuple[ir.Try, ...]
    items: tuple[ir.Expr, ...]
    is_gathered: bool = False


def around(statement: ir.Stmt, start: int) -> Around:
    """Return what surrounds an offset of a unit, inside of the innermost function around it."""
    tries: list[ir.Try] = []
    items: list[ir.Expr] = []
    current: ir.Stmt | None = statement
    innermost = statement
    while current is not None:
        innermost = current
        if isinstance(current, ir.Function | ir.Class):
            tries, items = [], []
        elif isinstance(current, ir.Try) and any(one.start <= start < one.end for one in current.body):
            tries.append(current)
        elif isinstance(current, ir.With) and any(one.start <= start < one.end for one in current.body):
            items += [one.context for one in current.items]
        current = next((one for block in blocks(current) for one in block if one.start <= start < one.end), None)
    is_gathered = any(one.start <= start < one.end for one in gatherings(innermost))
    return Around(tuple(tries), tuple(items), is_gathered)


def gatherings(statement: ir.Stmt) -> Iterator[ir.Call]:
    """Yield the calls that make results of errors: `asyncio.gather(…, return_exceptions=True)`."""
    for node, _ in nodes_in(statement):
        if isinstance(node, ir.Call) and called_name(node) == "gather" and any(map(_returns_errors, node.keywords)):
            yield node


def _returns_errors(word: ir.Keyword) -> bool:
    is_off = isinstance(word.value, ir.Constant) and not word.value.value
    return word.name == "return_exceptions" and not is_off


def caught_by(statement: ir.Try, module: Module) -> frozenset[str] | None:
    """Return the qualified exceptions that a `try` handles, or None where one of them cannot be named."""
    found: set[str] = set()
    for one in statement.handlers:
        names = caught(one, module)
        if names is None:
            return None
        found |= names
    return frozenset(found)


def caught(handler: ir.Handler, module: Module) -> frozenset[str] | None:
    """Return the qualified exceptions of a handler, or None where one of them cannot be named."""
    if handler.types is None:
        return frozenset({"BaseException"})
    return _named(handler.types.items if isinstance(handler.types, ir.Collection) else (handler.types,), module)


def _named(types: tuple[ir.Expr, ...], module: Module) -> frozenset[str] | None:
    """Return the qualified names of classes, or None where one may be another thing: a constant may hold several."""
    names = [resolved(dotted(one), module.imports) for one in types if isinstance(one, ir.Name | ir.Attribute)]
    return frozenset(names) if len(names) == len(types) and all(_is_class(name) for name in names) else None


def _is_class(name: str) -> bool:
    last = name.rpartition(".")[2]
    return name in _LOWER or (last[:1].isupper() and not (last.isupper() and len(last) > 1))


def suppressed(items: tuple[ir.Expr, ...], module: Module) -> frozenset[str] | None:
    """Return the qualified exceptions that `contextlib.suppress` swallows, or None where one cannot be named."""
    found: set[str] = set()
    for one in items:
        if isinstance(one, ir.Call) and resolved(dotted(one.func), module.imports) in _SUPPRESS:
            names = _named(one.args, module)
            if names is None:
                return None
            found |= names
    return frozenset(found)


def is_protecting(project: Project, node: ir.Expr, module: Module) -> bool:
    """Return whether a decorator or context manager deals with errors, by its name or by a `try` in its body."""
    name = dotted(uncalled(node))
    last = name.rpartition(".")[2].lower()
    if any(word in last for word in _PROTECTING):
        return True
    row = project.knowledge.decorator(resolved(name, module.imports))
    if row is not None:
        return row.kind == "retry"
    target = project.symbols.member(module, name.split(".")) if name else None
    if isinstance(target, FunctionDefinition):
        body = project.function_node(target)
        return body is not None and any(_catches(one) for one, _ in nodes_in(body))
    return False


def _catches(node: ir.Node) -> bool:
    return isinstance(node, ir.Try) and bool(node.handlers)
