"""Which function or class a view of a URL pattern is, and what is wrapped around it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.knowledge.tables import Place
from archlint.project.project import Project
from archlint.project.routes.django.class_order import ClassReader
from archlint.project.routes.django.frames import Given
from archlint.project.routes.django.reader import Reader
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import argument
from archlint.project.values import Bound, External, Instance, Method, ProjectClass, ProjectFunction, Value

_MAX_WRAPPERS = 12
_LAMBDA = "<lambda>"


class View(msgspec.Struct, frozen=True):
    """What answers: a function, a class (with what `as_view` was given), or something of a library, by its name.

    `wrappers` are the decorators applied where the route is made, outermost first.
    """

    name: str
    function: FunctionDefinition | None = None
    definition: ClassDefinition | None = None
    options: Mapping[str, Given] = msgspec.field(default_factory=dict)
    actions: Given | None = None
    is_class: bool = False
    wrappers: tuple[Given, ...] = ()


class ViewReader:
    """Resolves the view of a URL pattern."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.classes = ClassReader(reader)
        self.project: Project = reader.project

    def view(  # noqa: PLR0911 - one answer a kind of expression
        self, given: Given, depth: int = 0
    ) -> View | None:
        """Return the view that an expression is, or None where it is none or cannot be told."""
        node, frame = given.node, given.frame
        if depth > _MAX_WRAPPERS:
            return None
        if isinstance(node, ir.Lambda):
            return View(_LAMBDA)
        if isinstance(node, ir.Text):
            return self._dotted(given, node.value)
        if isinstance(node, ir.Call):
            return self._called(given, node, depth)
        if not isinstance(node, ir.Name | ir.Attribute):
            return None
        found = self._reader.origin(given)
        if found.node is not node:
            return self.view(found, depth + 1)
        return self._of_value(self._reader.value(node, frame))

    def _of_value(self, value: Value) -> View | None:
        if isinstance(value, ProjectFunction | Bound):
            return View(value.definition.name, value.definition)
        if isinstance(value, ProjectClass):
            return View(value.definition.name, None, value.definition, is_class=True)
        if isinstance(value, External):
            return View(value.name)
        if isinstance(value, Instance):
            return self._instance(value)
        if isinstance(value, Method) and isinstance(value.receiver, Instance | ProjectClass):
            definition = value.receiver.definition
            found = self.classes.method(definition, value.name) if definition is not None else None
            if isinstance(found, FunctionDefinition):
                return View(found.name, found, definition)
        return None

    def _instance(self, value: Instance) -> View | None:
        """Return the view that an instance is when it is called: a feed, an object with `__call__`."""
        if value.definition is None:
            row = self.project.knowledge.view_class(value.name)
            return View(value.name) if row is not None and row.kind == "callable" else None
        found = self.classes.method(value.definition, "__call__")
        if isinstance(found, FunctionDefinition):
            return View(value.definition.name, found, value.definition)
        return View(value.definition.name, None, value.definition)

    def _dotted(self, given: Given, name: str) -> View | None:
        """Return the view that a dotted text names, as `handler404` and old urlconfs have it."""
        found = self.project.symbols.find(name, given.frame.module) if "." in name else None
        if isinstance(found, FunctionDefinition):
            return View(found.name, found)
        if isinstance(found, ClassDefinition):
            return View(found.name, None, found, is_class=True)
        return None

    def _called(self, given: Given, node: ir.Call, depth: int) -> View | None:
        func = node.func
        if isinstance(func, ir.Attribute) and func.name == "as_view":
            return self._as_view(given.at(func.value), given, node)
        callee = self._reader.value(func, given.frame)
        if isinstance(callee, ProjectClass):
            return self._of_value(self._reader.value(node, given.frame))
        wrapped = self._wrapped(given, node, depth)
        if wrapped is not None:
            return wrapped
        if isinstance(callee, ProjectFunction | Bound):
            return self._made(given, callee.definition, depth)
        return self._of_value(self._reader.value(node, given.frame))

    def _as_view(self, base: Given, given: Given, node: ir.Call) -> View | None:
        value = self._reader.value(base.node, base.frame)
        options = {one.name: given.at(one.value) for one in node.keywords if one.name}
        actions = argument(node, 0, "actions")
        chosen = None if actions is None else given.at(actions)
        if isinstance(value, ProjectClass):
            return View(value.definition.name, None, value.definition, options, chosen, is_class=True)
        if isinstance(value, External):
            return View(value.name, None, None, options, chosen, is_class=True)
        return None

    def _wrapped(self, given: Given, node: ir.Call, depth: int) -> View | None:
        """Return the view among the arguments of a decorator, with the decorator around it."""
        for one in (*node.args, *[word.value for word in node.keywords]):
            if isinstance(one, ir.Text | ir.Lambda):
                continue
            view = self.view(given.at(one), depth + 1)
            if view is not None and self._may_be_view(view):
                return replace(view, wrappers=(given.at(node.func), *view.wrappers))
        return None

    def _may_be_view(self, view: View) -> bool:
        """Return whether something that is handed over is a view, and not another argument."""
        if view.function is not None or (view.is_class and view.definition is None):
            return True
        if view.definition is not None:
            return not view.is_class or self.classes.derives(view.definition, "view", "api", "viewset", "graphql")
        row = self.project.knowledge.view_class(view.name)
        return row is not None or ".views." in view.name

    def _made(self, given: Given, function: FunctionDefinition, depth: int) -> View | None:
        """Return the view that a function of the project makes: one it defines, or what it returns."""
        nested = self.project.nested_functions(function)
        for result in self._reader.results(given):
            if isinstance(result.node, ir.Name) and result.node.id in nested:
                return View(nested[result.node.id].name, nested[result.node.id])
            found = self.view(result, depth + 1)
            if found is not None:
                return found
        return None


def runs(function: FunctionDefinition | None) -> Place:
    """Return where a view runs: in the worker of the request, or a coroutine on a loop of its own there (WSGI)."""
    return Place.OWN_LOOP if function is not None and function.row.is_async else Place.WORKER
