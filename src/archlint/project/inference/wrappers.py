"""Decorators: which of them leave alone what a function returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.knowledge.tables import Decorator, Form
from archlint.project.inference import members
from archlint.project.inference.scopes import Scope
from archlint.project.symbols import FunctionDefinition
from archlint.project.values import Bound, External, Instance, Method, ProjectClass, ProjectFunction, Symbol, Value

if TYPE_CHECKING:
    from archlint.project.inference.inference import Inference

_LEVELS = 3
"""A decorator, what makes one, and what makes that."""


def hands_on(inference: Inference, definition: FunctionDefinition, decorator: ir.Expr) -> bool:
    """Return whether a decorated function returns what it did before."""
    value = decorator_of(inference, definition, decorator)
    if isinstance(value, ProjectFunction | Bound):
        return _is_transparent(inference, value)
    name = qualified(value)
    knowledge = inference.project.knowledge
    is_registered = knowledge.route_decorator(name) is not None or knowledge.task_decorator(name) is not None
    offloader = knowledge.offloader(name) if name else None
    is_offloaded = offloader is not None and offloader.form is not Form.CALL and not offloader.partial
    return is_registered or is_offloaded or row_of(inference, value) is not None


def decorator_of(inference: Inference, definition: FunctionDefinition, decorator: ir.Expr) -> Value:
    """Return what decorates a function: the callable that is given it, or that makes what is given it."""
    unit = definition.unit
    scope = Scope(definition.module, unit.start, definition.owner)
    if definition.outer is not None:
        scope = inference.scope_of(definition.outer, None)
    return inference.value(decorator.func if isinstance(decorator, ir.Call) else decorator, scope)


def wrapper_of_class(inference: Inference, decorator: ProjectClass, *, is_made: bool) -> FunctionDefinition | None:
    """Return what runs with a function that a class of the project decorates.

    `@Counted` puts an object in its place, whose `__call__` runs; that of `@Counted("x")` makes a wrapper.
    """
    call = members.implementation(inference, decorator.definition, "__call__")
    if call is None or not is_made:
        return call
    return wrapper_of(inference, Bound(call, Instance(decorator.definition.name, decorator.definition)))


def wrapper_of(inference: Inference, decorator: Value) -> FunctionDefinition | None:
    """Return the innermost function that a decorator of the project puts in the place of what it decorates."""
    found: FunctionDefinition | None = None
    value = decorator
    for _ in range(_LEVELS):
        if not isinstance(value, ProjectFunction | Bound):
            break
        found = value.definition
        value = inference.returned(value.definition, None)
    return found if found is not None and found.outer is not None else None


def qualified(value: Value) -> str:
    """Return the qualified name of a callable of a library, of a part of a client too, "" for others."""
    if isinstance(value, External):
        return value.name
    if not isinstance(value, Method):
        return ""
    owner = value.receiver.name if isinstance(value.receiver, Instance) else ""
    if isinstance(value.receiver, Method):  # `client.chat.completions.create`
        owner = qualified(value.receiver)
    return f"{owner}.{value.name}" if owner else ""


def client_of(value: Value) -> Instance | None:
    """Return the object that a method, or that of a part of it, is called on, or None."""
    while isinstance(value, Method):
        value = value.receiver
    return value if isinstance(value, Instance) else None


def row_of(inference: Inference, value: Value) -> Decorator | None:
    """Return the row of a decorator; a method that a class of the project inherits is the library's."""
    knowledge = inference.project.knowledge
    row = knowledge.decorator(qualified(value))
    receiver = value.receiver if isinstance(value, Method) else None
    if row is not None or not isinstance(receiver, Instance) or receiver.definition is None:
        return row
    libraries = [one for one in inference.project.symbols.ancestors(receiver.definition) if isinstance(one, str)]
    rows = (knowledge.decorator(f"{one}.{value.name}") for one in libraries if isinstance(value, Method))
    return next((one for one in rows if one is not None), None)


def _is_transparent(inference: Inference, decorator: Value) -> bool:
    """Return whether what a decorator makes calls the function that it was given, and returns what that returns."""
    wrapper = wrapper_of(inference, decorator)
    if wrapper is None:
        # `def register(function): …; return function`
        definition = decorator.definition if isinstance(decorator, ProjectFunction | Bound) else None
        returned = inference.returned(definition, None) if definition is not None else None
        return isinstance(returned, Symbol) and returned.owner is definition and not returned.operations
    result = inference.returned(wrapper, None)
    return isinstance(result, Symbol) and result.owner is not wrapper and result.operations == ("()",)
