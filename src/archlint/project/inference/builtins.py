"""What built-ins make of what they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.project.inference import shipped
from archlint.project.inference.arguments import Arguments
from archlint.project.values import (
    UNKNOWN,
    Instance,
    Items,
    Literal,
    Parts,
    ProjectClass,
    Query,
    Symbol,
    Value,
    collection,
    has_fixed_size,
)

if TYPE_CHECKING:
    from archlint.project.inference.inference import Inference
    from archlint.project.inference.scopes import Scope

COPIES = frozenset({"frozenset", "iter", "list", "reversed", "set", "sorted", "tuple"})
"""Built-ins that hand on the elements of what they are given."""
_PAGING = frozenset({"django.core.paginator.Paginator"})
"""Classes that give the rows of their first argument page by page."""
_PICKING = frozenset({"max", "min", "next", "random.choice"})


def result(inference: Inference, name: str, arguments: Arguments) -> Value | None:  # noqa: PLR0911 - one answer a name
    """Return what a built-in gives, or None where the callable is another one or is given nothing."""
    if name == "range":
        is_fixed = all(_is_fixed(inference, node, arguments.scope) for node in arguments.nodes)
        return Items(UNKNOWN, is_constant=is_fixed)
    if not arguments.nodes:
        return Items(UNKNOWN, is_empty=True) if name in ("dict", "list", "set", "collections.OrderedDict") else None
    first = arguments.value(0)
    file = shipped.result(inference, name, arguments)
    if file is not None:
        return file
    constant = has_fixed_size(first)
    if name in COPIES:
        return _copied(inference, first, is_constant=constant)
    if name in _PAGING:
        return collection(inference.element(first))
    if name == "enumerate":
        return collection(Parts((UNKNOWN, inference.element(first))), constant)
    if name == "zip":
        values = list(arguments.all())
        constant = any(map(has_fixed_size, values))
        return collection(Parts(tuple(inference.element(one) for one in values)), constant)
    if name in ("filter", "itertools.islice", "itertools.chain") and len(arguments.nodes) > 1:
        given = arguments.value(1 if name == "filter" else 0)
        constant = all(map(has_fixed_size, arguments.all() if name == "itertools.chain" else (given,)))
        return collection(inference.element(given), constant)
    if name == "type" and len(arguments.nodes) == 1 and isinstance(first, Instance) and first.definition:
        return ProjectClass(first.definition)
    return inference.element(first) if name in _PICKING and len(arguments.nodes) == 1 else None


def of_collection(items: Items, method: str) -> Value:
    """Return what a method of a collection gives."""
    if method == "items":
        return collection(Parts((items.element, items.values)), items.is_constant)
    if method == "values":
        return collection(items.values, items.is_constant)
    if method == "keys":
        return collection(items.element, items.is_constant)
    if method in ("copy", "get_page", "page") or (items == shipped.FILE and method in shipped.READING):
        return replace(items, source=None)
    if method in ("get", "setdefault", "pop") and items.values != UNKNOWN:
        return items.values
    return items.element if method in ("pop", "popleft") else UNKNOWN


def _is_fixed(inference: Inference, node: ir.Expr, scope: Scope | None) -> bool:
    """Return whether a number is written in the source: as such, or as a constant of a module, class or function.

    What functions change has a name in lower case; of a local variable it is seen.
    """
    if isinstance(node, ir.Binary):
        return _is_fixed(inference, node.left, scope) and _is_fixed(inference, node.right, scope)
    if isinstance(node, ir.Constant):
        return True
    if scope is None or not isinstance(node, ir.Name | ir.Attribute):
        return False
    is_local = isinstance(node, ir.Name) and node.id in scope.names
    name = node.id if isinstance(node, ir.Name) else node.name
    return (is_local or name.isupper()) and isinstance(inference.value(node, scope), Literal)


def _copied(inference: Inference, first: Value, *, is_constant: bool) -> Value:
    if isinstance(first, Symbol):
        return collection(first.then("[]"), origin=first)
    source = first if isinstance(first, Query) else first.source if isinstance(first, Items) else None
    origin = first.origin if isinstance(first, Items) else None
    return collection(inference.element(first), is_constant, source, origin=origin)
