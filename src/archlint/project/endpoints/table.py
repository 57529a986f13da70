"""All routes with what is known of each."""

from __future__ import annotations

from collections.abc import Callable

from archlint.project.endpoints import promises
from archlint.project.endpoints.endpoint import Endpoint
from archlint.project.endpoints.paging import Paging
from archlint.project.endpoints.repeating import repeatability
from archlint.project.project import Project
from archlint.project.routes.route import Route
from archlint.project.views.mapping import head_of
from archlint.project.views.service_map import Spot
from archlint.source import SourceFile

SourceOf = Callable[[str], SourceFile]


def endpoints(project: Project, source_of: SourceOf) -> tuple[Endpoint, ...]:
    """Return the routes by path and method, with an answer for each `Aspect`."""
    paging = Paging(project)
    return tuple(_endpoint(project, paging, route, source_of) for route in project.routes.routes)


def _endpoint(project: Project, paging: Paging, route: Route, source_of: SourceOf) -> Endpoint:
    guards, function = route.guards, route.handler.function
    head = head_of(function, source_of) if function is not None else None
    return Endpoint(
        route.label,
        route.framework,
        route.handler.name,
        _registered(route, source_of) or head,
        head,
        (
            promises.version(route),
            paging.of(route),
            promises.limit(guards),
            promises.authentication(guards),
            promises.validation(route),
            promises.errors(route),
            promises.documentation(route),
            repeatability(project, route, source_of),
        ),
    )


def _registered(route: Route, source_of: SourceOf) -> Spot | None:
    """Return the line that puts the route there."""
    if not route.mounted:
        return None
    own = route.mounted[-1]
    return Spot(own.module.path, source_of(own.module.path).line_at(own.start))
