"""The routes of Django Ninja: operations of an API and of its routers, below the place where the API is mounted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, cached_property, partial

import msgspec
from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.knowledge.tables import HTTP_VERBS
from archlint.project.inference.scopes import Scope
from archlint.project.project import Project
from archlint.project.routes.django.frames import Frame, Given, module_statements
from archlint.project.routes.django.guards import GuardReader, unique
from archlint.project.routes.django.ninja.guards import guards_of
from archlint.project.routes.django.urlconf import UrlTable
from archlint.project.routes.django.views import runs
from archlint.project.routes.route import EntryKind, EntryPoint, Guard, Handler, Level, Mention, Route
from archlint.project.symbols import ClassDefinition, FunctionDefinition, Variable
from archlint.project.tree import argument, uncalled
from archlint.project.values import Instance, Items
from archlint.source import Role
from archlint.syntax.string_values import last_name

_ROOT = "ninja"
_API = "ninja.NinjaAPI"
_ERRORS = "exception_handler"
_DECORATORS = frozenset({*HTTP_VERBS, "api_operation", _ERRORS})
_MAX_ROUTERS = 12


class Operation(msgspec.Struct, frozen=True):
    """A function that answers, and the decorator that makes it do so."""

    function: FunctionDefinition
    decorator: Given
    verb: str


class Below(msgspec.Struct, frozen=True):
    """A router that another one, or the API, was given."""

    prefix: str | None
    router: Variable | None
    call: Given


class Above(msgspec.Struct, frozen=True):
    """What stands above an operation: its path so far, the places that made it, and what guards it."""

    path: str
    is_whole: bool
    mounted: tuple[Mention, ...]
    guards: Mapping[str, tuple[Guard, ...]]


def routes(project: Project) -> Iterator[Route]:
    """Yield the routes of Django Ninja; an API or a router that nobody mounts has only its own part of the path."""
    if _ROOT in project.imported_roots:
        yield from routes_of(UrlTable(project))


def routes_of(table: UrlTable) -> Iterator[Route]:
    """Yield the routes of Django Ninja whose APIs stand in a table of patterns, then those of other APIs."""
    yield from _NinjaReader(table).routes()


def entry_points(project: Project) -> Iterator[EntryPoint]:
    """Yield the functions that `@api.exception_handler(…)` registers."""
    if _ROOT in project.imported_roots:
        yield from _NinjaReader(UrlTable(project)).error_handlers()


class _NinjaReader:
    def __init__(self, table: UrlTable) -> None:
        self._table = table
        self._reader = table.reader
        self._project = table.project
        self._guards = GuardReader(table.reader, table.views.classes)

    def routes(self) -> Iterator[Route]:
        """Yield the routes of mounted APIs, then of what is mounted nowhere."""
        reached: set[Variable] = set()
        for leaf in self._table.leaves:
            api = self._reader.variable(leaf.detail.node, leaf.detail.frame) if leaf.detail is not None else None
            if leaf.view.name == _API and api is not None:
                yield from self._below(api, Above(leaf.path, leaf.is_whole, leaf.mounted, {}), reached)
        inner = {below.router for routers in self._routers.values() for below in routers}
        for one in (*self._operations, *self._routers):
            if one not in reached and one not in inner:
                yield from self._below(one, Above("", is_whole=False, mounted=(), guards={}), reached)

    def error_handlers(self) -> Iterator[EntryPoint]:
        """Yield the functions that answer where an operation raised an error."""
        for operations in self._operations.values():
            for one in operations:
                if one.verb == _ERRORS:
                    place = runs(one.function)
                    yield EntryPoint(EntryKind.ERROR, one.function.local_name, one.function, place)

    def _below(self, router: Variable, above: Above, reached: set[Variable]) -> Iterator[Route]:
        """Yield the routes of a router or an API, and of the routers that it was given."""
        if len(above.mounted) > _MAX_ROUTERS:
            return
        reached.add(router)
        creation = self._creation(router)
        level = Level.APPLICATION if self._is_api(router) else Level.ROUTER
        guards = dict(above.guards)
        if creation is not None:
            guards |= guards_of(self._reader, creation, level)
        own = replace(above, guards=guards)
        for operation in self._operations.get(router, ()):
            if operation.verb != _ERRORS:
                yield self._route(operation, own)
        for below in self._routers.get(router, ()):
            if below.router is not None:
                is_whole = own.is_whole and below.prefix is not None
                path = _joined(own.path, below.prefix) if below.prefix is not None else ""
                inner = guards | guards_of(self._reader, below.call, Level.INCLUDE)
                yield from self._below(
                    below.router, Above(path, is_whole, (*own.mounted, below.call.mention), inner), reached
                )

    def _route(self, operation: Operation, above: Above) -> Route:
        call, frame = operation.decorator.node, operation.decorator.frame
        node = call if isinstance(call, ir.Call) else None
        is_any = operation.verb == "api_operation"
        path_node = argument(node, 1 if is_any else 0, "path") if node is not None else None
        path = self._reader.text(path_node, frame) if path_node is not None else None
        model, statuses = self._responses(node, frame)
        return Route(
            "ninja",
            self._methods(operation, node, frame),
            _joined(above.path, path) if path is not None else above.path,
            above.is_whole and path is not None,
            Handler(operation.function.local_name, operation.function),
            runs(operation.function),
            (*above.mounted, operation.decorator.mention),
            cache(partial(self._guards_of, operation, above)),
            request_models=tuple(self._request_models(operation.function)),
            response_model=model,
            responses=statuses,
            name=self._name(node, frame),
        )

    def _guards_of(self, operation: Operation, above: Above) -> tuple[Guard, ...]:
        guards = dict(above.guards) | guards_of(self._reader, operation.decorator, Level.DECORATOR)
        found = [*self._guards.of_function(operation.function), *[one for each in guards.values() for one in each]]
        return unique([*found, *self._guards.middleware])

    def _methods(self, operation: Operation, node: ir.Call | None, frame: Frame) -> tuple[str, ...]:
        if operation.verb != "api_operation":
            return (operation.verb.upper(),)
        listed = argument(node, 0, "methods") if node is not None else None
        items = self._reader.items(Given(listed, frame)) if listed is not None else ()
        return tuple(sorted(text.upper() for one in items if (text := self._reader.text(one.node, one.frame))))

    def _name(self, node: ir.Call | None, frame: Frame) -> str:
        words = node.keywords if node is not None else ()
        found = [self._reader.text(one.value, frame) for one in words if one.name == "url_name"]
        return found[0] or "" if found else ""

    def _responses(self, node: ir.Call | None, frame: Frame) -> tuple[ClassDefinition | None, tuple[int, ...]]:
        given = next((one.value for one in node.keywords if one.name == "response"), None) if node else None
        if not isinstance(given, ir.Mapping):
            return self._schema(given, frame), ()
        found: dict[int, ClassDefinition | None] = {}
        for key, value in zip(given.keys, given.values, strict=True):
            if isinstance(key, ir.Constant) and isinstance(key.value, int):
                found[int(key.value)] = self._schema(value, frame)
        successes = [model for status, model in sorted(found.items()) if status // 100 == 2 and model]  # noqa: PLR2004
        return next(iter(successes), None), tuple(sorted(found))

    def _schema(self, node: ir.Expr | None, frame: Frame) -> ClassDefinition | None:
        value = self._project.inference.annotated(node, Scope(frame.module, frame.offset))
        value = value.element if isinstance(value, Items) else value
        return value.definition if isinstance(value, Instance) else None

    def _request_models(self, function: FunctionDefinition) -> Iterator[ClassDefinition]:
        frame = self._reader.frame_of(function)
        for parameter in function.row.parameters[1:]:
            found = self._schema(parameter.annotation, frame)
            bases = self._table.views.classes.library_bases(found) if found is not None else []
            if found is not None and any(one.endswith((".Schema", ".BaseModel", ".ModelSchema")) for one in bases):
                yield found

    @cached_property
    def _operations(self) -> dict[Variable, list[Operation]]:
        """Return the functions that decorators of APIs and routers make operations, by the variable of the router."""
        found: dict[Variable, list[Operation]] = {}
        for module in self._project.modules:
            for function in module.functions.values() if module.role is not Role.TEST else ():
                for decorator in function.row.decorators:
                    func = decorator.func if isinstance(decorator, ir.Call) else None
                    if isinstance(func, ir.Attribute) and func.name in _DECORATORS:
                        frame = self._reader.frame_of(function)
                        router = self._router(func.value, frame)
                        if router is not None:
                            made = Operation(function, Given(decorator, frame), func.name)
                            found.setdefault(router, []).append(made)
        return found

    @cached_property
    def _routers(self) -> dict[Variable, list[Below]]:
        """Return the routers that `add_router` gives to others."""
        found: dict[Variable, list[Below]] = {}
        for module in self._project.modules:
            if module.role is Role.TEST or not any("add_router" in unit.attributes for unit in module.facts.units):
                continue
            for statement, frame, _ in self._reader.flow(module_statements(self._project, module)):
                call = statement.value if isinstance(statement, ir.Evaluate) else None
                func = call.func if isinstance(call, ir.Call) else None
                if isinstance(call, ir.Call) and isinstance(func, ir.Attribute) and func.name == "add_router":
                    outer = self._router(func.value, frame)
                    if outer is not None:
                        found.setdefault(outer, []).append(self._added(call, frame))
        return found

    def _added(self, call: ir.Call, frame: Frame) -> Below:
        prefix, router = argument(call, 0, "prefix"), argument(call, 1, "router")
        text = self._reader.text(prefix, frame) if prefix is not None else None
        inner = self._router(router, frame) if router is not None else None
        name = self._reader.text(router, frame) if router is not None and inner is None else None
        found = self._project.symbols.find(name, frame.module) if name is not None else None
        if isinstance(found, Variable):
            inner = found
        return Below(text, inner, Given(call, frame))

    def _router(self, node: ir.Expr, frame: Frame) -> Variable | None:
        """Return the variable of an API or router, or None where an expression is something else."""
        found = self._reader.variable(node, frame)
        if found is None:
            return None
        value = self._reader.value(node, frame)
        if not isinstance(value, Instance):
            return None
        names = [value.name]
        if value.definition is not None:
            names = self._table.views.classes.library_bases(value.definition)
        return found if any(one.partition(".")[0] in (_ROOT, "ninja_extra") for one in names) else None

    def _creation(self, router: Variable) -> Given | None:
        found = self._reader.last_assigned(router.name, module_statements(self._project, router.module))
        return found if found is not None and isinstance(found.node, ir.Call) else None

    def _is_api(self, router: Variable) -> bool:
        creation = self._creation(router)
        return creation is not None and last_name(uncalled(creation.node)).endswith("API")


def _joined(above: str, path: str) -> str:
    """Return a path below another one, as Django Ninja joins them; `{x}` is written `<x>` in Django."""
    written = re.sub(r"\{([^}:]+:)?([^}:]+)\}", lambda one: f"<{one.group(1) or ''}{one.group(2)}>", path)
    if not above or above.endswith("/"):
        return above + written.lstrip("/")
    return re.sub("//+", "/", f"{above}/{written}") if written else above
