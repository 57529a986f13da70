"""What a function returns, expression by expression."""

from __future__ import annotations

from archlint.ir import nodes as ir
from archlint.project.inference.listening import Listener, State
from archlint.project.project import Project
from archlint.project.symbols import FunctionDefinition
from archlint.project.values import Value


def results_of(
    project: Project, function: FunctionDefinition, receiver: Value | None = None
) -> list[tuple[ir.Expr, Value]]:
    """Return the expressions that a function returns, each with its value."""
    listener = _Results(project)
    project.inference.walked(function, receiver, listener)
    return listener.found


class _Results(Listener):
    sees_calls = False

    def __init__(self, project: Project) -> None:
        self.found: list[tuple[ir.Expr, Value]] = []
        self._inference = project.inference

    def result(self, value: ir.Expr | None, is_yield: bool, state: State) -> None:
        if value is not None and not is_yield and len(state.functions) == 1:
            self.found.append((value, self._inference.value(value, state.scope)))
