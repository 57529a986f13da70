"""The managers of Django's models, and the querysets that they were made from."""

from __future__ import annotations

from archlint.ir import nodes as ir
from archlint.project.schema.model import Manager
from archlint.project.schema.names import Names
from archlint.project.symbols import ClassDefinition, Module, Variable

_MAX_DEPTH = 6


class Managers:
    """Finds the managers of models."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def of(self, definition: ClassDefinition) -> tuple[Manager, ...]:
        """Return the managers of a model, those of its ancestors in the project behind its own."""
        found: dict[str, Manager] = {}
        for one in self._names.classes(definition):
            for _, statement in self._names.statements(one):
                if isinstance(statement, ir.Assign) and isinstance(statement.targets[0], ir.Name):
                    name = statement.targets[0].id
                    manager = self._manager(name, statement.value, one.module)
                    if manager is not None:
                        found.setdefault(name, manager)
        return tuple(found.values())

    def _manager(self, name: str, node: ir.Expr | None, module: Module) -> Manager | None:
        if not isinstance(node, ir.Call):
            return None
        if isinstance(node.func, ir.Attribute) and node.func.name == "as_manager":
            queryset = self._names.resolved(node.func.value, module)
            if isinstance(queryset, ClassDefinition):
                return Manager(name, "django.db.models.Manager", None, queryset)
        return self._made(name, node.func, module, 0)

    def _made(self, name: str, func: ir.Expr, module: Module, depth: int) -> Manager | None:
        """Return the manager that calling an expression makes: a class, or `Manager.from_queryset(QuerySet)`."""
        if depth > _MAX_DEPTH:
            return None
        if isinstance(func, ir.Call):
            if not isinstance(func.func, ir.Attribute) or func.func.name != "from_queryset" or not func.args:
                return None
            manager = self._names.resolved(func.func.value, module)
            queryset = self._names.resolved(func.args[0], module)
            definition = manager if isinstance(manager, ClassDefinition) else None
            kind = definition.name if definition is not None else "django.db.models.Manager"
            return Manager(name, kind, definition, queryset if isinstance(queryset, ClassDefinition) else None)
        found = self._names.resolved(func, module)
        if isinstance(found, Variable):
            value = self._names.value_of(found)
            return self._made(name, value, found.module, depth + 1) if isinstance(value, ir.Call) else None
        if isinstance(found, ClassDefinition):
            return self._own(name, found, depth)
        return Manager(name, found) if isinstance(found, str) and found.endswith("Manager") else None

    def _own(self, name: str, definition: ClassDefinition, depth: int) -> Manager | None:
        queryset = None
        is_manager = False
        for one in self._names.line(definition):
            is_manager = is_manager or (isinstance(one, str) and one.endswith("Manager"))
        for one in self._names.classes(definition):
            for base in one.row.bases:
                if isinstance(base, ir.Call | ir.Name | ir.Attribute):
                    made = self._base(name, base, one.module, depth + 1)
                    is_manager = is_manager or made is not None
                    queryset = queryset or (made.queryset if made is not None else None)
        return Manager(name, definition.name, definition, queryset) if is_manager else None

    def _base(self, name: str, base: ir.Expr, module: Module, depth: int) -> Manager | None:
        """Return what a base of a manager class brings where it is made by `from_queryset`."""
        if isinstance(base, ir.Call):
            return self._made(name, base, module, depth)
        found = self._names.resolved(base, module)
        return self._made(name, base, module, depth) if isinstance(found, Variable) else None
