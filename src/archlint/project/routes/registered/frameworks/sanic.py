"""Routes of Sanic: blueprints, their groups and versions."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from archlint.ir import nodes as ir
from archlint.knowledge.tables import HTTP_VERBS
from archlint.project.routes.registered import responders
from archlint.project.routes.registered.lists import display
from archlint.project.routes.registered.located import Located, Router
from archlint.project.routes.registered.made import made_with
from archlint.project.routes.registered.mounts import Chain, Found, Mounting, Mounts, root_of
from archlint.project.routes.registered.registrations import Registration, Registrations
from archlint.project.routes.route import Handler, Route
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import argument, keyword

_ROUTES = HTTP_VERBS | {"add_route", "route", "websocket"}


class Sanic:
    """The routes of one project."""

    def __init__(self, registrations: Registrations) -> None:
        self._registrations = registrations
        self._routers = registrations.routers

    @cached_property
    def own(self) -> tuple[Registration, ...]:
        """Return what is done to applications and blueprints."""
        return self._registrations.of("sanic")

    @cached_property
    def mounts(self) -> Mounts:
        """Return which blueprint or group stands where."""
        written = [one for row in self.own for one in self._mounting(row)]
        groups = [one for router in self._registrations.made("sanic") for one in self._grouped(router)]
        return Mounts([*written, *groups])

    def _mounting(self, row: Registration) -> Iterator[Mounting]:
        node = argument(row.call, 0, "blueprint") if row.call is not None and row.verb == "blueprint" else None
        if node is None or row.call is None:
            return
        given = keyword(row.call, "url_prefix")
        prefix = self._routers.texts.of(row.argument(given)) if given is not None else ""
        for item in display(self._routers, row.argument(node)) or (row.argument(node),):
            child = self._routers.of(item)
            if child is not None:
                yield Mounting(row.router, child, prefix, row.mention, row, given=given is not None)

    def _grouped(self, router: Router) -> Iterator[Mounting]:
        node = router.made.node
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.name == "group":
            for argument_node in node.args:
                child = self._routers.of(router.made.at(argument_node))
                if child is not None:
                    yield Mounting(router, child, "", router.made.mention, given=False)

    def routes(self) -> Iterator[Found]:
        """Yield each route with its router, and the way to it."""
        for row in self.own:
            if row.verb not in _ROUTES or row.call is None:
                continue
            is_added = row.verb == "add_route"
            node = argument(row.call, 1 if is_added else 0, "uri")
            path = self._routers.texts.of(row.argument(node)) if node is not None else None
            for methods, handler in self._answers(row, row.call) if path is not None else ():
                for chain in self.mounts.chains(row.router):
                    yield self._found(row, chain, path or "", methods, handler)

    def _found(self, row: Registration, chain: Chain, path: str, methods: tuple[str, ...], handler: Handler) -> Found:
        parts, below = [], row.router
        for one in reversed(chain):
            parts.append(one.prefix if one.given else self._prefix(below))
            below = one.parent
        parts.append(self._prefix(below))
        is_known = None not in parts
        version = self._version(row, chain)
        known = [part for part in reversed(parts) if part is not None] if is_known else []
        full = "/".join(part.strip("/") for part in (version, *known) if part and part.strip("/"))
        whole = f"/{full}/{path.lstrip('/')}" if full and path else f"/{full}" if full else path
        runs = responders.place_of(handler.function, row.router.row)
        mounted = (*[one.mention for one in chain], row.mention)
        is_whole = is_known and root_of(row.router, chain).row.is_application
        return Found(Route("sanic", methods, whole, is_whole, handler, runs, mounted), row.router, chain, row)

    def _prefix(self, router: Router) -> str | None:
        row = router.row
        is_group = row.name.endswith("BlueprintGroup")
        given = next(iter(made_with(self._routers, router, row.prefix, None if is_group else row.position)), None)
        return self._routers.texts.of(given) if given is not None else ""

    def _version(self, row: Registration, chain: Chain) -> str:
        """Return `v1` where the route, its blueprint or a group around it has a version."""
        own = keyword(row.call, "version") if row.call is not None else None
        places = [row.argument(own)] if own is not None else []
        for router in (row.router, *[one.parent for one in reversed(chain)]):
            places += list(made_with(self._routers, router, "version"))
        for place in places:
            value = place.node.value if isinstance(place.node, ir.Constant) else self._routers.texts.of(place)
            if value is not None:
                return f"v{str(value).removeprefix('v')}"
        return ""

    def _answers(self, row: Registration, call: ir.Call) -> Iterator[tuple[tuple[str, ...], Handler]]:
        target = row.target
        node = argument(call, 0, "handler") if row.verb == "add_route" else None
        if node is not None:
            place: Located = row.argument(node)
            target = responders.function_of(self._routers, place) or responders.class_of(self._routers, place)
        if isinstance(target, ClassDefinition):
            for verb, method in responders.methods_of(self._routers, target):
                yield (verb,), responders.of_function(method, target)
        elif isinstance(target, FunctionDefinition):
            yield self._methods(row, call), responders.of_function(target)

    def _methods(self, row: Registration, call: ir.Call) -> tuple[str, ...]:
        node = keyword(call, "methods")
        given = row.argument(node) if node is not None else None
        return responders.named_methods(row.verb) or responders.listed_methods(self._routers, given) or ("GET",)
