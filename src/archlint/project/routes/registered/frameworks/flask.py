"""Routes of Flask and Quart: blueprints, view classes, resources of flask-restx, flask-restful and flask-smorest."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from archlint.ir import nodes as ir
from archlint.knowledge.tables import HTTP_VERBS
from archlint.project.routes.registered import responders
from archlint.project.routes.registered.lists import display
from archlint.project.routes.registered.located import Located, Router
from archlint.project.routes.registered.made import made_with, own_prefix
from archlint.project.routes.registered.mounts import Chain, Found, Mounting, Mounts, root_of
from archlint.project.routes.registered.registrations import Registration, Registrations
from archlint.project.routes.route import Handler, Route
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import argument, keyword

_FRAMEWORKS = ("flask", "flask_api", "quart")
_ROUTES = HTTP_VERBS | {"add_url_rule", "add_resource", "route", "websocket"}
_MOUNTING = {
    "register_blueprint": (0, "blueprint", None, "url_prefix"),
    "add_namespace": (0, "ns", 1, "path"),
}
"""By method: index and name of what is mounted, and of where."""
Answer = tuple[tuple[str, ...], Handler]


class Flask:
    """The routes of one project."""

    def __init__(self, registrations: Registrations) -> None:
        self._registrations = registrations
        self._routers = registrations.routers
        self._prefixes: dict[Router, str | None] = {}

    @cached_property
    def own(self) -> tuple[Registration, ...]:
        """Return what is done to applications, blueprints and interfaces."""
        return self._registrations.of(*_FRAMEWORKS)

    @cached_property
    def mounts(self) -> Mounts:
        """Return which blueprint, namespace or interface stands below which."""
        written = [one for row in self.own for one in self._mounting(row)]
        routers = dict.fromkeys([row.router for row in self.own] + [one.child for one in written])
        return Mounts([*written, *[one for router in routers for one in self._made_below(router)]])

    def _mounting(self, row: Registration) -> Iterator[Mounting]:
        call = row.call
        if call is None:
            return
        if row.verb == "init_app" and call.args and row.router.row.framework == "flask_api":
            parent = self._routers.of(row.argument(call.args[0]))
            if parent is not None:
                yield Mounting(parent, row.router, "", row.mention, row, given=False)
        if row.verb not in _MOUNTING:
            return
        at, name, prefix_at, prefix_name = _MOUNTING[row.verb]
        node, prefix = argument(call, at, name), argument(call, prefix_at, prefix_name)
        child = self._routers.of(row.argument(node)) if node is not None else None
        if child is not None:
            is_none = isinstance(prefix, ir.Constant) and prefix.value is None
            text = self._routers.texts.of(row.argument(prefix)) if prefix is not None and not is_none else ""
            given = prefix is not None and not is_none
            yield Mounting(row.router, child, text, row.mention, row, given=given)

    def _made_below(self, router: Router) -> Iterator[Mounting]:
        """Yield what the call that makes a router says: `Api(app)`, `api.namespace("orders")`."""
        node = router.made.node
        if not isinstance(node, ir.Call) or router.row.framework != "flask_api":
            return
        above = next(iter(made_with(self._routers, router, "app", 0)), None)
        if isinstance(node.func, ir.Attribute) and node.func.name == "namespace":
            above = router.made.at(node.func.value)
        parent = self._routers.of(above) if above is not None else None
        if parent is not None and parent != router:
            yield Mounting(parent, router, "", router.made.mention, given=False)

    def prefix(self, router: Router) -> str | None:
        """Return what a router puts before its paths; None where that is not known."""
        if router not in self._prefixes:
            self._prefixes[router] = own_prefix(self._routers, router)
        return self._prefixes[router]

    def full_path(self, router: Router, chain: Chain, path: str) -> tuple[str, bool]:
        """Return a rule from the root, or from the outermost blueprint whose prefix is known."""
        full, below = path, router
        for one in reversed(chain):
            prefix = one.prefix if one.given else self.prefix(below)
            if prefix is None:
                return full, False
            full, below = _joined(prefix, full, below), one.parent
        prefix = self.prefix(below)
        if prefix is None:
            return full, False
        return _joined(prefix, full, below), root_of(router, chain).row.is_application

    def routes(self) -> Iterator[Found]:
        """Yield each route with what registers it, its router, and the way to it."""
        for row in self.own:
            if row.verb not in _ROUTES or row.call is None:
                continue
            answers = list(self._answers(row, row.call))
            for path in self._paths(row, row.call) if answers else ():
                for chain in self.mounts.chains(row.router):
                    full, is_whole = self.full_path(row.router, chain, path)
                    for methods, handler in answers:
                        yield Found(self._route(row, chain, (full, is_whole), methods, handler), row.router, chain, row)

    def _route(
        self, row: Registration, chain: Chain, path: tuple[str, bool], methods: tuple[str, ...], handler: Handler
    ) -> Route:
        known = row.router.row
        framework = "flask" if known.framework == "flask_api" else known.framework
        runs = responders.place_of(handler.function, known)
        mounted = (*[one.mention for one in chain], row.mention)
        node = keyword(row.call, "endpoint") if row.call is not None else None
        name = self._routers.texts.of(row.argument(node)) if node is not None else None
        return Route(framework, methods, *path, handler, runs, mounted, name=name or "")

    def _paths(self, row: Registration, call: ir.Call) -> Iterator[str]:
        if row.verb == "add_resource":
            nodes = call.args[1:]
        elif row.router.row.framework == "flask_api":
            nodes = call.args
        else:
            first = argument(call, 0, "rule")
            nodes = (first,) if first is not None else ()
        for node in nodes:
            inner = node.value if isinstance(node, ir.Starred) else None
            items = display(self._routers, row.argument(inner)) if inner is not None else (row.argument(node),)
            for one in items or ():
                path = self._routers.texts.of(one)
                if path is not None:
                    yield path

    def _answers(self, row: Registration, call: ir.Call) -> Iterator[Answer]:
        if isinstance(row.target, FunctionDefinition):
            yield self._methods(row, call) or ("GET",), responders.of_function(row.target)
        elif isinstance(row.target, ClassDefinition):
            yield from self._of_view(row.target, self._methods(row, call))
        elif row.verb in ("add_url_rule", "add_resource"):
            node = argument(call, 2, "view_func") if row.verb == "add_url_rule" else argument(call, 0, "resource")
            if node is not None:
                yield from self._handed(row.argument(node), self._methods(row, call))

    def _handed(self, place: Located, methods: tuple[str, ...]) -> Iterator[Answer]:
        function = responders.function_of(self._routers, place)
        view = responders.class_of(self._routers, place) if function is None else None
        if view is not None:
            yield from self._of_view(view, methods)
            return
        yield methods or ("GET",), responders.of_function(function) if function is not None else Handler("", None)

    def _of_view(self, view: ClassDefinition, methods: tuple[str, ...]) -> Iterator[Answer]:
        dispatch = self._routers.frames.method(view, "dispatch_request")
        if dispatch is not None and not any(responders.methods_of(self._routers, view)):
            yield methods or self._class_methods(view) or ("GET",), responders.of_function(dispatch, view)
            return
        for verb, function in responders.methods_of(self._routers, view):
            if not methods or verb in methods:
                yield (verb,), responders.of_function(function, view)

    def _class_methods(self, view: ClassDefinition) -> tuple[str, ...]:
        return responders.listed_methods(
            self._routers, self._routers.assigned(self._routers.class_variable(view, "methods"))
        )

    def _methods(self, row: Registration, call: ir.Call) -> tuple[str, ...]:
        named = responders.named_methods(row.verb)
        if named:
            return named
        node = keyword(call, "methods")
        found = responders.listed_methods(self._routers, row.argument(node) if node is not None else None)
        return tuple(sorted({*found} - {"OPTIONS"}))


def _joined(prefix: str, path: str, router: Router) -> str:
    if router.row.framework == "flask_api" or not prefix:
        return prefix + path
    return f"{prefix.rstrip('/')}/{path.lstrip('/')}" if path else prefix
