"""Which models of Django may have fields that no class body names: from classes of fields, and from other modules."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.ir.module import Flag
from archlint.project.schema.declarations import Declarations
from archlint.project.schema.meta import Metas
from archlint.project.schema.names import Names
from archlint.project.symbols import ClassDefinition, FunctionDefinition, Module
from archlint.project.tables.handed import ADDING, CONTRIBUTING, Handed
from archlint.project.tree import nodes_in, statements_in

if TYPE_CHECKING:
    from archlint.project.project import Project
    from archlint.project.schema.model import Model

_LIBRARY = "django"
_NAMESPACES = frozenset({"exec", "locals", "vars"})
_ORDERED = "order_with_respect_to"


class AddedFields:
    """Answers for the models of a project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._names = Names(project)
        self._metas = Metas(self._names)
        self._declarations = Declarations(self._names, project.knowledge.orm(_LIBRARY))

    def is_of_one(self, kind: str) -> bool:
        """Return whether a class of fields, by its qualified name, is known to add the one field and nothing else."""
        own = self._project.symbols.classes_by_name.get(kind)
        return not self._adds_more(own if own is not None else kind)

    def by_options(self, model: Model) -> frozenset[str]:
        """Return the fields that the options of a model add."""
        return frozenset({"_order"} if _ORDERED in self._metas.of(model.definition).all else ())

    def may_have(self, model: Model) -> bool:
        """Return whether a model may have fields that neither its body nor one that it inherits from names."""
        line = [one for one in self._project.symbols.mro(model.definition) if isinstance(one, ClassDefinition)]
        managers = {one.name for one in model.managers}
        return any(self._is_open(one, managers) for one in line) or self._handed.holds(line)

    @cached_property
    def _handed(self) -> Handed:
        return Handed(self._project, self._names)

    def _is_open(self, definition: ClassDefinition, managers: set[str]) -> bool:
        """Return whether something in a class body may add fields beside those that it names."""
        for place, outer in self._names.statements(definition):
            if isinstance(outer, ir.Function):
                continue
            if not place.unit.flags & Flag.FUNCTION and not _NAMESPACES.isdisjoint(place.unit.calls):
                return True
            given = (one for one in statements_in((outer,)) if isinstance(one, ir.Assign))
            fields = (one for one in given if not any(dotted(target) in managers for target in one.targets))
            if any(self._makes_more(call, definition.module) for one in fields for call in _made(one.value)):
                return True
        return False

    def _makes_more(self, call: ir.Call, module: Module) -> bool:
        """Return whether what a call gives may add fields beside the one that it is assigned to."""
        found, _ = self._names.callee(call.func, module)
        if isinstance(found, FunctionDefinition):
            call_in, module = self._names.returned(found), found.module
            found = self._names.callee(call_in.func, module)[0] if isinstance(call_in, ir.Call) else ""
        return isinstance(found, ClassDefinition | str) and self._adds_more(found)

    def _adds_more(self, kind: ClassDefinition | str) -> bool:
        line = self._project.symbols.mro(kind) if isinstance(kind, ClassDefinition) else (kind,)
        strange = (self._is_strange(one) for one in line if isinstance(one, str))
        return any(strange) or any(self._contributes(one) for one in line if isinstance(one, ClassDefinition))

    def _contributes(self, definition: ClassDefinition) -> bool:
        """Return whether a class of fields gives the model others when it becomes a part of it."""
        method = definition.module.functions.get(f"{definition.row.name}.{CONTRIBUTING}")
        node = self._project.function_node(method) if method is not None else None
        calls = (one for one, _ in nodes_in(node) if isinstance(one, ir.Call)) if node is not None else ()
        return any(_is_adding(one) for one in calls)

    def _is_strange(self, name: str) -> bool:
        """Return whether a class is one of a library, and nobody knows what it does to a model."""
        root, _, rest = name.partition(".")
        known = (self._declarations.classes, self._declarations.relations, sys.stdlib_module_names)
        return bool(rest) and root != _LIBRARY and not any(name in one or root in one for one in known)


def _made(value: ir.Expr | None) -> Iterator[ir.Call]:
    """Yield the calls whose results a value consists of."""
    if isinstance(value, ir.Call):
        yield value
    elif isinstance(value, ir.Collection):
        for one in value.items:
            yield from _made(one)
    elif isinstance(value, ir.Conditional):
        yield from _made(value.body)
        yield from _made(value.orelse)


def _is_adding(call: ir.Call) -> bool:
    """Return whether a call in `contribute_to_class` adds another field: not the one of the ancestor for itself."""
    if not isinstance(call.func, ir.Attribute) or call.func.name not in ADDING:
        return False
    is_of_ancestor = isinstance(call.func.value, ir.Call) and dotted(call.func.value.func) == "super"
    is_itself = bool(call.args) and dotted(call.args[0]) == "self"
    return not (is_of_ancestor or is_itself)
