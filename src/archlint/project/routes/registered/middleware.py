"""What hooks and middleware of applications and routers refuse, and for which paths."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

import msgspec
from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.knowledge.rows import RouteGuard
from archlint.project.routes.registered import responders
from archlint.project.routes.registered.conditions import Condition, Conditions, Holds, asks_who
from archlint.project.routes.registered.located import Located, Router
from archlint.project.routes.registered.made import items
from archlint.project.routes.registered.patterns import literal_starts
from archlint.project.routes.registered.refusals import Refusals
from archlint.project.routes.registered.registrations import Registration, Registrations
from archlint.project.routes.registered.routers import Routers
from archlint.project.routes.route import Guard, GuardKind, Level, Route
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import argument, keyword, uncalled
from archlint.project.values import External, ProjectClass, Value

_HOOKS = frozenset({"before_app_request", "before_request"})
_MIDDLEWARE = frozenset({"add_middleware", "middleware", "on_request", "register_middleware"})
_LISTS = ("middleware", "middlewares")
_METHODS = ("dispatch", "__call__")


Judge = Callable[[Located], Iterable[tuple[GuardKind, str, bool]]]
"""What a decorator refuses for, its name, and whether it lifts that instead."""
Refused = Mapping[GuardKind, tuple[tuple[Condition, ...], ...]]
"""What is refused for, and under which conditions; one of several is enough."""


class _Hung(msgspec.Struct, frozen=True):
    """A guard of a router, and what the paths start with that it guards, or None where it guards all.

    It refuses where all of the conditions hold that stand together; without any, it refuses always.
    """

    guard: Guard
    starts: frozenset[str] | None = None
    conditions: tuple[tuple[Condition, ...], ...] = ((),)

    def on(self, route: Route, routers: Routers) -> Guard | None:
        """Return the guard as it stands on a route, or None where it does not guard that."""
        if self.starts is not None and not (route.is_whole and route.path.startswith(tuple(self.starts))):
            return None
        asked = Conditions(routers, route)
        holds = max((asked.together(one) for one in self.conditions), default=Holds.NEVER)
        if holds is Holds.SOME:
            return replace(self.guard, name=f"{self.guard.name} (some paths)")
        return self.guard if holds is not Holds.NEVER else None


class Middleware:
    """Answers what guards all routes of a router."""

    def __init__(self, registrations: Registrations, refusals: Refusals, judge: Judge) -> None:
        self._registrations = registrations
        self._routers = registrations.routers
        self._project = registrations.project
        self._refusals = refusals
        self._judge = judge
        self._of_routers: dict[Router, tuple[_Hung, ...]] = {}

    def of(self, router: Router, route: Route) -> Iterator[Guard]:
        """Yield the guards of a router that guard one of its routes."""
        found = (one.on(route, self._routers) for one in self._of_router(router))
        yield from (one for one in found if one is not None)

    def _of_router(self, router: Router) -> tuple[_Hung, ...]:
        if router not in self._of_routers:
            found = [one for row in self._registrations.by_router.get(router, ()) for one in self._hooked(row)]
            limits = map(_Hung, self._limits(router))
            self._of_routers[router] = (*found, *self._of_lists(router), *limits)
        return self._of_routers[router]

    def _hooked(self, row: Registration) -> Iterator[_Hung]:
        """Yield the guards that hooks and middleware of a router are."""
        if row.verb not in _HOOKS and row.verb not in _MIDDLEWARE:
            return
        level = Level.APPLICATION if row.router.row.is_application else Level.ROUTER
        level = Level.MIDDLEWARE if row.verb in _MIDDLEWARE else level
        if isinstance(row.target, FunctionDefinition):
            name = row.target.row.name
            refused = {} if _is_about_forgery(name) else self._hooks(row.target)
            for kind, conditions in sorted(refused.items()):
                yield _Hung(Guard(kind, name, level, row.mention), None, conditions)
            yield from map(_Hung, self._wrapping(row.target, level))
        elif row.call is not None and row.call.args:
            yield from self._handed(row.argument(row.call.args[0]), row.argument(row.call), level)

    def _wrapping(self, hook: FunctionDefinition, level: Level) -> Iterator[Guard]:
        """Yield what the decorators of a hook refuse before it is called."""
        for decorator in hook.row.decorators:
            place = Located(decorator, self._routers.frames.scope_around(hook))
            for kind, name, exempts in self._judge(place):
                if not exempts:
                    yield Guard(kind, name, level, place.mention)

    def _handed(self, place: Located, call: Located, level: Level) -> Iterator[_Hung]:
        """Yield the guards that a function or class is that is handed over in a call, with what else that gives it."""
        name = dotted(place.node)
        if _is_about_forgery(name):
            return
        function = responders.function_of(self._routers, place)
        for kind, conditions in sorted(self._refused(place, function).items()):
            yield _Hung(Guard(kind, name, level, place.mention), None, conditions)
        value = self._project.inference.value(place.node, place.scope)
        for row, made in self._known(value, call) if isinstance(value, External) else self._made(function):
            starts = self._starts(row, made, function)
            yield _Hung(Guard(GuardKind(row.kind), name, level, place.mention), starts)

    def _refused(self, place: Located, function: FunctionDefinition | None) -> Refused:
        value = self._project.inference.value(place.node, place.scope)
        if isinstance(value, ProjectClass):
            return self._of_class(value.definition)
        if isinstance(value, External):
            return self._limiting(value.name)
        if function is None:
            return {}
        results = self._routers.frames.results(function, None, yielded=False)
        return _together([self._hooks(function), *map(self._of_object, results)])

    def _of_class(self, definition: ClassDefinition) -> Refused:
        methods = [self._routers.frames.method(definition, name) for name in _METHODS]
        return _together([self._under_conditions(one) for one in methods if one is not None])

    def _of_object(self, made: Located) -> Refused:
        """Return what the middleware refuses that a function makes and returns."""
        callee = self._project.inference.value(uncalled(made.node), made.scope)
        if not isinstance(made.node, ir.Call):
            return {}
        if isinstance(callee, ProjectClass):
            return self._of_class(callee.definition)
        return self._limiting(callee.name) if isinstance(callee, External) else {}

    def _limiting(self, name: str) -> Refused:
        is_slow = name.endswith(("SlowAPIMiddleware", "SlowAPIASGIMiddleware"))
        return {GuardKind.RATE_LIMIT: ((),)} if is_slow and self._default_limits else {}

    def _known(self, value: Value, call: Located) -> Iterator[tuple[RouteGuard, Located]]:
        row = self._project.knowledge.route_guard(value.name) if isinstance(value, External) else None
        if row is not None and not row.exempts:
            yield row, call

    def _made(self, function: FunctionDefinition | None) -> Iterator[tuple[RouteGuard, Located]]:
        """Yield the middleware of libraries that a function makes and returns."""
        for result in self._routers.frames.results(function, None, yielded=False) if function is not None else ():
            if isinstance(result.node, ir.Call):
                yield from self._known(self._project.inference.value(result.node.func, result.scope), result)

    def _starts(self, row: RouteGuard, made: Located, function: FunctionDefinition | None) -> frozenset[str] | None:
        """Return what the paths start with that a middleware limits, or None where it limits all."""
        node = made.node
        given = argument(node, row.paths_at, row.paths) if isinstance(node, ir.Call) and row.paths else None
        body = self._project.function_node(function) if function is not None else None
        return literal_starts(self._routers, made.at(given), body.body if body else ()) if given is not None else None

    def _hooks(self, function: FunctionDefinition) -> Refused:
        """Return what a hook refuses to everybody who shows nothing; one that only refuses everybody is no guard."""
        found = self._under_conditions(function)
        if found.keys() != {GuardKind.PERMISSION}:
            return found
        asked = [one for one in found[GuardKind.PERMISSION] if any(asks_who(self._routers, each) for each in one)]
        return {GuardKind.PERMISSION: tuple(asked)} if asked else {}

    def _under_conditions(self, function: FunctionDefinition) -> Refused:
        found: dict[GuardKind, tuple[tuple[Condition, ...], ...]] = {}
        for kind, conditions in self._refusals.under_conditions(function):
            found[kind] = (*found.get(kind, ()), conditions)
        return found

    def _of_lists(self, router: Router) -> Iterator[_Hung]:
        for name in _LISTS:
            for item in items(self._routers, router, name):
                node = item.node
                inner = node.args[0] if isinstance(node, ir.Call) and node.args else node
                yield from self._handed(item.at(inner), item, Level.MIDDLEWARE)

    @cached_property
    def _default_limits(self) -> tuple[Located, ...]:
        """Return the limits that hold for all handlers: `Limiter(default_limits=[…])`."""
        found = []
        for place in self._routers.frames.places_calling({"Limiter"}):
            for site in self._routers.frames.calls(place, "Limiter"):
                call = site.node
                given = (
                    keyword(call, "default_limits") or keyword(call, "application_limits")
                    if (isinstance(call, ir.Call))
                    else None
                )
                if given is not None and not (isinstance(given, ir.Collection) and not given.items):
                    found.append(site)
        return tuple(found)

    def _limits(self, router: Router) -> Iterator[Guard]:
        """Yield the default limits of Flask-Limiter; those of SlowApi need its middleware."""
        if not router.row.is_application or router.row.framework != "flask":
            return
        for site in self._default_limits:
            func = uncalled(site.node)
            value = self._project.inference.value(func, site.scope)
            if isinstance(value, External) and value.name.startswith("flask_limiter"):
                yield Guard(GuardKind.RATE_LIMIT, "Limiter", Level.APPLICATION, site.mention)


def _together(refused: Iterable[Refused]) -> Refused:
    found: dict[GuardKind, tuple[tuple[Condition, ...], ...]] = {}
    for row in refused:
        for kind, conditions in row.items():
            found[kind] = (*found.get(kind, ()), *conditions)
    return found


def _is_about_forgery(name: str) -> bool:
    """Return whether something refuses forged requests, and no people."""
    return "csrf" in name.lower()
