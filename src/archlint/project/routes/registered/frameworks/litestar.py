"""Routes of Litestar: decorated functions and controllers that applications and routers are given as a list."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.knowledge.tables import HTTP_VERBS, Place
from archlint.project.routes.registered import responders
from archlint.project.routes.registered.lists import display
from archlint.project.routes.registered.located import Located, Router, home_of, mention_of
from archlint.project.routes.registered.made import items, made_with
from archlint.project.routes.registered.mounts import Found
from archlint.project.routes.registered.registrations import Registrations
from archlint.project.routes.route import Mention, Route
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import argument, keyword, uncalled
from archlint.project.values import External

_MAX_DEPTH = 8
_ROOTS = ("litestar", "starlite")


class _Way(msgspec.Struct, frozen=True, eq=False):
    """The way from an application to what is given to it; `path` is None where a part of it is not known."""

    router: Router
    path: str | None
    mentions: tuple[Mention, ...] = ()
    depth: int = 0

    def below(self, path: str | None, mention: Mention) -> _Way:
        """Return the way to something one step further down."""
        whole = _joined(self.path, path) if self.path is not None and path is not None else None
        return _Way(self.router, whole, (*self.mentions, mention), self.depth + 1)


class Litestar:
    """The routes of one project."""

    def __init__(self, registrations: Registrations) -> None:
        self._registrations = registrations
        self._routers = registrations.routers

    def routes(self) -> Iterator[Found]:
        """Yield each route with its application."""
        routers = list(self._registrations.made("litestar"))
        given = {one for router in routers for item in self._items(router) if (one := self._routers.of(item))}
        for router in routers:
            if router.row.is_application or router not in given:
                yield from self._below(_Way(router, self._prefix(router)), router)

    def _items(self, router: Router) -> Iterator[Located]:
        yield from items(self._routers, router, "route_handlers", 0 if router.row.is_application else 1)
        for row in self._registrations.by_router.get(router, ()):
            if row.verb == "register" and row.call is not None and row.call.args:
                yield row.argument(row.call.args[0])

    def _prefix(self, router: Router) -> str | None:
        given = next(iter(made_with(self._routers, router, router.row.prefix, router.row.position)), None)
        return self._routers.texts.of(given) if given is not None else ""

    def _below(self, way: _Way, router: Router) -> Iterator[Found]:
        for item in self._items(router) if way.depth < _MAX_DEPTH else ():
            child = self._routers.of(item)
            function = responders.function_of(self._routers, item) if child is None else None
            if child is not None:
                yield from self._below(way.below(self._prefix(child), item.mention), child)
            elif function is not None:
                yield from self._handler(way, function, None)
            else:
                view = responders.class_of(self._routers, item)
                yield from self._controller(way, view, item) if view is not None else ()

    def _controller(self, way: _Way, view: ClassDefinition, item: Located) -> Iterator[Found]:
        given = self._routers.assigned(self._routers.class_variable(view, "path"))
        path = self._routers.texts.of(given) if given is not None else ""
        seen: set[str] = set()
        for ancestor in self._routers.project.symbols.ancestors(view):
            if isinstance(ancestor, ClassDefinition):
                for function in ancestor.module.functions.values():
                    if function.row.owner == ancestor.row.name and function.row.name not in seen:
                        seen.add(function.row.name)
                        yield from self._handler(way.below(path, item.mention), function, view)

    def _handler(self, way: _Way, function: FunctionDefinition, view: ClassDefinition | None) -> Iterator[Found]:
        home = home_of(function)
        for decorator in function.row.decorators:
            place = Located(decorator, home)
            name = self._decorator(place)
            call = decorator if isinstance(decorator, ir.Call) else None
            if name in HTTP_VERBS or name in ("route", "websocket"):
                methods = self._methods(place, call, name)
                runs = self._runs(function, way.router, call)
                mentions = (*way.mentions, mention_of(decorator, place.scope))
                for path in self._paths(place, call):
                    full = _joined(way.path or "", path)
                    is_whole = way.path is not None and way.router.row.is_application
                    handler = responders.of_function(function, view)
                    route = Route("litestar", methods, full, is_whole, handler, runs, mentions)
                    yield Found(route, way.router, ())

    def _decorator(self, place: Located) -> str:
        node = uncalled(place.node)
        value = self._routers.project.inference.value(node, place.scope)
        is_own = isinstance(value, External) and value.name.startswith(_ROOTS)
        return value.name.rpartition(".")[2] if isinstance(value, External) and is_own else ""

    def _paths(self, place: Located, call: ir.Call | None) -> Iterator[str]:
        node = argument(call, 0, "path") if call is not None else None
        if node is None:
            yield ""
            return
        items = display(self._routers, place.at(node)) or (place.at(node),)
        yield from (text for text in map(self._routers.texts.of, items) if text is not None)

    def _methods(self, place: Located, call: ir.Call | None, name: str) -> tuple[str, ...]:
        if name != "route":
            return (name.upper(),)
        node = keyword(call, "http_method") if call is not None else None
        items = (display(self._routers, place.at(node)) or (place.at(node),)) if node is not None else ()
        texts = [one.node.name if isinstance(one.node, ir.Attribute) else self._routers.texts.of(one) for one in items]
        return tuple(sorted(text.upper() for text in texts if text))

    def _runs(self, function: FunctionDefinition, router: Router, call: ir.Call | None) -> Place:
        given = keyword(call, "sync_to_thread") if call is not None else None
        is_moved = isinstance(given, ir.Constant) and given.value is True and not function.row.is_async
        return Place.THREAD if is_moved else responders.place_of(function, router.row)


def _joined(first: str, second: str) -> str:
    """Return two parts of a path as Litestar normalises them: one slash between, none at the end."""
    parts = [part.strip("/") for part in (first, second)]
    return "/" + "/".join(part for part in parts if part)
