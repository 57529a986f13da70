"""What the map and the explanations ask of the model: routes, entry points, effects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from archlint.project.effects.effect import Summary
from archlint.project.handler_model import HandlerModel
from archlint.project.project import Project
from archlint.project.routes.route import EntryPoint, Route
from archlint.project.symbols import ClassDefinition, FunctionDefinition


class Routes(Protocol):
    """How requests, messages and the clock get in."""

    @property
    def routes(self) -> Iterable[Route]:
        """Return the routes."""

    @property
    def entry_points(self) -> Iterable[EntryPoint]:
        """Return all functions that something outside the program calls, handlers included."""


class Effects(Protocol):
    """What functions do."""

    def summary(self, function: FunctionDefinition, receiver: ClassDefinition | None = None) -> Summary:
        """Return what calling a function does; `receiver` is the class of `self` where that is a subclass."""


class Model(Protocol):
    """A project of which routes and effects are known."""

    @property
    def routes(self) -> Routes:
        """Return how the program is entered."""

    @property
    def effects(self) -> Effects:
        """Return what answers the question what a function does."""


def model_of(project: Project) -> Model:
    """Return what is known of a project's routes and effects."""
    return HandlerModel(project)
