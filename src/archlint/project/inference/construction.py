"""What making an instance of a class of the project gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.project.inference import django_models, members, rows, symbolic
from archlint.project.inference.arguments import Arguments
from archlint.project.inference.listening import Listener, State
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import called_name
from archlint.project.values import (
    UNKNOWN,
    Bound,
    External,
    Instance,
    ProjectClass,
    ProjectFunction,
    Query,
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
    """Return an instance, with the constructor's arguments that it keeps; of a queryset, the rows it starts from."""
    definition = made.definition
    queried = django_models.made(inference, definition, arguments)
    if queried is not None:
        return queried
    kept = dict(made.arguments)
    init = members.implementation(inference, definition, "__init__")
    for name, value in inference.kept(init) if init is not None else ():
        given = _given(inference, init, value, arguments) if init is not None else UNKNOWN
        if given != UNKNOWN:
            kept[name] = given
    told = tuple(sorted(kept.items(), key=lambda pair: pair[0]))
    is_row = inference.project.orm_of(definition) is not None
    loaded = rows.of_new(arguments) if is_row else None
    return Instance(definition.name, definition, arguments.creation, loaded, arguments=told)


def keeps(inference: Inference, definition: ClassDefinition) -> bool:
    """Return whether instances of a class keep something that their constructor is given."""
    init = members.implementation(inference, definition, "__init__")
    return init is not None and bool(inference.kept(init))


def kept_by(inference: Inference, init: FunctionDefinition) -> tuple[tuple[str, Value], ...]:
    """Return what a constructor keeps in attributes of which no more is known, by the name of the parameter.

    What it hands on to the constructor of a base and is kept there counts, by the name of the parameter there.
    """
    if len(init.row.parameters) < _OWN:
        return ()
    listener = _HandedOn(inference)
    inference.walked(init, None, listener)
    own = {value.parameter: value for _, value in inference.stored(init, None) if isinstance(value, Symbol)}
    return tuple(sorted({**listener.found, **own}.items(), key=lambda pair: pair[0]))


class _HandedOn(Listener):
    """Collects what `super().__init__(…)` keeps of what it is given."""

    def __init__(self, inference: Inference) -> None:
        self.found: dict[str, Value] = {}
        self._inference = inference

    def called(self, node: ir.Call, state: State) -> None:
        if called_name(node) != "__init__" or len(state.functions) != 1:
            return
        callee = self._inference.value(node.func, state.scope)
        if not isinstance(callee, Bound):
            return
        arguments = Arguments(self._inference, node, state.scope)
        for name, value in self._inference.kept(callee.definition):
            given = symbolic.substituted(
                self._inference,
                value,
                callee.definition,
                lambda one: arguments.parameter(callee.definition, one, is_bound=True),
            )
            if given != UNKNOWN:
                self.found[name] = given


def _given(inference: Inference, init: FunctionDefinition, value: Value, arguments: Arguments) -> Value:
    given = symbolic.substituted(inference, value, init, lambda name: arguments.parameter(init, name, is_bound=True))
    is_telling = isinstance(given, Bound | External | Instance | ProjectClass | ProjectFunction | Query)
    return symbolic.unwrapped(given) if is_telling and _depth(given) <= _MAX_DEPTH else UNKNOWN


def _depth(value: Value) -> int:
    if not isinstance(value, Instance):
        return 0
    return 1 + max((_depth(one) for _, one in value.arguments), default=0)
