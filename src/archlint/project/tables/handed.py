"""The models that code outside of their bodies may give fields: it adds some, or tells a library of them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.ir.module import Flag, Unit
from archlint.project.schema.names import Names
from archlint.project.symbols import ClassDefinition, Module
from archlint.project.tree import called_name, nodes_in
from archlint.source import Role

if TYPE_CHECKING:
    from archlint.project.project import Project

CONTRIBUTING = "contribute_to_class"
ADDING = frozenset({"add_to_class", CONTRIBUTING})
"""By what Django adds a field to a model outside of its body."""
_SETTING = "setattr"
_AT_START = "ready"
"""What the configuration of an app does when all its models are there."""
_OF_NO_LIBRARY = sys.stdlib_module_names | {"?", "cls", "django", "self"}


class Handed:
    """Answers for classes."""

    def __init__(self, project: Project, names: Names) -> None:
        self._project = project
        self._names = names

    def holds(self, line: Iterable[ClassDefinition]) -> bool:
        """Return whether one of some classes may get fields from elsewhere; all may where nobody knows which do."""
        return None in self._found or any(one in self._found for one in line)

    @cached_property
    def _found(self) -> frozenset[ClassDefinition | None]:
        modules = [one for one in self._project.modules if one.role in (Role.PRODUCTION, Role.SETTINGS)]
        return frozenset(one for module in modules for one in self._of_module(module))

    def _of_module(self, module: Module) -> Iterator[ClassDefinition | None]:
        for unit in module.facts.units:
            if not ADDING.isdisjoint(unit.attributes) and unit.name != CONTRIBUTING:
                yield from self._added(module, unit)
            is_at_start = not unit.flags & Flag.FUNCTION or unit.name == _AT_START
            if _SETTING in unit.calls or (is_at_start and any(_may_be_of_library(one) for one in unit.calls)):
                yield from self._told(module, unit, is_at_start=is_at_start)
        for definition in module.classes.values():
            decorators = (one for one in definition.row.decorators if isinstance(one, ir.Call))
            for one in decorators:
                yield from self._classes(one, module) if self._is_of_library(one, module) else ()

    def _added(self, module: Module, unit: Unit) -> Iterator[ClassDefinition | None]:
        """Yield the classes that a unit adds fields to by the ways of Django, None where nobody knows them."""
        for call in self._calls(unit):
            if not isinstance(call.func, ir.Attribute) or call.func.name not in ADDING:
                continue
            target = call.args[0] if call.func.name == CONTRIBUTING and call.args else call.func.value
            found = self._names.resolved(target, module)
            if isinstance(found, ClassDefinition):
                yield found
            elif not isinstance(found, str) or "." not in found:  # else it is a model of a library
                nodes = (one for one, _ in nodes_in(self._project.body(unit)))
                named = set(self._named(nodes, module))
                yield from named
                if not named:
                    yield None

    def _told(self, module: Module, unit: Unit, *, is_at_start: bool) -> Iterator[ClassDefinition]:
        """Yield the classes that a unit sets attributes of, or tells a library of when the process starts."""
        for call in self._calls(unit):
            if called_name(call) == _SETTING or (is_at_start and self._is_of_library(call, module)):
                yield from self._classes(call, module)

    def _classes(self, call: ir.Call, module: Module) -> Iterator[ClassDefinition]:
        """Yield the classes among the arguments of a call, and in lists there."""
        for one in call.args:
            yield from self._named(one.items if isinstance(one, ir.Collection) else (one,), module)

    def _named(self, nodes: Iterable[ir.Node], module: Module) -> Iterator[ClassDefinition]:
        for one in nodes:
            found = self._names.resolved(one, module) if isinstance(one, ir.Name | ir.Attribute) else None
            if isinstance(found, ClassDefinition):
                yield found

    def _calls(self, unit: Unit) -> Iterator[ir.Call]:
        yield from (one for one, _ in nodes_in(self._project.body(unit)) if isinstance(one, ir.Call))

    def _is_of_library(self, call: ir.Call, module: Module) -> bool:
        found = self._names.resolved(call.func, module)
        return isinstance(found, str) and _may_be_of_library(found)


def _may_be_of_library(name: str) -> bool:
    root, _, rest = name.partition(".")
    return bool(rest) and root not in _OF_NO_LIBRARY
