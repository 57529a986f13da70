"""Routes and effects as far as handlers and single calls tell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from archlint.knowledge.tables import Place
from archlint.project.callees import called_function
from archlint.project.database import database_call
from archlint.project.effects.effect import Effect, EffectKind, Reached, Step, Summary
from archlint.project.flow import CallSite, call_sites
from archlint.project.handlers import handler
from archlint.project.project import Project, UnitPlace
from archlint.project.routes.route import EntryKind, EntryPoint, Handler, Mention, Route
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.values import External, Instance, Method
from archlint.source import Role

_MAX_FUNCTIONS = 400
"""Functions that are followed from one."""


class HandlerModel:
    """A project with its handlers as routes, and effects that follow plain calls."""

    def __init__(self, project: Project) -> None:
        self.routes = HandlerRoutes(project)
        self.effects = CallEffects(project)


class HandlerRoutes:
    """The routes that decorators and the methods of views declare."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """Return the routes."""
        functions = [
            one
            for module in self._project.modules
            if module.role is Role.PRODUCTION
            for one in module.functions.values()
        ]
        return tuple(route for one in functions if (route := self._route(one)) is not None)

    @cached_property
    def entry_points(self) -> tuple[EntryPoint, ...]:
        """Return the handlers of all routes."""
        handlers = [(route, route.handler.function) for route in self.routes]
        return tuple(
            EntryPoint(EntryKind.ROUTE, route.label, function, route.runs)
            for route, function in handlers
            if function is not None
        )

    def _route(self, function: FunctionDefinition) -> Route | None:
        served = handler(self._project, function)
        if served is None:
            return None
        row = function.row
        return Route(
            served.framework,
            (served.method.upper(),) if served.method else (),
            served.path,
            is_whole=False,
            handler=Handler(function.local_name, function),
            runs=Place.LOOP if row.is_async else Place.THREAD,
            mounted=(Mention(function.module, row.start, row.end),),
        )


@dataclass(frozen=True, slots=True)
class _Hop:
    function: FunctionDefinition
    step: Step
    in_loop: bool


class CallEffects:
    """Database calls and calls of clients, followed over the calls of the project's functions."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[FunctionDefinition, tuple[list[Reached], list[_Hop]]] = {}

    def summary(self, function: FunctionDefinition, receiver: ClassDefinition | None = None) -> Summary:
        """Return what calling a function does."""
        direct, hops = self._own(function)
        found = {one.effect: one for one in reversed(direct)}
        seen = {function}
        pending = [(hop, hop, 1) for hop in hops]
        while pending and len(seen) < _MAX_FUNCTIONS:
            hop, first, distance = pending.pop(0)
            if hop.function in seen:
                continue
            seen.add(hop.function)
            effects, further = self._own(hop.function)
            for one in effects:
                found.setdefault(
                    one.effect,
                    replace(one, step=first.step, via=first.function, distance=distance, per_iteration=first.in_loop),
                )
            pending += [(other, first, distance + 1) for other in further]
        return Summary(function, receiver, tuple(found[effect] for effect in sorted(found)))

    def _own(self, function: FunctionDefinition) -> tuple[list[Reached], list[_Hop]]:
        if function not in self._known:
            place = UnitPlace(function.module, function.module.facts.units[function.row.unit])
            direct: list[Reached] = []
            hops: list[_Hop] = []
            for site in call_sites(self._project, place):
                step = Step(site.module, site.offset, site.call.start, site.call.end)
                effect = self._effect(site)
                called = called_function(self._project, site)
                if effect is not None:
                    direct.append(Reached(effect, step, per_iteration=bool(site.loops)))
                elif called is not None:
                    hops.append(_Hop(called, step, bool(site.loops)))
            self._known[function] = direct, hops
        return self._known[function]

    def _effect(self, site: CallSite) -> Effect | None:
        found = database_call(self._project, site)
        if found is not None:
            target = found.definition.name if found.definition is not None else found.model
            return Effect(EffectKind.WRITE if found.writes else EffectKind.QUERY, target)
        name = _callable(site)
        knowledge = self._project.knowledge
        client = knowledge.client_class(name.rpartition(".")[0])
        if knowledge.deadline_call(name) is None and (client is None or not client.waits(name.rpartition(".")[2])):
            return None
        return Effect(EffectKind.EXTERNAL, name)


def _callable(site: CallSite) -> str:
    if isinstance(site.callee, External):
        return site.callee.name
    if isinstance(site.callee, Method) and isinstance(site.callee.receiver, Instance):
        return f"{site.callee.receiver.name}.{site.callee.name}"
    return ""
