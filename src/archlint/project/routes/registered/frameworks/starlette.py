"""Routes that applications and routers of Starlette (and of FastAPI) are given as a list: `Route`, `Mount`."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.ir import nodes as ir
from archlint.project.routes.registered import responders
from archlint.project.routes.registered.frameworks.fastapi import FastApi
from archlint.project.routes.registered.lists import display
from archlint.project.routes.registered.located import Located, Router
from archlint.project.routes.registered.made import items
from archlint.project.routes.registered.mounts import Chain, Found
from archlint.project.routes.registered.registrations import Registrations
from archlint.project.routes.route import Mention, Route
from archlint.project.tree import argument, keyword
from archlint.project.values import External

_MAX_DEPTH = 8


class Starlette:
    """The routes of one project."""

    def __init__(self, registrations: Registrations) -> None:
        self._registrations = registrations
        self._routers = registrations.routers
        self._fastapi = FastApi(registrations)
        self._mounted: set[Router] = set()

    def routes(self) -> Iterator[Found]:
        """Yield each route with its router, and the way to it."""
        found: list[Found] = []
        for framework in ("starlette", "fastapi"):
            for router in self._registrations.made(framework):
                for item in items(self._routers, router, "routes"):
                    found += self._item(router, item, "", (), 0)
        yield from (one for one in found if one.router not in self._mounted)

    def _item(
        self, router: Router, item: Located, prefix: str, above: tuple[Mention, ...], depth: int
    ) -> Iterator[Found]:
        node = item.node
        value = self._routers.project.inference.value(node.func, item.scope) if isinstance(node, ir.Call) else None
        name = value.name.rpartition(".")[2] if isinstance(value, External) and "starlette" in value.name else ""
        if not isinstance(node, ir.Call) or name not in ("Mount", "Route", "WebSocketRoute") or depth > _MAX_DEPTH:
            return
        first = argument(node, 0, "path")
        path = self._routers.texts.of(item.at(first)) if first is not None else None
        if path is None:
            return
        here = (*above, item.mention)
        if name == "Mount":
            yield from self._mount(router, item, prefix + path.rstrip("/"), here, depth)
        else:
            yield from self._leaf(router, item, node, (prefix + path, here, name))

    def _mount(
        self, router: Router, item: Located, prefix: str, here: tuple[Mention, ...], depth: int
    ) -> Iterator[Found]:
        node = item.node
        listed = keyword(node, "routes") if isinstance(node, ir.Call) else None
        for inner in display(self._routers, item.at(listed)) or () if listed is not None else ():
            yield from self._item(router, inner, prefix, here, depth + 1)
        given = argument(node, 1, "app") if isinstance(node, ir.Call) else None
        child = self._routers.of(item.at(given)) if given is not None else None
        if child is not None:
            self._mounted.add(child)
        for inner in items(self._routers, child, "routes") if child is not None else ():
            yield from self._item(router, inner, prefix, here, depth + 1)

    def _leaf(
        self, router: Router, item: Located, node: ir.Call, what: tuple[str, tuple[Mention, ...], str]
    ) -> Iterator[Found]:
        path, here, name = what
        given = keyword(node, "methods")
        listed = self._routers.texts.many(item.at(given)) if given is not None else ()
        methods = tuple(sorted(one.upper() for one in listed or ())) or ("GET",)
        endpoint = argument(node, 1, "endpoint")
        if name == "WebSocketRoute":
            methods = ("WEBSOCKET",)
        for verbs, own, handler in self._fastapi.answered(item.at(endpoint), methods, path) if endpoint else ():
            runs = responders.place_of(handler.function, router.row)
            for chain in self._fastapi.mounts.chains(router):
                full, is_whole = self._fastapi.full_path(router, chain, own)
                mounted = (*_mentions(chain), *here)
                yield Found(Route("starlette", verbs, full, is_whole, handler, runs, mounted), router, chain)


def _mentions(chain: Chain) -> tuple[Mention, ...]:
    return tuple(one.mention for one in chain)
