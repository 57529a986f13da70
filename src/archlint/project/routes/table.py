"""All routes of the program, and all other ways into it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from archlint.project.routes import graphql
from archlint.project.routes.django import routes as django
from archlint.project.routes.django.ninja import routes as ninja
from archlint.project.routes.django.rest import routes as rest
from archlint.project.routes.django.urlconf import UrlTable
from archlint.project.routes.jobs import Jobs
from archlint.project.routes.registered.routes import RegisteredRoutes
from archlint.project.routes.route import EntryKind, EntryPoint, Route
from archlint.project.symbols import FunctionDefinition

if TYPE_CHECKING:
    from archlint.project.project import Project

_URLCONFS = (django, rest, ninja, graphql)
"""Frameworks whose routes stand in the urlconfs of Django."""


class RouteTable:
    """Answers which routes a project has, and who calls a function from outside."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def _registered(self) -> RegisteredRoutes:
        return RegisteredRoutes(self._project)

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """Return all routes, by path, methods, file and offset."""
        return _sorted([*self._registered.routes, *self._of_urls])

    @cached_property
    def _of_urls(self) -> tuple[Route, ...]:
        urls = UrlTable(self._project)
        return tuple(chain.from_iterable(source.routes_of(urls) for source in _URLCONFS))

    @cached_property
    def entry_points(self) -> tuple[EntryPoint, ...]:
        """Return all functions that something outside the program calls, by file and offset."""
        jobs = Jobs(self._project, self._registered.registrations.routers).all()
        of_urls = chain.from_iterable(source.entry_points(self._project) for source in _URLCONFS)
        found = dict.fromkeys([*self._registered.entry_points, *jobs, *of_urls, *self._route_entries()])
        return tuple(sorted(found, key=_place_of_entry))

    def _route_entries(self) -> Iterator[EntryPoint]:
        for route in self.routes:
            function = route.handler.function
            if function is not None:
                yield EntryPoint(EntryKind.ROUTE, route.label, function, route.runs, route.handler.view)

    @cached_property
    def _by_function(self) -> dict[FunctionDefinition, tuple[EntryPoint, ...]]:
        found: dict[FunctionDefinition, tuple[EntryPoint, ...]] = {}
        for one in self.entry_points:
            found[one.function] = (*found.get(one.function, ()), one)
        return found

    @cached_property
    def _served(self) -> dict[FunctionDefinition, tuple[Route, ...]]:
        found: dict[FunctionDefinition, tuple[Route, ...]] = {}
        for one in _sorted([*self._registered.bare_routes, *self._of_urls]):
            if one.handler.function is not None:
                found[one.handler.function] = (*found.get(one.handler.function, ()), one)
        return found

    def served_by(self, function: FunctionDefinition) -> tuple[Route, ...]:
        """Return the routes that a function answers, those whose whole path is known first; without contracts."""
        return tuple(sorted(self._served.get(function, ()), key=lambda one: not one.is_whole))

    def of(self, function: FunctionDefinition) -> tuple[EntryPoint, ...]:
        """Return the ways into a function from outside."""
        return self._by_function.get(function, ())


def _sorted(routes: Iterable[Route]) -> tuple[Route, ...]:
    """Return routes in order; those that differ only in who put them there are one."""
    found: dict[tuple[object, ...], Route] = {}
    for one in routes:
        handler = one.handler
        found.setdefault((one.framework, one.methods, one.path, handler, one.is_whole), one)
    return tuple(sorted(found.values(), key=_place_of_route))


def _place_of_route(route: Route) -> tuple[str, tuple[str, ...], str, int]:
    own = route.mounted[-1]
    return route.path, route.methods, own.module.path, own.start


def _place_of_entry(entry: EntryPoint) -> tuple[str, int, str, str]:
    return entry.function.module.path, entry.function.row.start, entry.kind.value, entry.label
