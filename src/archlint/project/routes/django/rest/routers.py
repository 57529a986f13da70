"""The routes that routers of Django REST framework make of viewsets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.knowledge.tables import RestRouter
from archlint.project.routes.django.class_order import ClassReader
from archlint.project.routes.django.frames import Frame, Given, module_statements
from archlint.project.routes.django.reader import Reader
from archlint.project.routes.django.rest.actions import ActionReader
from archlint.project.routes.django.rest.templates import Template, templates
from archlint.project.routes.route import Mention
from archlint.project.symbols import ClassDefinition, Module, Variable
from archlint.project.tree import argument, attributes_of_receiver
from archlint.project.values import External, Instance, ProjectClass, Value
from archlint.source import Role

_MAX_NESTING = 6


class Registered(msgspec.Struct, frozen=True):
    """A viewset that a router was given, and under which prefix."""

    prefix: str | None
    viewset: Given
    mention: Mention


class Made(msgspec.Struct, frozen=True):
    """A pattern that a router makes; its path is None where the prefix is not known, its view for the library's own."""

    path: str | None
    view: Given | None
    actions: tuple[tuple[str, str], ...]
    mention: Mention
    name: str = ""


class RouterReader:
    """Follows routers to what was registered with them, wherever that is done."""

    def __init__(self, reader: Reader, classes: ClassReader) -> None:
        self._reader = reader
        self._classes = classes
        self._project = reader.project
        self._actions = ActionReader(reader, classes)

    def is_router(self, value: Instance) -> bool:
        """Return whether an instance is a router of Django REST framework."""
        return self._row(value) is not None

    def routes(self, router: Given, value: Instance, depth: int = 0) -> Iterator[Made]:
        """Yield the patterns that a router makes; a format suffix makes no route of its own."""
        row = self._row(value)
        if row is None or depth > _MAX_NESTING:
            return
        slash = self._slash(router, value)
        above = self._above(router, value) if row.is_nested else ""
        made = templates(self._reader, self._classes, value.definition)
        for one in self.registered(router):
            yield from self._of_viewset(one, above, slash, made)
        if row.has_root:
            yield from self._root(router, value)

    def registered(self, router: Given, depth: int = 0) -> Iterator[Registered]:
        """Yield what a router was given, in order; another router's registry counts as well."""
        for call, frame in self._calls_on(router):
            func = call.func
            if isinstance(func, ir.Attribute) and func.name == "register":
                yield from self._registration(call, frame)
            elif call.args and isinstance(call.args[0], ir.Attribute) and depth < _MAX_NESTING:
                yield from self.registered(Given(call.args[0].value, frame), depth + 1)

    def _row(self, value: Instance) -> RestRouter | None:
        names = [value.name]
        if value.definition is not None:
            names = self._classes.library_bases(value.definition)
        rows = (self._project.knowledge.rest_router(name) for name in names)
        return next((row for row in rows if row is not None), None)

    def _registration(self, call: ir.Call, frame: Frame) -> Iterator[Registered]:
        prefix, viewset = argument(call, 0, "prefix"), argument(call, 1, "viewset")
        if prefix is not None and viewset is not None:
            yield Registered(self._reader.text(prefix, frame), Given(viewset, frame), frame.mention(call))

    def _calls_on(self, router: Given) -> Iterator[tuple[ir.Call, Frame]]:
        node, frame = router.node, router.frame
        if isinstance(node, ir.Name) and frame.body and frame.assigns(node.id):
            for statement, inner, _ in self._reader.flow((one, frame) for one in frame.body):
                call = _registering(statement)
                if call is not None and isinstance(call[1], ir.Name) and call[1].id == node.id:
                    yield call[0], inner
            return
        found = self._variable(router)
        yield from self._calls.get(found, ()) if found is not None else ()

    def _variable(self, router: Given) -> Variable | None:
        """Return the variable that holds a router, through the variables that only stand for it."""
        found = self._reader.variable(router.node, router.frame)
        origin = router
        for _ in range(_MAX_NESTING):
            further = self._reader.assigned(origin)
            if further is None or not isinstance(further.node, ir.Name | ir.Attribute):
                break
            origin = further
            found = self._reader.variable(origin.node, origin.frame) or found
        return found

    @cached_property
    def _calls(self) -> dict[Variable, list[tuple[ir.Call, Frame]]]:
        """Return the registrations at the level of modules, by the variable of the router."""
        found: dict[Variable, list[tuple[ir.Call, Frame]]] = {}
        for module in self._project.modules:
            if module.role is Role.TEST or not _may_register(module):
                continue
            for statement, frame, _ in self._reader.flow(module_statements(self._project, module)):
                call = _registering(statement)
                variable = self._variable(Given(call[1], frame)) if call is not None else None
                if call is not None and variable is not None:
                    found.setdefault(variable, []).append((call[0], frame))
        return found

    def _creation(self, router: Given, value: Instance) -> Given | None:
        if value.creation is None:
            found = self._reader.origin(router)
            return found if isinstance(found.node, ir.Call) else None
        return Given(value.creation.call, Frame(value.creation.module, value.creation.offset))

    def _slash(self, router: Given, value: Instance, depth: int = 0) -> str:
        """Return what a router puts at the end of its paths; a nested one takes that of its parent."""
        creation = self._creation(router, value)
        call = creation.node if creation is not None and isinstance(creation.node, ir.Call) else None
        words = {one.name: one.value for one in call.keywords} if call is not None else {}
        given = words.get("trailing_slash")
        if isinstance(given, ir.Constant):
            return "/" if given.value else ""
        own = self._own_slash(value.definition) if value.definition is not None else None
        if own is not None:
            return own
        parent = self._parent(router, value)
        return "/" if parent is None or depth > _MAX_NESTING else self._slash(*parent, depth + 1)

    def _parent(self, router: Given, value: Instance) -> tuple[Given, Instance] | None:
        """Return the router that a nested one stands below, or None."""
        row = self._row(value)
        creation = self._creation(router, value) if row is not None and row.is_nested else None
        call = creation.node if creation is not None else None
        node = argument(call, 0, "parent_router") if isinstance(call, ir.Call) else None
        above = self._reader.value(node, creation.frame) if node is not None and creation is not None else None
        if node is None or creation is None or not isinstance(above, Instance) or not self.is_router(above):
            return None
        return creation.at(node), above

    def _own_slash(self, definition: ClassDefinition) -> str | None:
        """Return the end of paths that a router of the project sets in its constructor, or None."""
        for init in self._classes.functions(definition, "__init__"):
            function = self._project.function_node(init)
            value = attributes_of_receiver(function).get("trailing_slash") if function is not None else None
            if value is not None:
                return self._reader.text(value, Frame(init.module, 0))
            for name, default in _super_arguments(self._project.function_node(init)):
                if name == "trailing_slash" and isinstance(default, ir.Constant):
                    return "/" if default.value else ""
        return None

    def _above(self, router: Given, value: Instance, depth: int = 0) -> str | None:
        """Return the beginning of the paths of a nested router: what stands for its parents."""
        parent, creation = self._parent(router, value), self._creation(router, value)
        if parent is None or creation is None or not isinstance(creation.node, ir.Call) or depth > _MAX_NESTING:
            return None
        prefix = argument(creation.node, 1, "parent_prefix")
        text = self._reader.text(prefix, creation.frame) if prefix is not None else None
        lookup = next((one.value for one in creation.node.keywords if one.name == "lookup"), None)
        name = f"nested_{self._nesting(*parent)}" if lookup is None else self._reader.text(lookup, creation.frame)
        viewset = next((one.viewset for one in self.registered(parent[0]) if one.prefix == text), None)
        row = self._row(parent[1])
        further = self._above(*parent, depth + 1) if row is not None and row.is_nested else ""
        if viewset is None or name is None or further is None:
            return None
        return further + f"{text}/{self._lookup(viewset, f'{name}_')}/".removeprefix("/")

    def _nesting(self, router: Given, value: Instance) -> int:
        """Return which level below the outermost router stands directly below a router."""
        found: tuple[Given, Instance] | None = (router, value)
        for depth in range(1, _MAX_NESTING):
            found = self._parent(*found) if found is not None else None
            if found is None:
                return depth
        return _MAX_NESTING

    def _of_viewset(self, one: Registered, above: str | None, slash: str, made: list[Template]) -> Iterator[Made]:
        value = self._reader.value(one.viewset.node, one.viewset.frame)
        extra = self._actions.actions(value.definition) if isinstance(value, ProjectClass) else []
        holes = {"{prefix}": one.prefix or "", "{lookup}": self._lookup(one.viewset, ""), "{trailing_slash}": slash}
        for template in made:
            rows = [("", template.actions)]
            if template.is_dynamic:
                rows = [(each.path, each.actions) for each in extra if each.is_detail == template.is_detail]
            for part, actions in rows:
                answered = tuple(pair for pair in actions if self._answers(value, pair[1]))
                url = None if one.prefix is None or above is None else template.url.replace("^", f"^{above}")
                path = None if url is None else _filled(url, {**holes, "{url_path}": part})
                if path is not None and not one.prefix and path.startswith("^/"):
                    path = f"^{path.removeprefix('^/')}"
                if answered:
                    yield Made(path, one.viewset, answered, one.mention)

    def _answers(self, value: Value, action: str) -> bool:
        if isinstance(value, ProjectClass):
            return self._classes.method(value.definition, action) is not None
        row = self._project.knowledge.view_class(value.name) if isinstance(value, External) else None
        return row is not None and action in row.methods

    def _lookup(self, viewset: Given, prefix: str) -> str:
        value = self._reader.value(viewset.node, viewset.frame)
        definition = value.definition if isinstance(value, ProjectClass) else None
        own = {} if definition is None else {
            name: self._classes.text(definition, name)
            for name in ("lookup_field", "lookup_url_kwarg", "lookup_value_regex")
        }  # fmt: skip
        name = own.get("lookup_url_kwarg") or own.get("lookup_field") or self._library_lookup(value) or "pk"
        return f"(?P<{prefix}{name}>{own.get('lookup_value_regex') or '[^/.]+'})"

    def _library_lookup(self, value: Value) -> str:
        """Return the name of the key in the paths of a viewset of a library, where that is not `pk`."""
        names = [value.name] if isinstance(value, External) else []
        if isinstance(value, ProjectClass):
            names = self._classes.library_bases(value.definition)
        rows = (self._project.knowledge.view_class(name) for name in names)
        return next((row.lookup for row in rows if row is not None and row.lookup), "")

    def _root(self, router: Given, value: Instance) -> Iterator[Made]:
        """Yield the route that lists the others, with the view that a router of the project may set for it."""
        definition = value.definition
        shown = self._classes.attribute(definition, "include_root_view") if definition is not None else None
        if shown is not None and isinstance(shown.node, ir.Constant) and not shown.node.value:
            return
        view = self._classes.attribute(definition, "APIRootView") if definition is not None else None
        found = self._variable(router)
        for module in {found.module} if found is not None else ():
            view = self._assigned_root(module, found) or view
        yield Made("", view, (("get", "get"),), router.mention)

    def _assigned_root(self, module: Module, router: Variable | None) -> Given | None:
        for statement, frame in module_statements(self._project, module):
            target = statement.targets[0] if isinstance(statement, ir.Assign) else None
            if isinstance(target, ir.Attribute) and target.name == "APIRootView" and isinstance(statement, ir.Assign):
                is_this = self._reader.variable(target.value, frame) is router
                if is_this and statement.value is not None:
                    return Given(statement.value, frame)
        return None


def _may_register(module: Module) -> bool:
    return any(
        (not unit.owner and "register" in unit.attributes) or "registry" in unit.attributes
        for unit in module.facts.units
    )


def _registering(statement: ir.Stmt) -> tuple[ir.Call, ir.Expr] | None:
    """Return a call of `router.register` or `router.registry.extend`, with the router."""
    call = statement.value if isinstance(statement, ir.Evaluate) else None
    func = call.func if isinstance(call, ir.Call) else None
    if not isinstance(call, ir.Call) or not isinstance(func, ir.Attribute):
        return None
    if func.name == "register":
        return call, func.value
    if func.name == "extend" and isinstance(func.value, ir.Attribute) and func.value.name == "registry":
        return call, func.value.value
    return None


def _super_arguments(init: ir.Function | None) -> Iterator[tuple[str | None, ir.Expr]]:
    for statement in init.body if init is not None else ():
        call = statement.value if isinstance(statement, ir.Evaluate) else None
        if isinstance(call, ir.Call) and dotted(call.func).endswith("__init__"):
            yield from ((one.name, one.value) for one in call.keywords)


def _filled(url: str, holes: Mapping[str, str]) -> str:
    """Return a pattern with its holes filled; what is put in is not looked at again."""
    return re.sub(r"\{\w+\}", lambda found: holes.get(found.group(), found.group()), url)
