"""What must hold of the parameters of a function for a place in it to be reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from archlint.ir import nodes as ir
from archlint.project.tree import first_bindings

if TYPE_CHECKING:
    from archlint.project.inference.listening import State

_MAX = 4
"""Conditions of one place that are told apart."""


@dataclass(frozen=True, slots=True, order=True)
class Condition:
    """That what a function was given for a parameter is true or not, or is None or not."""

    parameter: str
    is_none: bool
    holds: bool

    def allows(self, value: object) -> bool:
        """Return whether a constant fulfils it."""
        return (value is None if self.is_none else bool(value)) is self.holds


class Parameters:
    """The parameters of a function, and where its body first gives names a value; found out when it is asked."""

    def __init__(self, function: ir.Function | ir.Lambda) -> None:
        self._function = function

    @cached_property
    def names(self) -> frozenset[str]:
        """Return the names of the parameters."""
        return frozenset(one.name for one in self._function.parameters)

    @cached_property
    def first_bindings(self) -> dict[str, int]:
        """Return where a name is first given a value in the body."""
        return first_bindings(self._function.body) if isinstance(self._function, ir.Function) else {}


When: TypeAlias = tuple[Condition, ...]
"""Conditions that hold together, sorted; none where a place is reached in any case, or nobody knows when."""


def under(test: ir.Expr, holds: bool, state: State) -> When:
    """Return what holds where a test of the innermost function came out in one way, and what held before."""
    told = _of_test(test, holds)
    if not told:
        return state.conditions
    return together(state.conditions, [one for one in told if is_as_given(one.parameter, test.start, state)])


def together(first: Iterable[Condition], second: Iterable[Condition]) -> When:
    """Return conditions that hold together, as many as are told apart."""
    return tuple(sorted({*first, *second})[:_MAX])


def common(ways: Iterable[When]) -> When:
    """Return what holds on each of several ways."""
    first, *others = ways
    return tuple(one for one in first if all(one in other for other in others))


def can_hold(when: When) -> bool:
    """Return whether conditions do not contradict each other."""
    return not any(
        replace(one, holds=not one.holds) in when
        or (one.is_none and one.holds and Condition(one.parameter, is_none=False, holds=True) in when)
        for one in when
    )


def is_as_given(name: str, position: int, state: State) -> bool:
    """Return whether a name is a parameter of the innermost function that nothing was assigned to yet."""
    parameters = state.parameters
    if parameters is None or name not in parameters.names or any(name in loop.varying for loop in state.loops):
        return False
    return parameters.first_bindings.get(name, position) >= position


def _of_test(test: ir.Expr, holds: bool) -> list[Condition]:
    if isinstance(test, ir.Name):
        return [Condition(test.id, is_none=False, holds=holds)]
    if isinstance(test, ir.Unary) and test.op == "not":
        return _of_test(test.operand, not holds)
    if isinstance(test, ir.Boolean) and holds is (test.op == "and"):
        return [one for value in test.values for one in _of_test(value, holds)]
    if not isinstance(test, ir.Compare) or len(test.ops) != 1 or not isinstance(test.left, ir.Name):
        return []
    other = test.comparators[0]
    if test.ops[0] not in ("is", "is not") or not isinstance(other, ir.Constant) or other.value is not None:
        return []
    return [Condition(test.left.id, is_none=True, holds=holds is (test.ops[0] == "is"))]
