"""What displays and comprehensions evaluate to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.project.inference.scopes import Scope, bind
from archlint.project.values import NOTHING, UNKNOWN, Items, Literal, Parts, Value, collection, join

if TYPE_CHECKING:
    from archlint.project.inference.inference import Inference

_MAX_ITEMS = 30
"""Items of a display that are looked at: tables of constants are long, and alike."""


def collection_of(inference: Inference, node: ir.Collection, scope: Scope) -> Value:
    """Return what a list, tuple or set display is."""
    plain = [item for item in node.items if not isinstance(item, ir.Starred)]
    values = [inference.value(item, scope) for item in plain[:_MAX_ITEMS]]
    is_whole = len(plain) == len(node.items)
    if node.kind == "tuple" and is_whole and values and not all(isinstance(one, Literal) for one in values):
        return Parts(tuple(values))
    return (
        collection(_joined(values), is_whole and bool(plain)) if plain or node.items else Items(UNKNOWN, is_empty=True)
    )


def mapping_of(inference: Inference, node: ir.Mapping, scope: Scope) -> Value:
    """Return what a dict display is."""
    if not node.keys:
        return Items(UNKNOWN, is_empty=True)
    values = [inference.value(item, scope) for item in node.values[:_MAX_ITEMS]]
    return collection(UNKNOWN, None not in node.keys, values=_joined(values))


def comprehension_of(inference: Inference, node: ir.Comprehension, scope: Scope) -> Value:
    """Return what a comprehension or a generator expression yields."""
    inner = scope.branch()
    constant = True
    for clause in node.clauses:
        iterable = inference.value(clause.iterable, inner)
        constant = constant and isinstance(iterable, Items) and iterable.is_constant
        bind(clause.target, inference.element(iterable), inner)
    element = inference.value(node.element, inner)
    if node.value is not None:
        return collection(element, constant, values=inference.value(node.value, inner))
    return collection(element, constant)


def _joined(values: list[Value]) -> Value:
    element: Value = NOTHING
    for value in values:
        element = join(element, value)
    return UNKNOWN if element == NOTHING else element
