"""The routes of Django's urlconfs: function views, class-based views, and families of routes of libraries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial

from archlint.ir import nodes as ir
from archlint.project.project import Project
from archlint.project.routes.django.entries import EntryReader
from archlint.project.routes.django.frames import Given
from archlint.project.routes.django.guards import GuardReader
from archlint.project.routes.django.urlconf import Leaf, UrlTable
from archlint.project.routes.django.views import View, runs
from archlint.project.routes.route import EntryPoint, Guard, GuardKind, Handler, Level, Route
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import argument, uncalled

VERBS = ("get", "post", "put", "patch", "delete", "trace")
"""Methods that make routes of their own; HEAD and OPTIONS are answered by the classes of the libraries."""
_APIS = ("api", "viewset")
_LIMITING = {
    "require_GET": ("GET",),
    "require_POST": ("POST",),
    "require_safe": ("GET", "HEAD"),
}  # fmt: skip


def routes(project: Project) -> Iterator[Route]:
    """Yield the routes of Django's own views; those of Django REST framework and of GraphQL stand elsewhere."""
    yield from routes_of(UrlTable(project))


def routes_of(table: UrlTable) -> Iterator[Route]:
    """Yield the routes of Django's own views in a table of patterns, which the frameworks on Django may share."""
    maker = RouteMaker(table)
    for leaf in table.leaves:
        others = maker.kind(leaf.view) & {*_APIS, "graphql"}
        if leaf.view.name != "ninja.NinjaAPI" and not leaf.actions and not others:
            yield from maker.routes(leaf)


def entry_points(project: Project) -> Iterator[EntryPoint]:
    """Yield the functions that Django calls, apart from views."""
    if "django" in project.imported_roots:
        yield from EntryReader(project).all()


@dataclass(slots=True)
class RouteMaker:
    """Makes routes of the patterns of a project."""

    table: UrlTable
    guards: GuardReader = field(init=False)

    def __post_init__(self) -> None:
        self.guards = GuardReader(self.table.reader, self.table.views.classes)

    def kind(self, view: View) -> set[str]:
        """Return what the library's classes behind a view are: `view`, `api`, `viewset`, `graphql`."""
        classes = self.table.views.classes
        found = classes.kinds([view.name] if view.definition is None else classes.library_bases(view.definition))
        return found | {"api"} if view.function is not None and self.is_api_function(view.function) else found

    def is_api_function(self, function: FunctionDefinition) -> bool:
        """Return whether a function is a view of Django REST framework."""
        return self.decorator(function, "api_view") is not None

    def decorator(self, function: FunctionDefinition, name: str) -> Given | None:
        """Return the decorator of Django REST framework that a function has, or None."""
        found = self.table.reader.decorators(function)
        return next((given for known, given in found if known == f"rest_framework.decorators.{name}"), None)

    def routes(self, leaf: Leaf) -> Iterator[Route]:
        """Yield the routes of a pattern: one, or one a method that a class answers."""
        view = leaf.view
        if view.is_class and view.definition is not None:
            yield from self._of_class(leaf, view.definition)
        elif view.is_class:
            row = self.table.project.knowledge.view_class(view.name)
            verbs = tuple(sorted(one.upper() for one in row.methods)) if row is not None else ()
            yield self.route(leaf, verbs, Handler(view.name, None), partial(self._library_guards, leaf))
        else:
            name = view.function.local_name if view.function is not None else view.name
            methods = self.limited(leaf, view.function)
            handler = Handler(name, view.function, view.definition)
            yield self.route(leaf, methods, handler, partial(self._function_guards, leaf))

    def route(
        self, leaf: Leaf, methods: tuple[str, ...], handler: Handler, judge: Callable[[], tuple[Guard, ...]]
    ) -> Route:
        """Return a route of Django."""
        return Route(
            "django", methods, leaf.path, leaf.is_whole, handler, runs(handler.function), leaf.mounted,
            cache(judge), name=leaf.name,
        )  # fmt: skip

    def limited(self, leaf: Leaf, function: FunctionDefinition | None) -> tuple[str, ...]:
        """Return the methods that decorators of a function, or around it, let through; () for all."""
        frame = self.table.reader.frame_of(function) if function is not None else None
        given = [Given(one, frame) for one in function.row.decorators] if function is not None and frame else []
        for one in (*given, *leaf.view.wrappers):
            found = self._limiting(one)
            if found:
                return tuple(sorted(found))
        return ()

    def _limiting(self, given: Given) -> tuple[str, ...]:
        reader = self.table.reader
        origin = reader.origin(given)
        node = origin.node
        func = uncalled(node)
        module, _, name = reader.external(func, origin.frame).rpartition(".")
        if module != "django.views.decorators.http":
            return ()
        if name == "require_http_methods" and isinstance(node, ir.Call):
            listed = argument(node, 0, "request_method_list")
            items = reader.items(origin.at(listed)) if listed is not None else ()
            return tuple(text.upper() for one in items if (text := reader.text(one.node, one.frame)))
        return _LIMITING.get(name, ())

    def _library_guards(self, leaf: Leaf) -> tuple[Guard, ...]:
        view = leaf.view
        row = self.table.project.knowledge.view_class(view.name)
        guards = self.guards.of_view(view, None, leaf.wrappers)
        if row is None or not row.protects:
            return guards
        return (Guard(GuardKind(row.protects), view.name.rpartition(".")[2], Level.HANDLER), *guards)

    def _function_guards(self, leaf: Leaf) -> tuple[Guard, ...]:
        if leaf.view.name == "django.contrib.admin.site.urls":
            return (Guard(GuardKind.PERMISSION, "AdminSite.has_permission", Level.APPLICATION), *self.guards.middleware)
        return self.guards.of_view(leaf.view, leaf.view.function, leaf.wrappers, leaf.path)

    def _of_class(self, leaf: Leaf, definition: ClassDefinition) -> Iterator[Route]:
        """Yield a route for each function of a class that answers methods; those it shares stand together."""
        answering: dict[object, list[str]] = {}
        for verb in self.verbs(leaf.view, definition):
            found = self.table.views.classes.method(definition, verb)
            if found is not None:
                answering.setdefault(found if isinstance(found, FunctionDefinition) else verb, []).append(verb)
        if not answering:
            yield self._dispatched(leaf, definition)
        for key, verbs in answering.items():
            function = key if isinstance(key, FunctionDefinition) else None
            handler = Handler(f"{definition.row.name}.{verbs[0]}", function, definition)
            judge = partial(self.guards.of_view, leaf.view, function, leaf.wrappers, leaf.path)
            yield self.route(leaf, tuple(sorted(verb.upper() for verb in verbs)), handler, judge)

    def _dispatched(self, leaf: Leaf, definition: ClassDefinition) -> Route:
        """Return the route of a class none of whose verbs is known: its `dispatch`, or a library's."""
        found = self.table.views.classes.functions(definition, "dispatch")
        function = found[0] if found else None
        name = f"{definition.row.name}.dispatch" if found else definition.row.name
        judge = partial(self.guards.of_view, leaf.view, function, leaf.wrappers, leaf.path)
        return self.route(leaf, (), Handler(name, function, definition), judge)

    def verbs(self, view: View, definition: ClassDefinition) -> tuple[str, ...]:
        """Return the methods that a class lets through."""
        classes = self.table.views.classes
        given = view.options.get("http_method_names") or classes.attribute(definition, "http_method_names")
        if given is None:
            return VERBS
        found = [self.table.reader.text(one.node, one.frame) for one in self.table.reader.items(given)]
        allowed = {one.lower() for one in found if one is not None}
        return tuple(verb for verb in VERBS if verb in allowed)
