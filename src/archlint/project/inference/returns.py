"""What functions of the project return and yield."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.inference.promises import ITERATORS
from archlint.project.inference.scopes import Scope
from archlint.project.inference.walk import Result, walk
from archlint.project.symbols import FunctionDefinition
from archlint.project.values import UNKNOWN, Items, Value, join

if TYPE_CHECKING:
    from archlint.project.inference.inference import Inference

_CONTEXTS = frozenset({"asynccontextmanager", "contextmanager"})
_TRANSPARENT = _CONTEXTS | {
    "abstractmethod", "alru_cache", "atomic", "cache", "cached_property", "classmethod", "final", "fixture",
    "inject", "lru_cache", "override", "property", "staticmethod",
}  # fmt: skip
"""Decorators that leave alone what a function returns."""


def returned(inference: Inference, definition: FunctionDefinition) -> Value:
    """Return what calling a function gives; a generator gives its elements."""
    function = _transparent(inference, definition)
    if definition.row.returns is not None:
        promised = _promised(inference, definition)
        return _with_source(inference, definition, promised) if isinstance(promised, Items) and function else promised
    if function is None or _names(definition) & _CONTEXTS:
        return UNKNOWN  # only entering a context manager gives something
    value = _joined(inference, definition, is_yield=function.is_generator)
    return Items(value) if function.is_generator and value != UNKNOWN else value


def _with_source(inference: Inference, definition: FunctionDefinition, promised: Items) -> Items:
    """Return a promised collection with the query that it comes from: annotations do not tell."""
    found = _joined(inference, definition, is_yield=False)
    return replace(promised, source=found.source) if isinstance(found, Items) else promised


def opened(inference: Inference, definition: FunctionDefinition) -> Value:
    """Return what a dependency or a context manager made of a function gives: what it yields, or what it returns."""
    if definition.row.returns is not None:
        promised = _promised(inference, definition)
        unwrapped = isinstance(promised, Items) and _tail(definition.row.returns) in ITERATORS
        return inference.element(promised) if unwrapped else promised
    function = _transparent(inference, definition)
    return UNKNOWN if function is None else _joined(inference, definition, is_yield=function.is_generator)


def _promised(inference: Inference, definition: FunctionDefinition) -> Value:
    return inference.annotated(definition.row.returns, _scope(definition))


def _transparent(inference: Inference, definition: FunctionDefinition) -> ir.Function | None:
    """Return the body of a function whose decorators leave alone what it returns, or None."""
    if not _names(definition) <= _TRANSPARENT:
        return None
    return inference.project.function_node(definition)


def _joined(inference: Inference, definition: FunctionDefinition, *, is_yield: bool) -> Value:
    """Return what holds for all results of a body; where one is not known, nothing is."""
    value: Value | None = None
    for result in _results(inference, definition):
        if result.is_yield == is_yield:
            found = UNKNOWN if result.value is None else inference.value(result.value, result.scope)
            value = found if value is None else join(value, found)
    return UNKNOWN if value is None else value


def _results(inference: Inference, definition: FunctionDefinition) -> Iterator[Result]:
    unit = definition.module.facts.units[definition.row.unit]
    function = inference.project.function_node(definition) if definition.outer is None else None
    body = inference.project.body(unit) if function is None else function
    for site in walk(inference, body, _scope(definition), frozenset()):
        if isinstance(site, Result) and site.depth == 1:
            yield site


def _scope(definition: FunctionDefinition) -> Scope:
    unit = definition.module.facts.units[definition.row.unit]
    return Scope(definition.module, unit.start, definition.module.classes.get(definition.row.owner))


def _names(definition: FunctionDefinition) -> frozenset[str]:
    return frozenset(_tail(one.func if isinstance(one, ir.Call) else one) for one in definition.row.decorators)


def _tail(node: ir.Expr) -> str:
    node = node.value if isinstance(node, ir.Subscript) else node
    return dotted(node).rpartition(".")[2]
