"""Which functions of the project a call may lead to."""

from __future__ import annotations

import builtins
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archlint.diagnostic import Confidence
from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.effects.effect import Target
from archlint.project.effects.protocols import Protocols
from archlint.project.inference import members
from archlint.project.inference.calls import is_static
from archlint.project.symbols import ClassDefinition, FunctionDefinition, Module
from archlint.project.values import (
    Bound,
    Choice,
    External,
    Instance,
    Literal,
    Method,
    ProjectClass,
    ProjectFunction,
    Query,
    Symbol,
    Unknown,
    Value,
)
from archlint.source import Role

if TYPE_CHECKING:
    from archlint.project.project import Project

_MAX_OVERRIDES = 5
"""Classes below the declared one whose methods are followed; of more, nobody can say which one is called."""
_MAKING = ("__init__", "__post_init__", "__new__")
_PROPERTIES = frozenset({"cached_property", "hybrid_property", "property"})


class Callees:
    """Answers where calls lead; indexes over the project are built when they are first needed."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._overriding: dict[str, dict[ClassDefinition, list[FunctionDefinition]]] = {}

    def targets(self, callee: Value) -> tuple[Target, ...]:  # noqa: C901, PLR0911, PLR0912 - one answer a kind
        """Return the functions that calling a value may lead to, () where nothing is known."""
        match callee:
            case Unknown() | External() | Literal():
                return ()
            case ProjectFunction(definition):
                return (Target(definition),)
            case Bound(definition, receiver):
                return (Target(definition, None if is_static(definition) else receiver),)
            case ProjectClass():
                return self._constructors(callee)
            case Instance(definition=ClassDefinition()):
                return self._methods(callee, "__call__")
            case Method(Instance() as receiver, name) if receiver.definition is not None:
                return self._methods(receiver, name)
            case Method(ProjectClass() as receiver, name):
                return self._of_class(receiver, name)
            case Method(Query() as receiver, name) if receiver.manager is not None:
                found = members.implementation(self._project.inference, receiver.manager, name)
                return (Target(found, receiver),) if found is not None else ()
            case Choice(values):
                return self._any_of(values)
            case Method(Choice(values), name):
                return self._any_of([Method(one, name) for one in values])
            case Method(receiver, name) if isinstance(receiver, Unknown | Method):
                return self._by_name(name)
            case Symbol(operations=(*_, last)) if last.startswith("."):
                return self._by_name(last[1:])
            case _:
                return ()

    def _any_of(self, callees: Iterable[Value]) -> tuple[Target, ...]:
        found = (target for callee in callees for target in self.targets(callee))
        return tuple(dict.fromkeys(replace(target, confidence=Confidence.MEDIUM) for target in found))

    def property_of(self, base: Value, name: str) -> tuple[Target, ...]:
        """Return the property that reading an attribute of a value runs."""
        if not isinstance(base, Instance) or base.definition is None:
            return ()
        return tuple(one for one in self._methods(base, name) if is_property(one.function))

    @cached_property
    def property_names(self) -> frozenset[str]:
        """Return the names of all properties of the project."""
        return frozenset(
            name for name, found in self._methods_by_name.items() if any(is_property(one) for one in found)
        )

    @cached_property
    def names(self) -> frozenset[str]:
        """Return the names of all functions and methods."""
        return frozenset(row.name for module in self._project.modules for row in module.facts.functions)

    def _constructors(self, made: ProjectClass) -> tuple[Target, ...]:
        found = (members.implementation(self._project.inference, made.definition, name) for name in _MAKING)
        receiver = Instance(made.definition.name, made.definition)
        return tuple(Target(one, receiver) for one in found if one is not None)

    def _methods(self, receiver: Instance, name: str) -> tuple[Target, ...]:
        definition = receiver.definition
        if definition is None:
            return ()
        own = members.implementation(self._project.inference, definition, name)
        below = []
        if receiver.creation is None:
            self._project.memo.read(("overrides", definition, name))
            below = self.overrides(definition, name)
        if own is not None and self._protocols.promises(own):
            return self._of_protocol(own, below)
        if own is not None and not self._is_abstract(own):
            maybe = below if len(below) <= _MAX_OVERRIDES else []
            return (
                Target(own, None if is_static(own) else receiver),
                *[Target(one, None, Confidence.MEDIUM) for one in maybe if one is not own],
            )
        confidence = Confidence.HIGH if len(below) == 1 else Confidence.MEDIUM
        return tuple(Target(one, None, confidence) for one in below[:_MAX_OVERRIDES] if not self._is_abstract(one))

    def _of_protocol(self, promised: FunctionDefinition, below: list[FunctionDefinition]) -> tuple[Target, ...]:
        """Return what a method of a protocol may be: that of a class that says so, or that has all of its methods."""
        self._project.memo.read(("implementers", promised))
        found = [one for one in below if not self._protocols.promises(one)]
        by_shape = [one for one in self._protocols.implementers(promised) if one not in found]
        confidence = Confidence.HIGH if len(found) == 1 and not by_shape else Confidence.MEDIUM
        several = [*found, *by_shape]
        return tuple(Target(one, None, confidence) for one in several) if len(several) <= _MAX_OVERRIDES else ()

    def implementers(self, promised: FunctionDefinition) -> tuple[FunctionDefinition, ...]:
        """Return the methods of classes that have the shape of the protocol of a method, and do not name it."""
        return self._protocols.implementers(promised)

    def overrides(self, definition: ClassDefinition, name: str) -> list[FunctionDefinition]:
        """Return the methods of a name in the classes below a class."""
        if name not in self._overriding:
            self._overriding[name] = self._by_class(name)
        return self._overriding[name].get(definition, [])

    def _of_class(self, receiver: ProjectClass, name: str) -> tuple[Target, ...]:
        found = members.implementation(self._project.inference, receiver.definition, name)
        if found is None:
            return ()
        is_class_method = any(dotted(one) == "classmethod" for one in found.row.decorators)
        return (Target(found, receiver if is_class_method else None),)

    def methods_named(self, name: str) -> list[FunctionDefinition]:
        """Return the methods of a name in production code."""
        return self._methods_by_name.get(name, [])

    def _by_name(self, name: str) -> tuple[Target, ...]:
        """Return the only method of a name, where the name says enough by itself."""
        self._project.memo.read(("methods", name))
        found = self.methods_named(name)
        if len(found) != 1 or name in self._ambiguous or name.startswith("__"):
            return ()
        return (Target(found[0], None, Confidence.MEDIUM),)

    def _is_abstract(self, function: FunctionDefinition) -> bool:
        if any(dotted(one).rpartition(".")[2].startswith("abstract") for one in function.row.decorators):
            return True
        self._project.inference.reads_body(function.module, function.unit)
        node = self._project.function_node(function)
        body = node.body if node is not None else ()
        return len(body) == 1 and isinstance(body[0], ir.Raise) and "NotImplemented" in _raised(body[0])

    @cached_property
    def _protocols(self) -> Protocols:
        return Protocols(self._project, self.methods_named)

    @cached_property
    def _methods_by_name(self) -> dict[str, list[FunctionDefinition]]:
        found: defaultdict[str, list[FunctionDefinition]] = defaultdict(list)
        for module in self._project.modules:
            if module.role in (Role.PRODUCTION, Role.COMMAND):
                for function in module.functions.values():
                    if function.row.owner:
                        found[function.row.name].append(function)
        return dict(found)

    @cached_property
    def _ambiguous(self) -> frozenset[str]:
        """Return the names that an object of the language or of a known library may answer to as well."""
        types = (str, bytes, list, dict, set, int, float, tuple, object, type, BaseException)
        own = {name for one in types for name in dir(one)} | set(dir(builtins))
        return frozenset(own) | self._project.knowledge.member_names

    def _by_class(self, name: str) -> dict[ClassDefinition, list[FunctionDefinition]]:
        """Return the methods of a name, tests left out, by the classes at any depth above theirs."""
        found: defaultdict[ClassDefinition, list[FunctionDefinition]] = defaultdict(list)
        for module, owner in self._classes_with.get(name, ()):
            for ancestor in self._project.symbols.ancestors(module.classes[owner]):
                if isinstance(ancestor, ClassDefinition) and ancestor is not module.classes[owner]:
                    found[ancestor].append(module.functions[f"{owner}.{name}"])
        return dict(found)

    @cached_property
    def _classes_with(self) -> dict[str, list[tuple[Module, str]]]:
        """Return the names of classes with a method of each name, tests left out."""
        found: defaultdict[str, list[tuple[Module, str]]] = defaultdict(list)
        for module in self._project.modules:
            for function in module.functions.values() if module.role is not Role.TEST else ():
                if function.row.owner in module.classes:
                    found[function.row.name].append((module, function.row.owner))
        return dict(found)


def is_property(function: FunctionDefinition) -> bool:
    """Return whether a function runs when an attribute is read."""
    return any(dotted(one).rpartition(".")[2] in _PROPERTIES for one in function.row.decorators)


def _raised(node: ir.Raise) -> str:
    error = node.error.func if isinstance(node.error, ir.Call) else node.error
    return dotted(error) if error is not None else ""
