"""The types of GraphQL: the model behind each one, and which of them are answered in lists."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.inference.scopes import Scope
from archlint.project.project import Project
from archlint.project.routes.django.frames import Frame, class_statements
from archlint.project.symbols import ClassDefinition
from archlint.project.tree import called_name, expressions_in
from archlint.project.values import ProjectClass
from archlint.source import Role

_META, _NODE, _MODEL = "Meta", "node", "model"
_LISTING = ("Connection", "ConnectionField", "List", "ListField")
_COLLECTIONS = frozenset({"Iterable", "List", "OffsetPaginated", "Sequence", "list"})


class Graphs:
    """Reads the types of GraphQL."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def model(self, definition: ClassDefinition) -> ClassDefinition | None:
        """Return the model whose rows a type shows: by its `Meta`, or by its decorator."""
        for decorator in definition.row.decorators:
            if isinstance(decorator, ir.Call) and decorator.args:
                found = self._class(decorator.args[0], Frame(definition.module, definition.row.start))
                if found is not None:
                    return found
        for ancestor in self._project.symbols.ancestors(definition):
            if isinstance(ancestor, ClassDefinition):
                for name, value, frame in self._options(ancestor):
                    if name == _MODEL:
                        return self._class(value, frame)
        return None

    @cached_property
    def listed(self) -> frozenset[str]:
        """Return the names of the types that some field answers a list or a connection of."""
        found: set[str] = set()
        for module in self._project.modules:
            for definition in module.classes.values() if module.role is Role.PRODUCTION else ():
                for expression in self._told(definition):
                    found.update(_listed_in(expression))
        return frozenset(found)

    def _told(self, definition: ClassDefinition) -> Iterator[ir.Expr]:
        """Yield what the body of a class says of its fields."""
        for statement, _ in class_statements(self._project, definition):
            if isinstance(statement, ir.Assign):
                yield from (one for one in (statement.value, statement.annotation) if one is not None)
        yield from (one.row.returns for one in definition.methods if one.row.returns is not None)
        for name, value, _ in self._options(definition):
            if name == _NODE:
                yield ir.Call(value.start, value.end, ir.Name(value.start, value.end, "List"), (value,), ())

    def _options(self, definition: ClassDefinition) -> Iterator[tuple[str, ir.Expr, Frame]]:
        for statement, frame in class_statements(self._project, definition):
            if isinstance(statement, ir.Class) and statement.name == _META:
                for one in statement.body:
                    if isinstance(one, ir.Assign) and one.value is not None:
                        yield dotted(one.targets[0]), one.value, frame

    def _class(self, node: ir.Expr, frame: Frame) -> ClassDefinition | None:
        value = self._project.inference.value(node, Scope(frame.module, frame.offset))
        if not isinstance(value, ProjectClass) or self._project.orm_of(value.definition) is None:
            return None
        return value.definition


def _listed_in(expression: ir.Expr) -> Iterator[str]:
    """Yield the names of what an expression says that there is a list of."""
    for one in expressions_in(expression):
        if isinstance(one, ir.Call) and called_name(one).endswith(_LISTING):
            for argument in one.args:
                yield from _names(argument.body if isinstance(argument, ir.Lambda) else argument)
        elif isinstance(one, ir.Subscript):
            base = dotted(one.value).rpartition(".")[2]
            if base in _COLLECTIONS or base.endswith("Connection"):
                yield from _names(one.index)


def _names(node: ir.Expr) -> Iterator[str]:
    for one in expressions_in(node):
        if isinstance(one, ir.Name | ir.Attribute):
            yield dotted(one).rpartition(".")[2]
        elif isinstance(one, ir.Text):
            yield one.value.rpartition(".")[2]
