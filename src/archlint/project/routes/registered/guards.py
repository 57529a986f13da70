"""The guards of routes, wherever they stand: dependencies, decorators, hooks, middleware."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.inference.scopes import Scope
from archlint.project.routes.registered.checks import asked
from archlint.project.routes.registered.dependencies import Dependencies, Dependency, Provider
from archlint.project.routes.registered.errors import Errors
from archlint.project.routes.registered.handlers import HandlerRefusals
from archlint.project.routes.registered.lists import display
from archlint.project.routes.registered.located import Located, Router, home_of
from archlint.project.routes.registered.middleware import Middleware
from archlint.project.routes.registered.mounts import Found
from archlint.project.routes.registered.refusals import Refusals
from archlint.project.routes.registered.registrations import Registrations
from archlint.project.routes.route import Guard, GuardKind, Level
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import uncalled
from archlint.project.values import External, Instance, Method, ProjectClass, ProjectFunction, Value

_MAX_MAKERS = 4
"""Functions that are followed which return what another one makes."""
_OWN = frozenset({Level.HANDLER, Level.DECORATOR, Level.CLASS})


class Guards:
    """Answers what guards a route."""

    def __init__(self, registrations: Registrations, dependencies: Dependencies) -> None:
        self._registrations = registrations
        self._routers = registrations.routers
        self._project = registrations.project
        self._dependencies = dependencies
        errors = Errors(registrations)
        self._refusals = Refusals(self._routers, errors)
        self._handlers = HandlerRefusals(self._routers, errors)
        self._middleware = Middleware(registrations, self._refusals, self._judged)

    def of(self, found: Found, dependencies: Iterable[tuple[Level, Dependency]]) -> tuple[Guard, ...]:
        """Return the guards of a route, nearest first, each once."""
        guards = [one for level, dependency in dependencies for one in self._of_dependency(level, dependency)]
        guards += self._inside(found)
        exempt: set[GuardKind] = set()
        for level, place in self._decorators(found):
            for kind, name, exempts in self._judged(place):
                if exempts:
                    exempt.add(kind)
                else:
                    guards.append(Guard(kind, name, level, place.mention))
        guards += [one for router in self._above(found) for one in self._middleware.of(router, found.route)]
        kept = [one for one in guards if one.kind not in exempt or one.level in _OWN]
        unique = {(one.kind, one.name, one.level): one for one in reversed(kept)}.values()
        order = list(Level)
        return tuple(sorted(unique, key=lambda one: (order.index(one.level), one.kind.value, one.name)))

    def _above(self, found: Found) -> list[Router]:
        return [found.router, *[one.parent for one in reversed(found.chain)]]

    def _inside(self, found: Found) -> Iterator[Guard]:
        """Yield what the handler refuses itself."""
        handler = found.route.handler
        for one in self._handlers.of(handler.function, handler.view) if handler.function is not None else ():
            yield Guard(one.kind, one.name, Level.HANDLER, one.mention)

    def _of_dependency(self, level: Level, dependency: Dependency) -> Iterator[Guard]:
        for kind in self._kinds([dependency]):
            yield Guard(kind, dependency.name, level, dependency.source.mention)

    def _kinds(self, direct: Iterable[Dependency], below: frozenset[Provider] = frozenset()) -> set[GuardKind]:
        """Return what dependencies refuse for, with all that they depend on."""
        kinds: set[GuardKind] = set()
        for one in self._dependencies.all_of(direct):
            row = self._project.knowledge.route_guard(one.external) if one.external else None
            if row is not None and not one.is_soft:
                kinds.add(GuardKind(row.kind))
            kinds |= {GuardKind.AUTHENTICATION} if one.is_security and not one.is_soft else set()
            kinds |= {GuardKind.PERMISSION} if one.scopes and not one.is_soft else set()
            kinds |= self._of_provider(one.provider) if one.provider is not None else set()
            kinds |= set.intersection(*[self._of_side(side, below) for side in one.sides]) if one.sides else set()
            kinds.update(self._given(one))
        return kinds

    def _of_side(self, side: Provider, below: frozenset[Provider]) -> set[GuardKind]:
        if side in below:
            return set()
        return self._of_provider(side) | self._kinds(self._dependencies.of_provider(side), below | {side})

    def _of_provider(self, provider: Provider) -> set[GuardKind]:
        if isinstance(provider, FunctionDefinition):
            return set(self._refusals.of(provider))
        return set(self._refusals.of_class(provider, ("__init__",)))

    def _given(self, dependency: Dependency) -> Iterator[GuardKind]:
        """Yield what those refuse for that a dependency is made of: `Depends(Permissions([IsAdmin]))`."""
        source = dependency.source.node
        made = source.args[0] if isinstance(source, ir.Call) and source.args else None
        for argument in made.args if isinstance(made, ir.Call) else ():
            for node in argument.items if isinstance(argument, ir.Collection) else (argument,):
                value = self._project.inference.value(node, dependency.source.scope)
                if isinstance(value, ProjectClass):
                    yield from self._refusals.of_class(value.definition, ("__init__", "__call__"))
                elif isinstance(value, ProjectFunction):
                    yield from self._refusals.of(value.definition)

    def _decorators(self, found: Found) -> Iterator[tuple[Level, Located]]:
        handler = found.route.handler
        if handler.function is not None:
            scope = home_of(handler.function)
            for decorator in handler.function.row.decorators:
                yield Level.DECORATOR, Located(decorator, scope)
        for ancestor in self._project.symbols.ancestors(handler.view) if handler.view is not None else ():
            if isinstance(ancestor, ClassDefinition):
                scope = Scope(ancestor.module, ancestor.row.start)
                for decorator in ancestor.row.decorators:
                    yield Level.CLASS, Located(decorator, scope)
                yield from self._listed(ancestor)
        wrapped = found.registration.call if found.registration is not None else None
        if wrapped is not None and found.registration is not None and found.registration.target is None:
            for argument in (*wrapped.args, *[one.value for one in wrapped.keywords]):
                if isinstance(argument, ir.Call):
                    yield Level.DECORATOR, found.registration.argument(argument.func)

    def _listed(self, view: ClassDefinition) -> Iterator[tuple[Level, Located]]:
        """Yield the decorators that Flask's view classes name in a list."""
        for name in ("decorators", "method_decorators"):
            given = self._routers.assigned(view.module.variables.get(f"{view.row.name}.{name}"))
            for one in display(self._routers, given) or () if given is not None else ():
                yield Level.CLASS, one

    def _judged(self, place: Located) -> Iterator[tuple[GuardKind, str, bool]]:
        """Yield what a decorator refuses for, its name, and whether it lifts that instead."""
        func = uncalled(place.node)
        value = self._project.inference.value(func, place.scope)
        row = self._project.knowledge.route_guard(_qualified(value))
        name = dotted(func)
        if row is not None:
            yield GuardKind(row.kind), name, row.exempts
            return
        if self._routers.of(place.at(func.value)) if isinstance(func, ir.Attribute) else None:
            return  # what registers the route
        for kind in self._of_value(value):
            yield kind, name, False
        for function in asked(self._routers, place, value):
            for kind in self._refusals.of(function, 0):
                yield kind, f"{name}({function.row.name})", False

    def _of_value(self, value: Value) -> frozenset[GuardKind]:
        if isinstance(value, ProjectClass | Instance):
            found = value.definition
            return self._refusals.of_class(found, ("__call__",)) if found is not None else frozenset()
        function = self._routers.frames.called(value)
        return self._refusals.of(function) or self._of_made(function) if function is not None else frozenset()

    def _of_made(self, function: FunctionDefinition, depth: int = 0) -> frozenset[GuardKind]:
        """Return what the objects refuse that a function makes and returns, or returns the results of."""
        kinds: frozenset[GuardKind] = frozenset()
        for result in self._routers.frames.results(function, None, yielded=False):
            for node in (result.node, uncalled(result.node)) if isinstance(result.node, ir.Call) else ():
                value = self._project.inference.value(node, result.scope)
                made = value.definition if isinstance(value, Instance) else None
                kinds |= self._refusals.of_class(made, ("__call__",)) if made is not None else frozenset()
            inner = self._routers.frames.called(self._project.inference.value(_maker(result.node), result.scope))
            if inner is not None and inner.row.name != "__init__" and depth < _MAX_MAKERS:
                kinds |= self._of_made(inner, depth + 1)
        return kinds


def _maker(node: ir.Expr) -> ir.Expr:
    """Return what is called first: `require` of `require("admin")(function)`."""
    while isinstance(node, ir.Call):
        node = node.func
    return node


def _qualified(value: Value) -> str:
    if isinstance(value, External):
        return value.name
    if isinstance(value, Method) and isinstance(value.receiver, Instance | External):
        return f"{value.receiver.name}.{value.name}"
    return ""
