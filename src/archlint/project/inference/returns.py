"""What functions of the project return and yield."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.inference import construction, wrappers
from archlint.project.inference.django_models import is_queryset
from archlint.project.inference.listening import Listener, State
from archlint.project.inference.promises import ITERATORS
from archlint.project.symbols import FunctionDefinition
from archlint.project.values import (
    NOTHING,
    UNKNOWN,
    Instance,
    Items,
    Literal,
    Nothing,
    Query,
    Symbol,
    Unknown,
    Value,
    collection,
    join,
)

if TYPE_CHECKING:
    from archlint.project.inference.inference import Inference

_CONTEXTS = frozenset({"asynccontextmanager", "contextmanager"})
_TRANSPARENT = _CONTEXTS | {
    "abstractmethod", "alru_cache", "atomic", "cache", "cached_property", "classmethod", "final", "fixture",
    "inject", "lru_cache", "override", "property", "staticmethod",
}  # fmt: skip
"""Decorators that leave alone what a function returns."""


def returned(inference: Inference, definition: FunctionDefinition, receiver: Value | None) -> Value:
    """Return what calling a function gives; a generator gives its elements.

    `receiver` is what a method is called on, where that says more than the class around it.
    """
    function = _transparent(inference, definition)
    promised = _promised(inference, definition, receiver)
    if function is None or _names(definition) & _CONTEXTS:
        return promised  # only entering a context manager gives something
    if promised != UNKNOWN and not _says_little(inference, promised):
        return promised
    found = _joined(inference, definition, receiver, is_yield=function.is_generator)
    if function.is_generator and not isinstance(found, Nothing | Unknown):
        found = collection(found)
    return found if promised == UNKNOWN else _refined(promised, found)


def _says_little(inference: Inference, promised: Value) -> bool:
    """Return whether a body may say more than an annotation: how rows were loaded, and where from."""
    if isinstance(promised, Instance):
        definition = promised.definition
        if definition is None:
            return False
        is_row = inference.project.orm_of(definition) is not None
        return is_row or is_queryset(inference, definition) or construction.keeps(inference, definition)
    return isinstance(promised, Items | Query)


def _refined(promised: Value, found: Value) -> Value:
    if isinstance(found, Nothing) or promised == UNKNOWN:  # `list[T]`: anything may stand for a variable of a type
        return found
    if isinstance(promised, Instance) and isinstance(found, Instance) and found.name == promised.name:
        return found
    if isinstance(promised, Instance) and isinstance(found, Query) and _is_of(found, promised):
        return found
    if isinstance(promised, Query) and isinstance(found, Query) and found.model in ("", promised.model):
        return found if found.model else promised
    if isinstance(promised, Items) and isinstance(found, Items):
        element = promised.element if found.element == UNKNOWN else _refined(promised.element, found.element)
        return replace(found, element=element, values=promised.values if found.values == UNKNOWN else found.values)
    return found if isinstance(found, Symbol) else promised


def _is_of(found: Query, promised: Instance) -> bool:
    """Return whether rows are those that the class of a queryset promises."""
    return found.manager is not None and found.manager is promised.definition


def opened(inference: Inference, definition: FunctionDefinition, receiver: Value | None) -> Value:
    """Return what a dependency or a context manager made of a function gives: what it yields, or what it returns."""
    if definition.row.returns is not None:
        promised = _promised(inference, definition, receiver)
        unwrapped = isinstance(promised, Items) and _tail(definition.row.returns) in ITERATORS
        value = inference.element(promised) if unwrapped else promised
        if value != UNKNOWN:
            return value
    function = _transparent(inference, definition)
    if function is None:
        return UNKNOWN
    return _joined(inference, definition, receiver, is_yield=function.is_generator)


def stored(
    inference: Inference, definition: FunctionDefinition, receiver: Value | None
) -> tuple[tuple[str, Value], ...]:
    """Return what a method puts into attributes of its receiver, by name."""
    function = inference.project.function_node(definition)
    if function is None or not function.parameters:
        return ()
    listener = _Stores(function.parameters[0].name)
    inference.walked(definition, receiver, listener)
    return tuple(sorted(listener.found.items()))


class _Stores(Listener):
    sees_calls = False

    def __init__(self, own: str) -> None:
        self.found: dict[str, Value] = {}
        self._own = own

    def stored(self, target: ir.Attribute, value: Value, state: State) -> None:
        is_own = isinstance(target.value, ir.Name) and target.value.id == self._own
        if is_own and len(state.functions) == 1:
            self.found[target.name] = join(self.found.get(target.name, NOTHING), value)


def _promised(inference: Inference, definition: FunctionDefinition, receiver: Value | None) -> Value:
    if definition.row.returns is None:
        return UNKNOWN
    return inference.annotated(definition.row.returns, inference.scope_of(definition, receiver))


def _transparent(inference: Inference, definition: FunctionDefinition) -> ir.Function | None:
    """Return the body of a function whose decorators leave alone what it returns, or None."""
    is_plain = all(
        _tail(one.func if isinstance(one, ir.Call) else one) in _TRANSPARENT
        or wrappers.hands_on(inference, definition, one)
        for one in definition.row.decorators
    )
    return inference.project.function_node(definition) if is_plain else None


def _joined(inference: Inference, definition: FunctionDefinition, receiver: Value | None, *, is_yield: bool) -> Value:
    """Return what holds for all results of a body; where one is not known, nothing is."""
    listener = _Results(inference, is_yield=is_yield)
    inference.walked(definition, receiver, listener)
    return UNKNOWN if listener.value is None else listener.value


class _Results(Listener):
    sees_calls = False

    def __init__(self, inference: Inference, *, is_yield: bool) -> None:
        self.value: Value | None = None
        self._inference = inference
        self._is_yield = is_yield

    def result(self, value: ir.Expr | None, is_yield: bool, state: State) -> None:
        if is_yield != self._is_yield or len(state.functions) != 1:
            return
        found = Literal(None) if value is None else self._inference.value(value, state.scope)
        self.value = found if self.value is None else join(self.value, found)


def _names(definition: FunctionDefinition) -> frozenset[str]:
    return frozenset(_tail(one.func if isinstance(one, ir.Call) else one) for one in definition.row.decorators)


def _tail(node: ir.Expr) -> str:
    node = node.value if isinstance(node, ir.Subscript) else node
    return dotted(node).rpartition(".")[2]
