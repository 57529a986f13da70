"""The lambdas in the body of a function: which of them run right there, and which are passed on."""

from __future__ import annotations

from archlint.ir import nodes as ir
from archlint.project.effects.direct import PassedOn
from archlint.project.inference.listening import State


class Lambdas:
    """Notes during one walk what becomes of each lambda, before what is in it is walked."""

    def __init__(self, depth: int) -> None:
        self._depth = depth
        self._called_back: dict[int, ir.Lambda] = {}
        self._passed: dict[int, PassedOn] = {}

    def called_back(self, node: ir.Expr) -> None:
        """Note a callable that a built-in calls for each element."""
        if isinstance(node, ir.Lambda):
            self._called_back[id(node)] = node

    def passed_on(self, found: PassedOn) -> None:
        """Note a callable that runs elsewhere."""
        if isinstance(found.node, ir.Lambda):
            self._passed[id(found.node)] = found

    def is_own(self, state: State) -> bool:
        """Return whether the function itself does what is walked: not a nested one, nor a lambda for later."""
        return len(state.functions) == self._depth or self.is_called_back(state)

    def is_called_back(self, state: State) -> bool:
        """Return whether what is walked is in a lambda that a built-in calls for each element."""
        return len(state.functions) == self._depth + 1 and id(state.functions[-1]) in self._called_back

    def passed(self, state: State) -> PassedOn | None:
        """Return where the lambda runs that is walked, or None where that is not known."""
        is_inside = len(state.functions) == self._depth + 1
        return self._passed.get(id(state.functions[-1])) if is_inside else None
