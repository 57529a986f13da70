"""The routes of Django REST framework: classes of views, functions with `@api_view`, and viewsets of routers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial

from archlint.ir import nodes as ir
from archlint.knowledge.tables import Place
from archlint.project.project import Project
from archlint.project.routes.django.guards import unique
from archlint.project.routes.django.reader import Reader
from archlint.project.routes.django.rest.actions import mapped_actions
from archlint.project.routes.django.rest.contracts import ModelReader, Models
from archlint.project.routes.django.rest.mixins import called_by
from archlint.project.routes.django.rest.policies import PolicyReader, near_of, words_of
from archlint.project.routes.django.routes import RouteMaker
from archlint.project.routes.django.urlconf import Leaf, UrlTable
from archlint.project.routes.route import EntryKind, EntryPoint, Guard, Handler, Level, Route
from archlint.project.symbols import ClassDefinition, FunctionDefinition

_OF_FUNCTIONS = ("permission_classes", "authentication_classes", "throttle_classes")


def routes(project: Project) -> Iterator[Route]:
    """Yield the routes of Django REST framework; without `format` suffixes, which make no routes of their own."""
    if "rest_framework" in project.imported_roots:
        yield from routes_of(UrlTable(project))


def routes_of(table: UrlTable) -> Iterator[Route]:
    """Yield the routes of Django REST framework in a table of patterns."""
    maker = _RestMaker(table)
    for leaf in table.leaves:
        kinds = maker.django.kind(leaf.view)
        if leaf.actions or kinds & {"api", "viewset"}:
            yield from maker.routes(leaf)


def entry_points(project: Project) -> Iterator[EntryPoint]:
    """Yield the function that `EXCEPTION_HANDLER` names."""
    if "rest_framework" not in project.imported_roots:
        return
    reader = Reader(project)
    given = reader.settings.entry("REST_FRAMEWORK", "EXCEPTION_HANDLER")
    name = reader.text(given.node, given.frame) if given is not None else None
    found = project.symbols.find(name, given.frame.module) if given is not None and name is not None else None
    if isinstance(found, FunctionDefinition):
        yield EntryPoint(EntryKind.ERROR, "EXCEPTION_HANDLER", found, Place.WORKER)


class _RestMaker:
    def __init__(self, table: UrlTable) -> None:
        self.table = table
        self.django = RouteMaker(table)
        self._reader = table.reader
        self._classes = table.views.classes
        self._policies = PolicyReader(table.reader, table.views.classes)
        self._models = ModelReader(table.reader, table.views.classes)

    def routes(self, leaf: Leaf) -> Iterator[Route]:
        """Yield the routes of a pattern."""
        view = leaf.view
        if view.function is not None and not view.is_class:
            yield self._of_function(leaf, view.function)
            return
        actions = leaf.actions or self._actions(leaf) or self._verbs(leaf)
        answering: dict[object, list[tuple[str, str]]] = {}
        allowed = self.django.verbs(view, view.definition) if view.definition is not None else None
        for verb, action in actions:
            if allowed is not None and verb not in allowed:
                continue
            found = self._classes.method(view.definition, action) if view.definition is not None else None
            key = found if isinstance(found, FunctionDefinition) else action
            answering.setdefault(key, []).append((verb, action))
        for answer, pairs in answering.items():
            yield self._of_action(leaf, pairs, answer if isinstance(answer, FunctionDefinition) else None)

    def _actions(self, leaf: Leaf) -> tuple[tuple[str, str], ...]:
        """Return what `ViewSet.as_view({"get": "list"})` maps."""
        given = self._reader.origin(leaf.view.actions) if leaf.view.actions is not None else None
        found = mapped_actions(self._reader, given.node, given.frame) if given is not None else ()
        return tuple(pair for pair in found if pair[0] not in ("head", "options"))

    def _verbs(self, leaf: Leaf) -> tuple[tuple[str, str], ...]:
        view = leaf.view
        if view.definition is None:
            row = self.table.project.knowledge.view_class(view.name)
            return tuple((verb, verb) for verb in sorted(row.methods)) if row is not None else ()
        verbs = self.django.verbs(view, view.definition)
        return tuple((verb, verb) for verb in verbs if self._classes.method(view.definition, verb) is not None)

    def _of_action(self, leaf: Leaf, pairs: list[tuple[str, str]], function: FunctionDefinition | None) -> Route:
        view, (verb, action) = leaf.view, pairs[0]
        name = f"{view.definition.row.name}.{action}" if view.definition is not None else view.name
        judge = partial(self._guards, leaf, (verb, action), function)
        models = self._models.of_action(view.definition, (verb, action), function)
        handler = Handler(name, function, view.definition)
        return self._route(leaf, tuple(sorted(one.upper() for one, _ in pairs)), handler, judge, models)

    def _route(
        self,
        leaf: Leaf,
        methods: tuple[str, ...],
        handler: Handler,
        judge: Callable[[], tuple[Guard, ...]],
        models: Models,
    ) -> Route:
        return Route(
            "rest_framework", methods, leaf.path, leaf.is_whole, handler, self._place(handler), leaf.mounted,
            cache(judge), request_models=models.request, response_model=models.response, responses=models.responses,
            name=leaf.name,
        )  # fmt: skip

    def _place(self, handler: Handler) -> Place:
        """Return where a view runs; only the classes of adrf await coroutines."""
        if handler.function is None or not handler.function.row.is_async:
            return Place.WORKER
        bases = self._classes.library_bases(handler.view) if handler.view is not None else []
        return Place.OWN_LOOP if any(one.startswith("adrf.") for one in bases) else Place.UNSUPPORTED

    def _guards(self, leaf: Leaf, action: tuple[str, str], function: FunctionDefinition | None) -> tuple[Guard, ...]:
        near = near_of(leaf.view.options, Level.ROUTER)
        frame = self._reader.frame_of(function) if function is not None else None
        decorator = self.django.decorator(function, "action") if function is not None else None
        if decorator is not None and frame is not None:
            near |= near_of(words_of(decorator.node, frame), Level.DECORATOR)
        found = [*self.django.guards.of_view(leaf.view, function, leaf.wrappers, leaf.path)]
        if function is None and leaf.view.definition is not None:
            found += self._below_library(leaf.view.definition, action[1])
        is_library = leaf.view.definition is None and not leaf.view.name.startswith("rest_framework.")
        if not is_library:
            found += self._policies.guards(leaf.view.definition, near, action)
        return unique(found)

    def _below_library(self, definition: ClassDefinition, method: str) -> Iterator[Guard]:
        """Yield what the project's methods refuse that a method of DRF calls."""
        pending = list(called_by(method))
        while pending:
            name = pending.pop(0)
            found = self._classes.method(definition, name)
            if isinstance(found, FunctionDefinition):
                yield from self.django.guards.inside(found, definition)
            else:
                pending.extend(called_by(name))

    def _of_function(self, leaf: Leaf, function: FunctionDefinition) -> Route:
        """Return the route of a function with `@api_view`."""
        methods = self._function_methods(function)
        models = self._models.of_function(function)
        judge = partial(self._function_guards, leaf, function)
        return self._route(leaf, methods, Handler(function.local_name, function), judge, models)

    def _function_guards(self, leaf: Leaf, function: FunctionDefinition) -> tuple[Guard, ...]:
        near = {}
        for name in _OF_FUNCTIONS:
            found = self.django.decorator(function, name)
            call = found.node if found is not None else None
            if found is not None and isinstance(call, ir.Call) and call.args:
                near[name] = (found.at(call.args[0]), Level.DECORATOR)
        guards = [*self.django.guards.of_view(leaf.view, function, leaf.wrappers, leaf.path)]
        guards += self._policies.guards(None, near, ("", function.row.name))
        return unique(guards)

    def _function_methods(self, function: FunctionDefinition) -> tuple[str, ...]:
        found = self.django.decorator(function, "api_view")
        call = found.node if found is not None else None
        if found is None or not isinstance(call, ir.Call):
            return ("GET",)
        listed = call.args[0] if call.args else next((one.value for one in call.keywords), None)
        items = self._reader.items(found.at(listed)) if listed is not None else ()
        texts = [self._reader.text(one.node, one.frame) for one in items]
        return tuple(sorted(one.upper() for one in texts if one is not None)) or ("GET",)
