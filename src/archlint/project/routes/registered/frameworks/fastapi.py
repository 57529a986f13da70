"""Routes of FastAPI and of Starlette's applications and routers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from archlint.ir import nodes as ir
from archlint.knowledge.tables import HTTP_VERBS
from archlint.project.routes.registered import responders
from archlint.project.routes.registered.located import Located, Router
from archlint.project.routes.registered.made import made_with
from archlint.project.routes.registered.mounts import Chain, Found, Mounting, Mounts, root_of
from archlint.project.routes.registered.registrations import Registration, Registrations
from archlint.project.routes.route import Handler, Route
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import argument, keyword
from archlint.project.values import Literal

_FRAMEWORKS = ("fastapi", "starlette")
_ADDING = frozenset({"add_api_route", "add_route"})
_ROUTES = HTTP_VERBS | _ADDING | responders.SOCKETS | {"api_route", "route"}


class FastApi:
    """The routes of one project."""

    def __init__(self, registrations: Registrations) -> None:
        self._registrations = registrations
        self._routers = registrations.routers
        self._prefixes: dict[Router, str | None] = {}

    @cached_property
    def own(self) -> tuple[Registration, ...]:
        """Return what is done to applications and routers of these frameworks."""
        return self._registrations.of(*_FRAMEWORKS)

    @cached_property
    def mounts(self) -> Mounts:
        """Return which router is included or mounted where."""
        return Mounts(one for row in self.own for one in self._mounting(row))

    def _mounting(self, row: Registration) -> Iterator[Mounting]:
        if row.verb not in ("include_router", "mount", "host") or row.call is None:
            return
        names = {
            "include_router": (0, "router", 9, "prefix"),
            "mount": (1, "app", 0, "path"),
            "host": (1, "app", 9, ""),
        }
        at, name, prefix_at, prefix_name = names[row.verb]
        child_node = argument(row.call, at, name)
        prefix_node = argument(row.call, prefix_at, prefix_name)
        child = self._routers.of(row.argument(child_node)) if child_node is not None else None
        if child is None:
            return
        prefix = self._routers.texts.of(row.argument(prefix_node)) if prefix_node is not None else ""
        is_mount = row.verb != "include_router"
        prefix = prefix.rstrip("/") if prefix is not None and is_mount else prefix
        given = keyword(row.call, "dependencies")
        extra = row.argument(given) if given is not None else None
        yield Mounting(row.router, child, prefix, row.mention, row, is_mount=is_mount, dependencies=extra)

    def prefix(self, router: Router) -> str | None:
        """Return what a router puts before its paths; None where that is not known."""
        if router not in self._prefixes:
            row = router.row
            given = list(made_with(self._routers, router, row.prefix, row.position)) if row.prefix else []
            self._prefixes[router] = self._routers.texts.of(given[0]) if given else ""
        return self._prefixes[router]

    def routes(self) -> Iterator[Found]:
        """Yield each route with what registers it, its router, and the way to it."""
        for row in self.own:
            if row.verb in _ROUTES:
                for methods, path, handler in self._declared(row):
                    yield from self._mounted(row, methods, path, handler)

    def _declared(self, row: Registration) -> Iterator[tuple[tuple[str, ...], str, Handler]]:
        call = row.call
        node = argument(call, 0, "path") if call is not None else None
        path = self._routers.texts.of(row.argument(node)) if node is not None else None
        if call is None or path is None:
            return  # a path that cannot be read is no route that can be named
        methods = self._methods(row, call)
        if row.target is None and (row.verb in _ADDING or row.verb.startswith("add_")):
            endpoint = argument(call, 1, "endpoint") or argument(call, 1, "route")
            if endpoint is not None:
                yield from self.answered(row.argument(endpoint), methods, path)
        elif isinstance(row.target, FunctionDefinition):
            yield methods, path, responders.of_function(row.target)

    def answered(
        self, endpoint: Located, methods: tuple[str, ...], path: str
    ) -> Iterator[tuple[tuple[str, ...], str, Handler]]:
        """Yield what answers: a function, or each method of a class of endpoints."""
        view = responders.class_of(self._routers, endpoint)
        if view is not None:
            for verb, function in responders.methods_of(self._routers, view):
                yield (verb,), path, responders.of_function(function, view)
            return
        found = responders.function_of(self._routers, endpoint)
        yield methods, path, Handler("", None) if found is None else responders.of_function(found)

    def _methods(self, row: Registration, call: ir.Call) -> tuple[str, ...]:
        node = argument(call, 2 if row.verb == "add_route" else None, "methods")
        given = row.argument(node) if node is not None else None
        return responders.named_methods(row.verb) or responders.listed_methods(self._routers, given) or ("GET",)

    def _mounted(self, row: Registration, methods: tuple[str, ...], path: str, handler: Handler) -> Iterator[Found]:
        for chain in self.mounts.chains(row.router):
            full, is_whole = self.full_path(row.router, chain, path)
            mounted = (*[one.mention for one in chain], row.mention)
            runs = responders.place_of(handler.function, row.router.row)
            name = self._name(row)
            framework = row.router.row.framework
            route = Route(framework, methods, full, is_whole, handler, runs, mounted, name=name)
            yield Found(route, row.router, chain, row)

    def full_path(self, router: Router, chain: Chain, path: str) -> tuple[str, bool]:
        """Return a path from the root, or from the outermost router whose prefix is known."""
        parts = [path, self.prefix(router)]
        for one in reversed(chain):
            parts += [one.prefix, self.prefix(one.parent)]
        known: list[str] = []
        for part in parts:
            if part is None:
                return "".join(reversed(known)), False
            known.append(part)
        return "".join(reversed(known)), root_of(router, chain).row.is_application

    def _name(self, row: Registration) -> str:
        node = keyword(row.call, "name") if row.call is not None else None
        value = self._routers.text(row.argument(node)) if node is not None else None
        return str(value.value) if isinstance(value, Literal) else ""
