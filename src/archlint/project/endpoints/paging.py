"""Whether the rows that a route sends come in pages."""

from __future__ import annotations

from functools import cached_property

from archlint.project.bounds.chosen import Chosen, chosen
from archlint.project.bounds.list_views import list_views
from archlint.project.bounds.paginators import Paginators
from archlint.project.endpoints.endpoint import Answer, Known
from archlint.project.project import Project
from archlint.project.routes.route import Route
from archlint.project.symbols import FunctionDefinition

_READING = frozenset({"GET", "QUERY"})


class Paging:
    """Answers it for one route after the other."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._paginators = Paginators(project)

    @cached_property
    def _whole(self) -> frozenset[str]:
        """Return the handlers of lists that come whole."""
        return frozenset(one.route.handler.name for one in list_views(self._project))

    @cached_property
    def _chosen(self) -> dict[FunctionDefinition, Chosen]:
        """Return the limits that clients choose, one without a maximum before others."""
        found = sorted(chosen(self._project), key=lambda one: (not one.is_capped, one.size.name))
        return {one.function: one for one in found}

    def of(self, route: Route) -> Known:
        """Return what is known; most functions that fetch rows do not say that they are lists."""
        if route.methods and _READING.isdisjoint(route.methods):
            return Known(Answer.DOES_NOT_APPLY)
        if route.handler.name in self._whole:
            return Known(Answer.NO, "the list comes whole")
        found = self._chosen.get(route.handler.function) if route.handler.function is not None else None
        if found is not None:
            name = f"`{found.size.name}`"
            capped = Known(Answer.YES, f"{name} limits the rows and has a maximum")
            return capped if found.is_capped else Known(Answer.NO, f"the client chooses {name} without a maximum")
        return self._by_view(route)

    def _by_view(self, route: Route) -> Known:
        view, is_list = route.handler.view, route.handler.name.rpartition(".")[2] in {"list", "get"}
        name = self._paginators.name_of(view) if view is not None and is_list else ""
        return Known(Answer.YES, f"by `{name}`") if name else Known(Answer.UNKNOWN)
