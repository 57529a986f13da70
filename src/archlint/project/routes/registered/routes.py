"""The routes of the frameworks that register handlers by decorators and routers, with their entry points."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache, cached_property, partial

from archlint.project.project import Project
from archlint.project.routes.registered.contracts import Contracts
from archlint.project.routes.registered.dependencies import Dependencies, Dependency
from archlint.project.routes.registered.entries import Entries
from archlint.project.routes.registered.frameworks.aiohttp import Aiohttp
from archlint.project.routes.registered.frameworks.fastapi import FastApi
from archlint.project.routes.registered.frameworks.flask import Flask
from archlint.project.routes.registered.frameworks.litestar import Litestar
from archlint.project.routes.registered.frameworks.sanic import Sanic
from archlint.project.routes.registered.frameworks.starlette import Starlette
from archlint.project.routes.registered.frameworks.tornado import Tornado
from archlint.project.routes.registered.guards import Guards
from archlint.project.routes.registered.made import made_with
from archlint.project.routes.registered.mounts import Found
from archlint.project.routes.registered.registrations import Registrations
from archlint.project.routes.registered.routers import Routers
from archlint.project.routes.route import EntryPoint, Level, Route
from archlint.project.tree import keyword


class RegisteredRoutes:
    """Answers for one project; what its frameworks share is computed once."""

    def __init__(self, project: Project) -> None:
        self.project = project

    @cached_property
    def registrations(self) -> Registrations:
        """Return what is done to routers."""
        return Registrations(self.project, Routers(self.project))

    @cached_property
    def found(self) -> tuple[Found, ...]:
        """Return the routes of all these frameworks with the routers that have them."""
        done = self.registrations
        sources = (
            FastApi(done),
            Starlette(done),
            Flask(done),
            Aiohttp(done),
            Sanic(done),
            Litestar(done),
            Tornado(done),
        )
        return tuple(one for source in sources for one in source.routes())

    @cached_property
    def dependencies(self) -> Dependencies:
        """Return what answers what handlers depend on."""
        return Dependencies(self.registrations.routers)

    @cached_property
    def bare_routes(self) -> tuple[Route, ...]:
        """Return the routes of all these frameworks, without guards and contracts."""
        return tuple(one.route for one in self.found)

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """Return the routes of all these frameworks, with their guards and contracts."""
        return tuple(self._completed(one) for one in self.found)

    def _completed(self, found: Found) -> Route:
        given = list(self._given(found)) if found.router.row.framework == "fastapi" else []
        route = replace(found.route, judge=cache(partial(self._guards.of, found, given)))
        function = route.handler.function
        if found.router.row.framework != "fastapi" or function is None:
            return route
        providers = [one.provider for one in self.dependencies.all_of([one for _, one in given])]
        call = found.registration.call if found.registration is not None else None
        place = found.registration.argument(call) if found.registration is not None and call is not None else None
        model = self._contracts.response_model(function, place)
        return replace(
            route,
            dependencies=tuple(one for one in providers if one is not None),
            request_models=self._contracts.request_models(function),
            response_model=model.definition if model is not None else None,
            response_arguments=model.arguments if model is not None else (),
            responses=self._contracts.responses(call) if call is not None else (),
        )

    @cached_property
    def _guards(self) -> Guards:
        return Guards(self.registrations, self.dependencies)

    @cached_property
    def _contracts(self) -> Contracts:
        return Contracts(self.registrations.routers, self.dependencies)

    def _given(self, found: Found) -> Iterator[tuple[Level, Dependency]]:
        """Yield what a route of FastAPI depends on, nearest first."""
        handler, row, inner = found.route.handler, found.registration, self.dependencies
        if handler.function is not None:
            yield from ((Level.HANDLER, one) for one in inner.of_function(handler.function))
        if row is not None and row.call is not None:
            given = keyword(row.call, "dependencies")
            if given is not None:
                yield from ((Level.DECORATOR, one) for one in inner.in_list(row.argument(given)))
        if handler.view is not None:
            yield from ((Level.CLASS, one) for one in inner.of_class(handler.view))
        below = found.router
        for mounting in (*reversed(found.chain), None):
            level = Level.APPLICATION if below.row.is_application else Level.ROUTER
            for place in made_with(self.registrations.routers, below, "dependencies"):
                yield from ((level, one) for one in inner.in_list(place))
            if mounting is not None:
                if mounting.dependencies is not None:
                    yield from ((Level.INCLUDE, one) for one in inner.in_list(mounting.dependencies))
                below = mounting.parent

    @cached_property
    def entry_points(self) -> tuple[EntryPoint, ...]:
        """Return the entry points of all these frameworks."""
        return tuple(Entries(self.registrations, self.dependencies).all(self.routes))
