"""Everything that is done to routers: decorators on functions and classes, and calls of their methods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.module import Flag
from archlint.project.inference.listening import Called
from archlint.project.inference.scopes import Scope
from archlint.project.inference.sites import Defined
from archlint.project.project import Project, UnitPlace
from archlint.project.routes.registered.factories import applied
from archlint.project.routes.registered.frames import ROLES
from archlint.project.routes.registered.located import Frame, Located, Router, home_of, mention_of
from archlint.project.routes.registered.routers import Routers
from archlint.project.routes.route import Mention
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import blocks, uncalled

CALLS = frozenset(
    {
        "add_api_route", "add_api_websocket_route", "add_delete", "add_event_handler", "add_exception_handler",
        "add_get", "add_head", "add_middleware", "add_namespace", "add_options", "add_patch", "add_post", "add_put",
        "add_resource", "add_route", "add_routes", "add_subapp", "add_url_rule", "add_view", "add_websocket_route",
        "add_handlers", "after_request", "before_app_request", "before_request", "blueprint", "errorhandler", "host",
        "include_router", "init_app", "mount", "register", "register_blueprint", "register_error_handler",
        "register_middleware", "register_listener", "teardown_request",
    }
)  # fmt: skip
"""Methods of routers that are called; the others decorate."""
_VERBS = frozenset({"delete", "get", "head", "options", "patch", "post", "put", "trace"})
DECORATORS = _VERBS | {
    "after_app_request", "after_request", "after_server_start", "after_server_stop", "api_operation", "api_route",
    "app_errorhandler", "before_app_request", "before_first_request", "before_request", "before_server_start",
    "before_server_stop", "errorhandler", "exception", "exception_handler", "listener", "middleware", "on_event",
    "on_request", "on_response", "route", "teardown_appcontext", "teardown_request", "view", "websocket",
    "websocket_route", "before_serving", "after_serving", "context_processor", "user_loader",
}  # fmt: skip


class Registration(msgspec.Struct, frozen=True, eq=False):
    """A method of a router, called or used as a decorator; `target` is what is decorated, `call` None where bare."""

    router: Router
    verb: str
    place: Located
    call: ir.Call | None
    target: FunctionDefinition | ClassDefinition | None
    mention: Mention

    def argument(self, node: ir.Expr) -> Located:
        """Return an argument of the call."""
        return self.place.at(node)


class Registrations:
    """All registrations of the program, by router."""

    def __init__(self, project: Project, routers: Routers) -> None:
        self.project = project
        self.routers = routers

    @cached_property
    def all(self) -> tuple[Registration, ...]:
        """Return all registrations, sorted by file and offset; none where no framework with routers is imported."""
        if not self._frameworks:
            return ()
        found = [*self._decorated(), *self._in_units()]
        return tuple(sorted(found, key=lambda one: (one.mention.module.path, one.mention.start, one.router.key)))

    def of(self, *frameworks: str) -> tuple[Registration, ...]:
        """Return what is done to the routers of some frameworks."""
        return tuple(one for one in self.all if one.router.row.framework in frameworks)

    @cached_property
    def by_router(self) -> Mapping[Router, tuple[Registration, ...]]:
        """Return the registrations of each router."""
        found: defaultdict[Router, list[Registration]] = defaultdict(list)
        for one in self.all:
            found[one.router].append(one)
        return {router: tuple(rows) for router, rows in found.items()}

    def _decorated(self) -> Iterator[Registration]:
        for module in self.project.modules:
            if module.role not in ROLES:
                continue
            for function in module.functions.values():
                home = Located(_NOTHING, home_of(function))
                yield from self._decorators(function.row.decorators, function, home)
            for definition in module.classes.values():
                home = Located(_NOTHING, Scope(module, definition.row.start))
                yield from self._decorators(definition.row.decorators, definition, home)

    def _decorators(
        self,
        decorators: tuple[ir.Expr, ...],
        target: FunctionDefinition | ClassDefinition | None,
        home: Located,
    ) -> Iterator[Registration]:
        for decorator in decorators:
            call = decorator if isinstance(decorator, ir.Call) else None
            func = call.func if call is not None else decorator
            if isinstance(func, ir.Attribute) and func.name in DECORATORS:
                router = self.routers.of(home.at(func.value))
                if router is not None:
                    mention = mention_of(decorator, home.scope)
                    yield Registration(router, func.name, home.at(decorator), call, target, mention)
            elif call is not None:
                for router, verb, made in applied(self.routers, home.at(decorator), DECORATORS):
                    node = made.node if isinstance(made.node, ir.Call) else None
                    yield Registration(router, verb, made, node, target, mention_of(decorator, home.scope))

    def _in_units(self) -> Iterator[Registration]:
        for place in self.project.units(ROLES, attributes=CALLS | DECORATORS):
            names = CALLS.intersection(place.unit.attributes)
            body = self.project.body(place.unit) if place.unit.flags & Flag.FUNCTION or names else None
            if body is None or not (names or _decorates(body)):
                continue
            function = self.project.function_at(place)
            for frame in self.routers.frames.contexts(function) if self._registers(place, function, names) else ():
                yield from self._in_unit(place, frame, names)

    def _registers(self, place: UnitPlace, function: FunctionDefinition | None, names: frozenset[str]) -> bool:
        """Return whether something in a unit may be done to a router; only then its callers are looked for."""
        for site in self.routers.frames.sites(place, None, names):
            if not isinstance(site, Called | Defined):
                continue
            nodes: tuple[ir.Expr, ...] = ()
            if isinstance(site, Called):
                nodes = (site.call.func,)
            elif isinstance(site, Defined):
                nodes = tuple(uncalled(one) for one in site.node.decorators)
            for node in nodes:
                if isinstance(node, ir.Attribute) and self._is_known(node, site, names):
                    home = Located(node.value, site.scope)
                    if any(self.routers.may_register(function, one) for one in self._around(home, site)):
                        return True
        return False

    def _is_known(self, node: ir.Attribute, site: Called | Defined, names: frozenset[str]) -> bool:
        return node.name in (names if isinstance(site, Called) else DECORATORS)

    def _around(self, place: Located, site: Called | Defined) -> Iterator[Located]:
        return self.routers.turns.of(place, site.loops) if isinstance(site, Called) else iter((place,))

    def _in_unit(self, place: UnitPlace, frame: Frame | None, names: frozenset[str]) -> Iterator[Registration]:
        for site in self.routers.frames.sites(place, frame, names):
            if isinstance(site, Called) and isinstance(site.call.func, ir.Attribute):
                yield from self._called(site, frame)
            elif isinstance(site, Defined):
                target = self._nested(place, site)
                home = Located(_NOTHING, site.scope, frame)
                yield from self._decorators(site.node.decorators, target, home)

    def _called(self, site: Called, frame: Frame | None) -> Iterator[Registration]:
        func = site.call.func
        if not isinstance(func, ir.Attribute) or _is_decorator(site):
            return
        for turn in self.routers.turns.of(Located(site.call, site.scope, frame), site.loops):
            router = self.routers.of(turn.at(func.value))
            if router is not None:
                yield Registration(router, func.name, turn, site.call, None, turn.mention)

    def _nested(self, place: UnitPlace, site: Defined) -> FunctionDefinition | None:
        outer = self.project.function_at(place)
        for node in site.functions[1:]:
            outer = self.project.nested_functions(outer).get(getattr(node, "name", "")) if outer else None
        if outer is None or isinstance(site.node, ir.Class):
            return None
        return self.project.nested_functions(outer).get(site.node.name)

    def made(self, framework: str) -> Iterator[Router]:
        """Yield the applications and routers of a framework, each once, by file and offset."""
        known = self.project.knowledge.tables.route_collectors
        rows = [row for row in known if row.framework == framework]
        spelled = [name for row in rows for name in (row.name, *row.aliases, *row.factories)]
        names = {name.rpartition(".")[2] for name in spelled}
        names |= {one.row.name for one in self._subclasses if self.routers.framework(one) == framework}
        found: dict[Router, None] = {}
        for place in self.routers.frames.places_calling(names) if framework in self._frameworks else ():
            for frame in self.routers.frames.contexts(self.project.function_at(place)):
                for site in self.routers.frames.sites(place, frame, names):
                    if isinstance(site, Called):
                        row = self.routers.row_of(Located(site.call.func, site.scope, frame))
                        router = self.routers.of(Located(site.call, site.scope, frame)) if row is not None else None
                        if router is not None and router.row.framework == framework:
                            found[router] = None
        yield from sorted(found, key=lambda one: one.key)

    @cached_property
    def _frameworks(self) -> frozenset[str]:
        roots = self.project.imported_roots
        rows = self.project.knowledge.tables.route_collectors
        return frozenset(row.framework for row in rows if row.name.partition(".")[0] in roots)

    @cached_property
    def _subclasses(self) -> tuple[ClassDefinition, ...]:
        classes = (one for module in self.project.modules for one in module.classes.values())
        return tuple(one for one in classes if self.routers.framework(one))


_NOTHING = ir.Opaque(0, 0)


def _is_decorator(site: Called) -> bool:
    statement = site.statement
    return isinstance(statement, ir.Function) and any(one is site.call for one in statement.decorators)


def _decorates(body: ir.Stmt) -> bool:
    """Return whether a function defines decorated functions."""
    pending: list[ir.Stmt] = list(getattr(body, "body", ()))
    while pending:
        node = pending.pop()
        if isinstance(node, ir.Function) and node.decorators:
            return True
        for block in blocks(node):
            pending.extend(block)
    return False
