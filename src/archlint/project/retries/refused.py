"""Whether what is tried again raises an error for an answer that says no."""

from __future__ import annotations

from archlint.project.project import Project
from archlint.project.retries.retried import Retried, reached_again
from archlint.project.symbols import FunctionDefinition

_RAISING = "raise_for_status"


def refused_by(project: Project, found: Retried) -> str | None:
    """Return what raises where the other end answers that a request is wrong, None where nothing is known to."""
    if found.function is None:
        return None
    for reached, _ in reached_again(project, found):
        for hop in project.effects.chain(found.function, reached):
            if _raises(hop.function):
                return _RAISING
        if project.knowledge.raises(reached.effect.target):
            return reached.effect.target
    return None


def _raises(function: FunctionDefinition) -> bool:
    return any(one.rpartition(".")[2] == _RAISING for one in function.unit.calls)
