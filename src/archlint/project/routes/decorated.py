"""The routes of the frameworks that register handlers by decorators and routers, with their entry points."""

from __future__ import annotations

from functools import cached_property

from archlint.project.project import Project
from archlint.project.routes.aiohttp import Aiohttp
from archlint.project.routes.fastapi import FastApi
from archlint.project.routes.flask import Flask
from archlint.project.routes.litestar import Litestar
from archlint.project.routes.mounts import Found
from archlint.project.routes.registrations import Registrations
from archlint.project.routes.route import EntryPoint, Route
from archlint.project.routes.routers import Routers
from archlint.project.routes.sanic import Sanic
from archlint.project.routes.starlette import Starlette
from archlint.project.routes.tornado import Tornado


class Decorated:
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
    def routes(self) -> tuple[Route, ...]:
        """Return the routes of all these frameworks."""
        return tuple(one.route for one in self.found)

    @cached_property
    def entry_points(self) -> tuple[EntryPoint, ...]:
        """Return the entry points of all these frameworks."""
        return ()
