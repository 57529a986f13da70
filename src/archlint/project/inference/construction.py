"""What making an instance of a class of the project gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.project.inference import members, symbolic
from archlint.project.inference.arguments import Arguments
from archlint.project.symbols import ClassDefinition
from archlint.project.values import (
    UNKNOWN,
    Instance,
    Nothing,
    ProjectClass,
    ProjectFunction,
    Symbol,
    Value,
)

if TYPE_CHECKING:
    from archlint.project.inference.inference import Inference

_OWN = 2
"""Parameters of a constructor that is given something."""
_MAX_DEPTH = 2
"""Instances that were made from instances, and so on, whose parts are followed."""


def constructed(inference: Inference, made: ProjectClass, arguments: Arguments) -> Value:
    """Return an instance, with the constructor's arguments that it keeps."""
    definition = made.definition
    kept = dict(made.arguments)
    for name in _kept(inference, definition):
        value = _argument(inference, definition, name, arguments)
        if value != UNKNOWN:
            kept[name] = value
    told = tuple(sorted(kept.items()))
    is_row = inference.project.orm_of(definition) is not None
    loaded = frozenset[str]() if is_row else None
    return Instance(definition.name, definition, arguments.creation, loaded, arguments=told)


def _kept(inference: Inference, definition: ClassDefinition) -> tuple[str, ...]:
    """Return the parameters of the constructor that instances keep as attributes, and of which no more is known."""
    init = members.member(inference, definition, "__init__")
    if not isinstance(init, ProjectFunction) or len(init.definition.row.parameters) < _OWN:
        return ()
    stored = inference.stored(init.definition, None)
    names = {value.parameter for _, value in stored if isinstance(value, Symbol)}
    return tuple(sorted(names))


def _argument(inference: Inference, definition: ClassDefinition, name: str, arguments: Arguments) -> Value:
    init = members.member(inference, definition, "__init__")
    if not isinstance(init, ProjectFunction):
        return UNKNOWN
    value = arguments.parameter(init.definition, name, is_bound=True)
    if isinstance(value, Symbol | Nothing) or _depth(value) > _MAX_DEPTH:
        return UNKNOWN
    return symbolic.unwrapped(value)


def _depth(value: Value) -> int:
    if not isinstance(value, Instance):
        return 0
    return 1 + max((_depth(one) for _, one in value.arguments), default=0)
