"""What the map and the explanations ask of the model: routes, entry points, effects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from archlint.project.effects.effect import Summary
from archlint.project.routes.route import EntryPoint, Route
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.values import Instance, Value


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

    def summary(self, function: FunctionDefinition, receiver: Value | None = None) -> Summary:
        """Return what calling a function does; `receiver` is what a method is called on."""


class Model(Protocol):
    """A project of which routes and effects are known."""

    @property
    def routes(self) -> Routes:
        """Return how the program is entered."""

    @property
    def effects(self) -> Effects:
        """Return what answers the question what a function does."""


def receiver_of(view: ClassDefinition | None) -> Value | None:
    """Return what a method of a view is called on: an instance of the view, which may inherit the method."""
    return None if view is None else Instance(view.name, view)
