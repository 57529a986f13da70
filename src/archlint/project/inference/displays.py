"""What displays and comprehensions evaluate to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.project.inference.scopes import Scope, bind
from archlint.project.values import (
    NOTHING,
    UNKNOWN,
    Bound,
    Choice,
    Instance,
    Items,
    Literal,
    Parts,
    ProjectClass,
    ProjectFunction,
    Query,
    Symbol,
    Value,
    collection,
    has_fixed_size,
    join,
)

if TYPE_CHECKING:
    from archlint.project.inference.inference import Inference

_MAX_CHOICES = 10
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
        collection(joined(inference, values), is_whole and bool(plain))
        if plain or node.items
        else Items(UNKNOWN, is_empty=True)
    )


def mapping_of(inference: Inference, node: ir.Mapping, scope: Scope) -> Value:
    """Return what a dict display is."""
    if not node.keys:
        return Items(UNKNOWN, is_empty=True)
    values = [inference.value(item, scope) for item in node.values[:_MAX_ITEMS]]
    return collection(UNKNOWN, None not in node.keys, values=joined(inference, values))


def comprehension_of(inference: Inference, node: ir.Comprehension, scope: Scope) -> Value:
    """Return what a comprehension or a generator expression yields."""
    inner = scope.branch()
    constant = True
    for clause in node.clauses:
        iterable = inference.value(clause.iterable, inner)
        constant = constant and has_fixed_size(iterable)
        bind(clause.target, inference.element(iterable), inner)
    element = inference.value(node.element, inner)
    origin = _origin(inference.value(node.clauses[0].iterable, scope)) if len(node.clauses) == 1 else None
    values = inference.value(node.value, inner) if node.value is not None else UNKNOWN
    return collection(element, constant, values=values, origin=origin)


def _origin(value: Value) -> Symbol | None:
    """Return the parameter that decides how many elements there are at most, or None."""
    if isinstance(value, Symbol):
        return value
    return value.origin if isinstance(value, Items | Query) else None


def joined(inference: Inference, values: Sequence[Value]) -> Value:
    """Return what each of several values is; of a few callables or objects, a choice among them."""
    element: Value = NOTHING
    for value in values:
        element = join(element, value)
    if element == UNKNOWN and all(_is_telling(inference, value) for value in values):
        return choice(values)
    return UNKNOWN if element == NOTHING else element


def choice(values: Iterable[Value]) -> Value:
    """Return one of several values; of very many, nobody can say which one it is."""
    found = tuple(dict.fromkeys(values))
    return Choice(found) if 1 < len(found) <= _MAX_CHOICES else found[0] if len(found) == 1 else UNKNOWN


def _is_telling(inference: Inference, value: Value) -> bool:
    if isinstance(value, Instance):
        return value.definition is not None and inference.project.orm_of(value.definition) is None
    return isinstance(value, ProjectFunction | ProjectClass | Bound)
