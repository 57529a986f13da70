"""Where a function runs in the end, as far as that matters to how many rows it may take."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from archlint.knowledge.tables import Place
from archlint.project.effects.places import Running
from archlint.project.project import Project
from archlint.project.symbols import FunctionDefinition
from archlint.source import Role

_BACKGROUND = frozenset({Place.COMMAND, Place.PROCESS, Place.STARTUP, Place.TASK})
_SERVING = frozenset({Place.LOOP, Place.OWN_LOOP, Place.THREAD, Place.WORKER})


_MOST = 60
"""Functions that are looked at on the way back from one."""


class Ground(str, Enum):
    """What starts a function."""

    BACKGROUND = "background"
    """A task, a command, the start of the program."""
    REQUEST = "request"
    UNKNOWN = "unknown"


def ways(project: Project, function: FunctionDefinition) -> Iterator[Running]:
    """Yield what starts a function, the nearest first, with the calls from there.

    Looked for from the function on, over its callers: to ask where all functions run costs more than a few answers.
    """
    for found, calls in project.callers.ways_to(function, _MOST):
        for entry in project.routes.of(found):
            yield Running(entry.runs, entry, tuple((one.function, one.step) for one in calls))


def background(project: Project, function: FunctionDefinition) -> Running | None:
    """Return how a function comes to run outside of requests, by the shortest way, or None."""
    found = [one for one in ways(project, function) if one.place in _BACKGROUND]
    return min(found, key=lambda one: (len(one.steps), one.place.value), default=None)


def ground(project: Project, function: FunctionDefinition) -> Ground:
    """Return what starts a function; where tasks and requests do, tasks count, and so does a file of commands."""
    places = {one.place for one in ways(project, function)}
    if places & _BACKGROUND or (not places and function.module.role is Role.COMMAND):
        return Ground.BACKGROUND
    return Ground.REQUEST if places & _SERVING else Ground.UNKNOWN
