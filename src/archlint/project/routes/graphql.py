"""Resolvers of GraphQL (Strawberry, Graphene, Ariadne) as entry points, and the route of the endpoint under Django."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.knowledge.tables import Place
from archlint.project.project import Project
from archlint.project.routes.django.class_order import ClassReader
from archlint.project.routes.django.frames import Frame, Given, class_statements
from archlint.project.routes.django.guards import GuardReader, unique
from archlint.project.routes.django.reader import Reader
from archlint.project.routes.django.routes import RouteMaker
from archlint.project.routes.django.urlconf import UrlTable
from archlint.project.routes.route import EntryKind, EntryPoint, Guard, GuardKind, Level, Route
from archlint.project.symbols import ClassDefinition, FunctionDefinition, Module
from archlint.project.tree import uncalled
from archlint.project.values import External, Instance, Method
from archlint.source import Role

_ROOTS = frozenset({"ariadne", "graphene", "graphene_django", "strawberry", "strawberry_django"})
_STRAWBERRY = frozenset({"connection", "field", "input_mutation", "mutation", "node", "subscription"})
_STRAWBERRY_MODULES = ("strawberry", "strawberry_django")
_ASGI = (
    "ariadne.asgi.", "strawberry.aiohttp.", "strawberry.asgi.", "strawberry.fastapi.", "strawberry.litestar.",
    "strawberry.quart.", "strawberry.sanic.",
)  # fmt: skip
"""What serves GraphQL on the event loop, where it calls plain functions as well."""
_WSGI = (
    "ariadne.wsgi.", "ariadne_django.", "graphene_django.", "strawberry.chalice.", "strawberry.django.",
    "strawberry.flask.", "strawberry_django.",
)  # fmt: skip
_MUTATING = ("mutate", "mutate_and_get_payload")
_ARIADNE = frozenset({"InterfaceType", "MutationType", "ObjectType", "QueryType", "SubscriptionType", "UnionType"})
_ROOT_TYPES = {"MutationType": "Mutation", "QueryType": "Query", "SubscriptionType": "Subscription"}


def routes(project: Project) -> Iterator[Route]:
    """Yield the routes under which Django serves GraphQL."""
    if not _ROOTS.isdisjoint(project.imported_roots):
        yield from routes_of(UrlTable(project))


def routes_of(table: UrlTable) -> Iterator[Route]:
    """Yield the routes of a table of patterns under which Django serves GraphQL."""
    maker = RouteMaker(table)
    for leaf in table.leaves:
        if "graphql" in maker.kind(leaf.view):
            yield from maker.routes(leaf)


def entry_points(project: Project) -> Iterator[EntryPoint]:
    """Yield the resolvers; the label names the type and the field, as the code spells them."""
    if _ROOTS.isdisjoint(project.imported_roots):
        return
    reader = Reader(project)
    classes = ClassReader(reader)
    finder = _Resolvers(reader, classes, GuardReader(reader, classes), _place_of_functions(project))
    seen: set[tuple[FunctionDefinition, ClassDefinition | None]] = set()
    for module in project.modules:
        for point in finder.of_module(module) if module.role is not Role.TEST else ():
            if (point.function, point.view) not in seen:
                seen.add((point.function, point.view))
                yield point


class _Resolvers(msgspec.Struct, frozen=True):
    reader: Reader
    classes: ClassReader
    guards: GuardReader
    place: Place
    """Where a resolver runs that is no coroutine."""

    def of_module(self, module: Module) -> Iterator[EntryPoint]:
        """Yield the resolvers that a module defines, or names in the fields of its classes."""
        for function in module.functions.values():
            yield from self._decorated(function)
        for definition in module.classes.values():
            yield from self._fields(definition)
            rows = (self.reader.project.knowledge.handler_class(one) for one in self.classes.library_bases(definition))
            if any(row is not None and row.framework == "graphene" for row in rows):
                yield from self._graphene(definition)

    def _decorated(self, function: FunctionDefinition) -> Iterator[EntryPoint]:
        frame = self.reader.frame_of(function)
        for decorator in function.row.decorators:
            func = uncalled(decorator)
            value = self.reader.value(func, frame)
            if isinstance(value, External) and _is_strawberry(value.name):
                yield self._point(function.local_name, function, frame.owner, self._permissions(decorator, frame))
            elif (
                isinstance(value, Method) and isinstance(value.receiver, Instance) and value.name in ("field", "source")
            ):
                yield from self._ariadne(function, decorator, value.receiver, frame)

    def _ariadne(
        self, function: FunctionDefinition, decorator: ir.Expr, receiver: Instance, frame: Frame
    ) -> Iterator[EntryPoint]:
        """Yield the resolver that `@query.field("name")` makes of a function."""
        library, _, kind = receiver.name.rpartition(".")
        if library.partition(".")[0] != "ariadne" or kind not in _ARIADNE:
            return
        owner = _ROOT_TYPES.get(kind) or self._type_name(receiver)
        name = decorator.args[0] if isinstance(decorator, ir.Call) and decorator.args else None
        field = self.reader.text(name, frame) if name is not None else None
        yield self._point(f"{owner}.{field or function.row.name}".lstrip("."), function, None)

    def _type_name(self, receiver: Instance) -> str:
        creation = receiver.creation
        if creation is None or not creation.call.args:
            return ""
        return self.reader.text(creation.call.args[0], Frame(creation.module, creation.offset)) or ""

    def _fields(self, definition: ClassDefinition) -> Iterator[EntryPoint]:
        """Yield what `name = strawberry.field(resolver=function)` names."""
        for statement, frame in class_statements(self.reader.project, definition):
            call = statement.value if isinstance(statement, ir.Assign) else None
            if not isinstance(call, ir.Call) or not _is_strawberry(self.reader.external(call.func, frame)):
                continue
            named = [one.value for one in call.keywords if one.name == "resolver"]
            for node in named or call.args[:1]:
                found = self.classes.function(self.reader.value(node, frame))
                if found is not None:
                    label = f"{definition.row.name}.{_target(statement)}"
                    yield self._point(label, found, None, self._permissions(call, frame))

    def _graphene(self, definition: ClassDefinition) -> Iterator[EntryPoint]:
        """Yield the methods of a type of Graphene that resolve its fields, or carry out a mutation."""
        for function in definition.methods:
            if function.row.name.startswith("resolve_"):
                label = f"{definition.row.name}.{function.row.name.removeprefix('resolve_')}"
                yield self._point(label, function, definition)
        for name in _MUTATING:
            found = self.classes.method(definition, name)
            if isinstance(found, FunctionDefinition):
                yield self._point(definition.row.name, found, definition)

    def _permissions(self, node: ir.Expr, frame: Frame) -> tuple[Guard, ...]:
        """Return what `permission_classes=[…]` of a field of Strawberry refuses."""
        words = node.keywords if isinstance(node, ir.Call) else ()
        listed = next((one.value for one in words if one.name == "permission_classes"), None)
        found = []
        for item in self.reader.items(Given(listed, frame)) if listed is not None else ():
            row = self.reader.project.knowledge.django_guard(self.reader.external(item.node, item.frame))
            kind = GuardKind(row.protects) if row is not None else GuardKind.PERMISSION
            found.append(Guard(kind, dotted(item.node).rpartition(".")[2], Level.DECORATOR, item.mention))
        return tuple(found)

    def _point(
        self,
        label: str,
        function: FunctionDefinition,
        view: ClassDefinition | None,
        permissions: tuple[Guard, ...] = (),
    ) -> EntryPoint:
        guards = unique([*self.guards.of_function(function), *permissions])
        runs = Place.LOOP if function.row.is_async else self.place
        return EntryPoint(EntryKind.RESOLVER, label, function, runs, view, guards)


def _place_of_functions(project: Project) -> Place:
    """Return where plain functions resolve: on the loop where only ASGI serves them, else in the request's worker."""
    targets = {f"{row.target}." for one in project.modules if one.role is not Role.TEST for row in one.facts.imports}
    is_served_on_loop = any(one.startswith(_ASGI) for one in targets)
    return Place.LOOP if is_served_on_loop and not any(one.startswith(_WSGI) for one in targets) else Place.WORKER


def _is_strawberry(name: str) -> bool:
    module, _, last = name.rpartition(".")
    return last in _STRAWBERRY and module.partition(".")[0] in _STRAWBERRY_MODULES


def _target(statement: ir.Stmt) -> str:
    target = statement.targets[0] if isinstance(statement, ir.Assign) else None
    return target.id if isinstance(target, ir.Name) else ""
