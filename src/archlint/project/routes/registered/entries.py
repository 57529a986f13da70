"""Entry points around the routes: what registrations and dependencies hand to a framework beside handlers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.knowledge.tables import Place
from archlint.project.routes.registered import responders
from archlint.project.routes.registered.dependencies import Dependencies
from archlint.project.routes.registered.frames import ROLES
from archlint.project.routes.registered.lists import display
from archlint.project.routes.registered.located import Located
from archlint.project.routes.registered.made import made_with
from archlint.project.routes.registered.registrations import Registration, Registrations
from archlint.project.routes.route import EntryKind, EntryPoint, Route
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import argument, uncalled
from archlint.project.values import ProjectClass

_KINDS = {
    "add_event_handler": (EntryKind.STARTUP, 1, "func"),
    "add_exception_handler": (EntryKind.ERROR, 1, "handler"),
    "add_middleware": (EntryKind.MIDDLEWARE, 0, "middleware_class"),
    "after_app_request": (EntryKind.MIDDLEWARE, 0, "f"),
    "after_request": (EntryKind.MIDDLEWARE, 0, "f"),
    "after_server_start": (EntryKind.STARTUP, 0, "listener"),
    "after_server_stop": (EntryKind.STARTUP, 0, "listener"),
    "after_serving": (EntryKind.STARTUP, 0, "func"),
    "app_errorhandler": (EntryKind.ERROR, 1, "f"),
    "before_app_request": (EntryKind.MIDDLEWARE, 0, "f"),
    "before_first_request": (EntryKind.STARTUP, 0, "f"),
    "before_request": (EntryKind.MIDDLEWARE, 0, "f"),
    "before_server_start": (EntryKind.STARTUP, 0, "listener"),
    "before_server_stop": (EntryKind.STARTUP, 0, "listener"),
    "before_serving": (EntryKind.STARTUP, 0, "func"),
    "context_processor": (EntryKind.MIDDLEWARE, 0, "f"),
    "errorhandler": (EntryKind.ERROR, 1, "f"),
    "exception": (EntryKind.ERROR, 1, "handler"),
    "exception_handler": (EntryKind.ERROR, 1, "handler"),
    "listener": (EntryKind.STARTUP, 0, "listener"),
    "middleware": (EntryKind.MIDDLEWARE, 0, "middleware"),
    "on_event": (EntryKind.STARTUP, 1, "func"),
    "on_request": (EntryKind.MIDDLEWARE, 0, "middleware"),
    "on_response": (EntryKind.MIDDLEWARE, 0, "middleware"),
    "register_error_handler": (EntryKind.ERROR, 1, "f"),
    "register_listener": (EntryKind.STARTUP, 0, "listener"),
    "register_middleware": (EntryKind.MIDDLEWARE, 0, "middleware"),
    "teardown_appcontext": (EntryKind.MIDDLEWARE, 0, "f"),
    "teardown_request": (EntryKind.MIDDLEWARE, 0, "f"),
}
"""By method of a router: the kind of what it is given, and which argument that is where it does not decorate."""
_LISTS = {
    "exception_handlers": EntryKind.ERROR,
    "lifespan": EntryKind.STARTUP,
    "middleware": EntryKind.MIDDLEWARE,
    "middlewares": EntryKind.MIDDLEWARE,
    "on_shutdown": EntryKind.STARTUP,
    "on_startup": EntryKind.STARTUP,
}
"""Parameters of applications and routers that are given functions or classes."""
_SIGNALS = frozenset({"cleanup_ctx", "on_cleanup", "on_shutdown", "on_startup"})
_CALLED = ("dispatch", "__call__")
_APPLICATIONS = ("fastapi", "starlette", "aiohttp", "litestar")


class Entries:
    """Answers what frameworks call beside the handlers."""

    def __init__(self, registrations: Registrations, dependencies: Dependencies) -> None:
        self._registrations = registrations
        self._routers = registrations.routers
        self._project = registrations.project
        self._dependencies = dependencies

    def all(self, routes: Iterable[Route]) -> Iterator[EntryPoint]:
        """Yield the entry points: handlers, dependencies, middleware, error handlers, start-up, background tasks."""
        for route in routes:
            yield from self._of_route(route)
        for row in self._registrations.all:
            yield from self._registered(row)
        for framework in _APPLICATIONS:
            yield from self._of_lists(framework)
        yield from self._signals()

    def _of_route(self, route: Route) -> Iterator[EntryPoint]:
        handler = route.handler
        if handler.function is not None:
            yield EntryPoint(EntryKind.ROUTE, route.label, handler.function, route.runs, handler.view)
        for provider in route.dependencies:
            view = provider if isinstance(provider, ClassDefinition) else None
            function = provider if isinstance(provider, FunctionDefinition) else None
            if view is not None:
                function = self._routers.frames.method(view, "__init__")
            if function is not None:
                runs = Place.LOOP if function.row.is_async else Place.THREAD
                yield EntryPoint(EntryKind.DEPENDENCY, function.local_name, function, runs, view)

    def _registered(self, row: Registration) -> Iterator[EntryPoint]:
        if row.verb not in _KINDS:
            return
        kind, at, name = _KINDS[row.verb]
        if isinstance(row.target, FunctionDefinition):
            yield self._entry(kind, row.target, self._runs(kind, row.target, row))
            return
        node = argument(row.call, at, name) if row.call is not None else None
        if node is not None:
            yield from self._handed(kind, row.argument(node), row)

    def _handed(self, kind: EntryKind, place: Located, row: Registration) -> Iterator[EntryPoint]:
        for function, view in self._functions(place):
            yield self._entry(kind, function, self._runs(kind, function, row), view)

    def _functions(self, place: Located) -> Iterator[tuple[FunctionDefinition, ClassDefinition | None]]:
        value = self._project.inference.value(place.node, place.scope)
        if isinstance(value, ProjectClass):
            methods = (self._routers.frames.method(value.definition, name) for name in _CALLED)
            first = next((one for one in methods if one is not None), None)
            if first is not None:
                yield first, value.definition
            return
        function = responders.function_of(self._routers, place)
        if function is not None:
            yield function, None

    def _entry(
        self, kind: EntryKind, function: FunctionDefinition, runs: Place, view: ClassDefinition | None = None
    ) -> EntryPoint:
        return EntryPoint(kind, function.local_name, function, runs, view)

    def _runs(self, kind: EntryKind, function: FunctionDefinition, row: Registration) -> Place:
        if kind is EntryKind.STARTUP:
            return Place.STARTUP
        return responders.place_of(function, row.router.row)

    def _of_lists(self, framework: str) -> Iterator[EntryPoint]:
        for router in self._registrations.made(framework):
            for name, kind in _LISTS.items():
                for given in made_with(self._routers, router, name):
                    for place in self._listed(given):
                        for function, view in self._functions(place):
                            runs = responders.place_of(function, router.row)
                            runs = Place.STARTUP if kind is EntryKind.STARTUP else runs
                            yield self._entry(kind, function, runs, view)

    def _listed(self, given: Located) -> Iterator[Located]:
        if isinstance(given.node, ir.Mapping):
            yield from (given.at(value) for value in given.node.values)
            return
        for item in display(self._routers, given) or (given,):
            node = item.node
            is_wrapped = isinstance(node, ir.Call) and dotted(node.func).rpartition(".")[2] == "Middleware"
            yield item.at(node.args[0]) if isinstance(node, ir.Call) and is_wrapped and node.args else item

    def _signals(self) -> Iterator[EntryPoint]:
        """Yield what aiohttp runs at its signals: `app.on_startup.append(connect)`."""
        if "aiohttp" not in self._project.imported_roots:
            return
        for place in self._project.units(ROLES, attributes=_SIGNALS):
            for call in self._routers.frames.calls(place, "append"):
                node = call.node
                func = uncalled(node)
                owner = func.value if isinstance(func, ir.Attribute) else func
                is_signal = isinstance(owner, ir.Attribute) and owner.name in _SIGNALS
                given = node.args[:1] if isinstance(node, ir.Call) and is_signal else ()
                for function, view in self._functions(call.at(given[0])) if given else ():
                    yield self._entry(EntryKind.STARTUP, function, Place.STARTUP, view)
