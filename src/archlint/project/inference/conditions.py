"""What must hold of the parameters of a function for a place in it to be reached."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.project.tree import first_bindings
from archlint.project.values import UNKNOWN, Condition, External, Literal, ProjectClass, Value, When

if TYPE_CHECKING:
    from archlint.project.inference.listening import Evaluator, State

_TESTS = (ir.Boolean, ir.Call, ir.Compare, ir.Name, ir.Unary)
_Evaluate = Callable[[ir.Expr], Value]
_MAX = 4
"""Conditions of one place that are told apart."""


def under(test: ir.Expr, holds: bool, state: State, evaluator: Evaluator) -> When:
    """Return what holds where a test of the innermost function came out in one way, and what held before."""
    told = _of_test(test, holds, lambda node: evaluator.value(node, state.scope)) if isinstance(test, _TESTS) else ()
    if not told:
        return state.conditions
    return together(state.conditions, [one for one in told if is_as_given(one.parameter, test.start, state)])


def decided(test: ir.Expr, state: State, evaluator: Evaluator) -> bool | None:
    """Return how a test of an attribute comes out for the receiver that the function is known to be called on.

    None where the function is looked at for all receivers, or where the attribute may be anything.
    """
    if isinstance(test, ir.Unary) and test.op == "not":
        return _inverted(decided(test.operand, state, evaluator))
    if isinstance(test, ir.Compare) and len(test.ops) == 1 and test.ops[0] in ("is", "is not"):
        other = test.comparators[0]
        is_of_none = isinstance(other, ir.Constant) and other.value is None
        is_there = decided(test.left, state, evaluator) if is_of_none else None
        return is_there if test.ops[0] == "is not" else _inverted(is_there)
    if not isinstance(test, ir.Attribute) or not isinstance(test.value, ir.Name) or state.scope.receiver is None:
        return None
    is_own = evaluator.value(test.value, state.scope) == state.scope.receiver
    value = evaluator.value(test, state.scope) if is_own else UNKNOWN
    if value == Literal(None):
        return False
    return True if isinstance(value, ProjectClass) else None


def _inverted(outcome: bool | None) -> bool | None:
    return None if outcome is None else not outcome


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
    function = state.functions[-1] if state.functions else None
    if not isinstance(function, ir.Function) or all(one.name != name for one in function.parameters):
        return False
    if any(name in loop.varying for loop in state.loops):
        return False
    if not state.firsts:
        state.firsts.update({"": 0, **first_bindings(function.body)})
    return state.firsts.get(name, position) >= position


def _of_test(test: ir.Expr, holds: bool, evaluate: _Evaluate) -> list[Condition]:  # noqa: PLR0911 - one answer a kind
    if isinstance(test, ir.Name):
        return [Condition(test.id, is_none=False, holds=holds)]
    if isinstance(test, ir.Unary) and test.op == "not":
        return _of_test(test.operand, not holds, evaluate)
    if isinstance(test, ir.Boolean) and holds is (test.op == "and"):
        return [one for value in test.values for one in _of_test(value, holds, evaluate)]
    if isinstance(test, ir.Call):
        return _of_class(test, "isinstance", test.args[1:], holds, evaluate)
    if not isinstance(test, ir.Compare) or len(test.ops) != 1:
        return []
    is_same = holds is (test.ops[0] in ("is", "=="))
    if isinstance(test.left, ir.Call) and test.ops[0] in ("is", "is not", "==", "!="):
        return _of_class(test.left, "type", test.comparators, is_same, evaluate)
    other = test.comparators[0]
    if test.ops[0] not in ("is", "is not") or not isinstance(other, ir.Constant) or other.value is not None:
        return []
    return [Condition(test.left.id, is_none=True, holds=is_same)] if isinstance(test.left, ir.Name) else []


def _of_class(
    call: ir.Call, name: str, kinds: tuple[ir.Expr, ...], holds: bool, evaluate: _Evaluate
) -> list[Condition]:
    """Return what `isinstance(x, Order)` or `type(x) is Order` tells of a name."""
    if not isinstance(call.func, ir.Name) or call.func.id != name or not call.args or len(kinds) != 1:
        return []
    subject, kind = call.args[0], kinds[0]
    found = [evaluate(one) for one in (kind.items if isinstance(kind, ir.Collection) else (kind,))]
    names = tuple(sorted(filter(None, map(_class_name, found))))
    if not isinstance(subject, ir.Name) or len(names) != len(found) or not names:
        return []
    return [Condition(subject.id, is_none=False, holds=holds, classes=names)]


def _class_name(value: Value) -> str:
    if isinstance(value, ProjectClass):
        return value.definition.name
    return value.name if isinstance(value, External) else ""
