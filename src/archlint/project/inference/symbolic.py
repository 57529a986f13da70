"""What a function does with its parameters, and what comes of it for the arguments of one call."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archlint.project.inference import calls, members, queries, shipped, statements
from archlint.project.inference.arguments import Arguments
from archlint.project.symbols import FunctionDefinition
from archlint.project.values import (
    OPAQUE,
    UNKNOWN,
    Instance,
    Items,
    Literal,
    Method,
    Nothing,
    Parts,
    ProjectClass,
    Query,
    Symbol,
    Value,
    collection,
)

if TYPE_CHECKING:
    from archlint.project.inference.inference import Inference

Lookup = Callable[[str], Value]


def substituted(inference: Inference, value: Value, definition: FunctionDefinition, given: Lookup) -> Value:
    """Return a value with the parameters of a function replaced by what they are given."""
    if isinstance(value, Symbol):
        return applied(inference, value, given) if value.owner is definition else value
    if isinstance(value, Items) and (mentions(value.element) or mentions(value.values)):
        element = substituted(inference, value.element, definition, given)
        far = substituted(inference, value.values, definition, given)
        source = value.source or (element if isinstance(element, Query) else None)
        return collection(element, value.is_constant, source, far)
    if isinstance(value, Parts):
        return Parts(tuple(substituted(inference, one, definition, given) for one in value.values))
    if isinstance(value, Instance | Query) and value.origin is not None and value.origin.owner is definition:
        return _with_history(value, applied(inference, value.origin, given))
    return value


def applied(inference: Inference, symbol: Symbol, given: Lookup) -> Value:
    """Return what the operations on a parameter give for an argument."""
    value = given(symbol.parameter)
    for operation in symbol.operations:
        if operation == shipped.OPERATION:
            value = shipped.operated(value)
            continue
        if value == UNKNOWN or isinstance(value, Literal):
            return UNKNOWN
        value = _operated(inference, value, operation)
    return value


def _operated(inference: Inference, value: Value, operation: str) -> Value:  # noqa: PLR0911 - one answer an operation
    if isinstance(value, Symbol):
        return value.then(operation)
    if operation == "()":
        return calls.applied(inference, value, Arguments(inference))
    if operation == "[]":
        return inference.element(value)
    if operation == "[:]":
        return inference.sliced(value, None)
    if operation in ("select", "query"):
        return statements.statement(value, operation)
    if operation == "executed":
        return queries.executed(value) if isinstance(value, Query) else UNKNOWN
    return members.attribute(inference, value, operation.removeprefix("."))


def mentions(value: Value) -> bool:
    """Return whether a value depends on a parameter."""
    if isinstance(value, Symbol):
        return True
    if isinstance(value, Instance | Query):
        return value.origin is not None
    if isinstance(value, Items):
        return mentions(value.element) or mentions(value.values)
    return isinstance(value, Parts) and any(mentions(one) for one in value.values)


def _with_history(value: Instance | Query, given: Value) -> Value:
    """Return a value that its annotation describes, with what the argument says of how it was loaded."""
    if isinstance(value, Instance) and isinstance(given, Instance) and given.name == value.name:
        return replace(value, loaded=given.loaded, origin=given.origin, missing=given.missing)
    if isinstance(value, Query) and isinstance(given, Query):
        # What the function added to the query that it was given, its annotation does not tell.
        return replace(
            given,
            filtered=given.filtered or value.filtered,
            bounded=given.bounded or value.bounded,
            eager=given.eager | value.eager,
            plain=given.plain or value.plain,
            conditions=given.conditions | value.conditions,
            joins=given.joins | value.joins,
            pinned=given.pinned | value.pinned,
        )
    return replace(value, origin=given if isinstance(given, Symbol) else None)


def unwrapped(value: Value) -> Value:
    """Return a value without what only matters where it was made, as a context of other questions."""
    if isinstance(value, Instance):
        kept = tuple((name, _shallow(one)) for name, one in value.arguments)
        return Instance(value.name, value.definition, arguments=kept)
    if isinstance(value, Query):
        # Which conditions there are is not worth an answer of its own each: that there are some is kept.
        conditions = frozenset({f"{OPAQUE}:"}) if value.conditions else value.conditions
        return replace(value, origin=None, limit=None, conditions=conditions, joins=frozenset(), pinned=frozenset())
    return value


def _shallow(value: Value) -> Value:
    """Return an argument two levels deep at most: a service that is given a repository that is given a session."""
    if isinstance(value, Instance):
        inner = tuple((name, one) for name, one in value.arguments if not isinstance(one, Instance | Method))
        return Instance(value.name, value.definition, arguments=inner)
    return UNKNOWN if isinstance(value, Symbol | Nothing) else value


def context(definition: FunctionDefinition, receiver: Value | None) -> Value | None:
    """Return what a method is called on, None where that says no more than the class around the method."""
    if receiver is None or not definition.row.owner:
        return None
    kept = unwrapped(receiver)
    if isinstance(kept, Instance | ProjectClass) and not kept.arguments:
        owner = definition.owner
        return None if kept.definition is owner or kept.definition is None else kept
    return kept if isinstance(kept, Instance | ProjectClass | Query) else None
