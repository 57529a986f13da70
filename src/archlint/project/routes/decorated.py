"""The routes of the frameworks that register handlers by decorators and routers, with their entry points."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from archlint.project.project import Project
from archlint.project.routes.fastapi import FastApi
from archlint.project.routes.flask import Flask
from archlint.project.routes.registrations import Registrations
from archlint.project.routes.route import EntryPoint, Route
from archlint.project.routes.routers import Routers


class Decorated:
    """Answers for one project; what its frameworks share is computed once."""

    def __init__(self, project: Project) -> None:
        self.project = project

    @cached_property
    def registrations(self) -> Registrations:
        """Return what is done to routers."""
        return Registrations(self.project, Routers(self.project))

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """Return the routes of all these frameworks."""
        return tuple(self._routes())

    def _routes(self) -> Iterator[Route]:
        for route, *_ in FastApi(self.registrations).routes():
            yield route
        for route, *_ in Flask(self.registrations).routes():
            yield route

    @cached_property
    def entry_points(self) -> tuple[EntryPoint, ...]:
        """Return the entry points of all these frameworks."""
        return ()
