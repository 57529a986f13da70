"""Routes of Tornado: the pairs of pattern and class that an application is given."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.ir import nodes as ir
from archlint.project.routes.registered import responders
from archlint.project.routes.registered.lists import display
from archlint.project.routes.registered.located import Located, Router
from archlint.project.routes.registered.made import items
from archlint.project.routes.registered.mounts import Found
from archlint.project.routes.registered.registrations import Registrations
from archlint.project.routes.route import Route
from archlint.syntax.string_values import last_name

_SPECIFICATIONS = frozenset({"Rule", "URLSpec", "url"})


class Tornado:
    """The routes of one project."""

    def __init__(self, registrations: Registrations) -> None:
        self._registrations = registrations
        self._routers = registrations.routers

    def routes(self) -> Iterator[Found]:
        """Yield each route with its application."""
        for router in self._registrations.made("tornado"):
            for item in items(self._routers, router, "handlers", 0):
                yield from self._item(router, item)
            for row in self._registrations.by_router.get(router, ()):
                if row.verb == "add_handlers" and row.call is not None and len(row.call.args) > 1:
                    for item in display(self._routers, row.argument(row.call.args[1])) or ():
                        yield from self._item(router, item)

    def _item(self, router: Router, item: Located) -> Iterator[Found]:
        node = item.node
        parts: tuple[ir.Expr, ...] = node.items if isinstance(node, ir.Collection) else ()
        if isinstance(node, ir.Call) and last_name(node.func) in _SPECIFICATIONS:
            parts = node.args
        path = self._routers.texts.of(item.at(parts[0])) if len(parts) > 1 else None
        view = responders.class_of(self._routers, item.at(parts[1])) if path is not None else None
        row = responders.row_of_class(self._routers, view) if view is not None else None
        if path is None or view is None or row is None:
            return
        if row.kind == "websocket":
            opened = self._routers.frames.method(view, "on_message") or self._routers.frames.method(view, "open")
            answers = [("WEBSOCKET", opened)] if opened is not None else []
        else:
            answers = list(responders.methods_of(self._routers, view))
        for verb, function in answers:
            runs = responders.place_of(function, router.row)
            handler = responders.of_function(function, view)
            yield Found(Route("tornado", (verb,), path, True, handler, runs, (item.mention,)), router, ())
