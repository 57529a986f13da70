"""Whether what is tried again raises an error for an answer that says no."""

from __future__ import annotations

from archlint.ir import nodes as ir
from archlint.project.effects.chains import Hop
from archlint.project.project import Project
from archlint.project.retries.retried import Retried, reached_again
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import called_name, nodes_in, statements_in

_RAISING = "raise_for_status"


def refused_by(project: Project, found: Retried) -> str | None:
    """Return what raises where the other end answers that a request is wrong, None where nothing is known to.

    An error that something on the way handles is none that is tried again.
    """
    if found.function is None:
        return None
    for reached, _ in reached_again(project, found):
        hops = project.effects.chain(found.function, reached)
        if any(swallows(project, hop.function, hop.step.start) for hop in hops):
            continue
        if any(_raises(project, hop) for hop in hops):
            return _RAISING
        if project.knowledge.raises(reached.effect.target):
            return reached.effect.target
    return None


def swallows(project: Project, function: FunctionDefinition, at: int) -> bool:
    """Return whether a handler around a place in a function ends its errors there."""
    node = project.function_node(function)
    for one in statements_in(node.body) if node is not None else ():
        if isinstance(one, ir.Try) and one.body and one.body[0].start <= at < one.body[-1].end:
            for handler in one.handlers:
                if not any(isinstance(each, ir.Raise) for each in statements_in(handler.body)):
                    return True
    return False


def _raises(project: Project, hop: Hop) -> bool:
    """Return whether a function on the way asks the answer whether it is one of success."""
    if not any(name.rpartition(".")[2] == _RAISING for name in hop.function.unit.calls):
        return False
    node = project.function_node(hop.function)
    calls = [one for one, _ in nodes_in(node) if isinstance(one, ir.Call)] if node is not None else []
    raising = [one for one in calls if called_name(one) == _RAISING]
    return any(not swallows(project, hop.function, one.start) for one in raising)
