"""Routes of aiohttp: tables with decorators, lists of `web.get(…)`, the methods of `app.router`, sub-applications."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from archlint.ir import nodes as ir
from archlint.knowledge.tables import HTTP_VERBS
from archlint.project.routes.registered import responders
from archlint.project.routes.registered.lists import display
from archlint.project.routes.registered.located import Located
from archlint.project.routes.registered.mounts import Found, Mounting, Mounts, root_of
from archlint.project.routes.registered.registrations import Registration, Registrations
from archlint.project.routes.route import Handler, Route
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import argument
from archlint.project.values import External

_VERBS = HTTP_VERBS | {"view"}
_ADDING = {f"add_{verb}": verb for verb in _VERBS}
Answer = tuple[tuple[str, ...], Handler]


class Aiohttp:
    """The routes of one project."""

    def __init__(self, registrations: Registrations) -> None:
        self._registrations = registrations
        self._routers = registrations.routers

    @cached_property
    def own(self) -> tuple[Registration, ...]:
        """Return what is done to applications and tables."""
        return self._registrations.of("aiohttp")

    @cached_property
    def mounts(self) -> Mounts:
        """Return which table or application stands in which."""
        return Mounts(one for row in self.own for one in self._mounting(row))

    def _mounting(self, row: Registration) -> Iterator[Mounting]:
        call = row.call
        if call is None or row.verb not in ("add_routes", "add_subapp"):
            return
        at = 0 if row.verb == "add_routes" else 1
        node = argument(call, at, "routes" if at == 0 else "subapp")
        child = self._routers.of(row.argument(node)) if node is not None else None
        if child is None:
            return
        prefix = self._routers.texts.of(row.argument(call.args[0])) if at == 1 and call.args else ""
        yield Mounting(row.router, child, prefix.rstrip("/") if prefix is not None else None, row.mention, row)

    def routes(self) -> Iterator[Found]:
        """Yield each route with its router, and the way to it."""
        for row in self.own:
            for path, methods, handler in self._declared(row):
                for chain in self.mounts.chains(row.router):
                    known = [one.prefix for one in chain if one.prefix is not None]
                    is_whole = root_of(row.router, chain).row.is_application and len(known) == len(chain)
                    runs = responders.place_of(handler.function, row.router.row)
                    mounted = (*[one.mention for one in chain], row.mention)
                    full = "".join(known if len(known) == len(chain) else []) + path
                    yield Found(
                        Route("aiohttp", methods, full, is_whole, handler, runs, mounted), row.router, chain, row
                    )

    def _declared(self, row: Registration) -> Iterator[tuple[str, tuple[str, ...], Handler]]:
        if row.call is None:
            return
        if row.verb == "add_routes":
            for item in display(self._routers, row.argument(row.call.args[0])) or () if row.call.args else ():
                yield from self._definition(item)
        elif row.verb in _ADDING or row.verb == "add_route" or row.target is not None:
            verb = _ADDING.get(row.verb, row.verb.removeprefix("add_"))
            yield from self._written(row.place.at(row.call), row.call, verb, row.target)

    def _definition(self, item: Located) -> Iterator[tuple[str, tuple[str, ...], Handler]]:
        """Yield what `web.get("/orders", orders)` declares."""
        node = item.node
        value = self._routers.project.inference.value(node.func, item.scope) if isinstance(node, ir.Call) else None
        if isinstance(node, ir.Call) and isinstance(value, External) and value.name.startswith("aiohttp.web"):
            yield from self._written(item, node, value.name.rpartition(".")[2], None)

    def _written(
        self, place: Located, call: ir.Call, verb: str, target: FunctionDefinition | ClassDefinition | None
    ) -> Iterator[tuple[str, tuple[str, ...], Handler]]:
        if verb not in _VERBS and verb != "route":
            return
        at = 1 if verb == "route" else 0
        first, method = argument(call, at, "path"), argument(call, 0, "method") if at else None
        path = self._routers.texts.of(place.at(first)) if first is not None else None
        word = self._routers.texts.of(place.at(method)) if method is not None else verb
        node = argument(call, at + 1, "handler")
        if path is None or word is None:
            return
        methods = () if word in ("*", "view") else (word.upper(),)
        for methods_of, handler in self._answers(place, node, target, methods):
            yield path, methods_of, handler

    def _answers(
        self,
        place: Located,
        node: ir.Expr | None,
        target: FunctionDefinition | ClassDefinition | None,
        methods: tuple[str, ...],
    ) -> Iterator[Answer]:
        view = target if isinstance(target, ClassDefinition) else None
        function = target if isinstance(target, FunctionDefinition) else None
        if target is None and node is not None:
            function = responders.function_of(self._routers, place.at(node))
            view = responders.class_of(self._routers, place.at(node)) if function is None else None
        if view is not None:
            for verb, method in responders.methods_of(self._routers, view):
                yield (verb,), responders.of_function(method, view)
        elif node is not None or function is not None:
            yield methods, responders.of_function(function) if function is not None else Handler("", None)
