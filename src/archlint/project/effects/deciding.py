"""Arguments that decide what a callee does: constants, defaults, and parameters that are handed on as they came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.effects.effect import Edge, Target
from archlint.project.effects.kinship import Kinship
from archlint.project.inference.conditions import can_hold, is_as_given, together
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import called_name
from archlint.project.values import UNKNOWN, Condition, Instance, Literal, Symbol, Value, When

if TYPE_CHECKING:
    from archlint.project.inference.listening import State

Told = tuple[tuple[str, Value], ...]
_TRUE, _FALSE, _NONE = Literal(True), Literal(False), Literal(None)
_NOT_PLACED = frozenset({"keyword", "star", "starstar"})


class Deciding:
    """Tells what calls give to parameters that are tested; what a function has of them is found out once."""

    def __init__(self, kinship: Kinship) -> None:
        self._kinship = kinship
        self._defaults: dict[FunctionDefinition, dict[str, Literal | None]] = {}

    def told(self, call: ir.Call, function: FunctionDefinition, state: State, *, is_bound: bool) -> tuple[Told, bool]:
        """Return what a call writes for parameters that a test can tell, and whether others have their defaults.

        What is written and not known is told as such: it is no default.
        """
        tested = self._defaults_of(function)
        if not tested and not _has_flags(call):
            return (), False
        words = {word.name: word.value for word in call.keywords}
        takes_defaults = None not in words and _is_called_as_written(call, function)
        placed = call.args if takes_defaults else ()
        found: list[tuple[str, Value]] = []
        for position, row in enumerate(function.row.parameters[1 if is_bound else 0 :]) if words or placed else ():
            is_placed = position < len(placed) and row.kind not in _NOT_PLACED
            node = placed[position] if is_placed else words.get(row.name)
            if node is not None and (row.name in tested or _is_flag(node)):
                found.append((row.name, _known(node, state, is_tested=row.name in tested)))
        return tuple(found), takes_defaults

    def through(self, when: When, edge: Edge, target: Target) -> When | None:
        """Return what must hold of a caller's parameters where something must of a callee's; None where it cannot."""
        is_first = target == edge.targets[0]
        told = dict(edge.told) if is_first else {}
        given = dict(edge.given) if is_first else {}
        defaults = self._defaults_of(target.function) if is_first and edge.takes_defaults else {}
        found: list[Condition] = []
        for one in when:
            value = told.get(one.parameter, defaults.get(one.parameter))
            if isinstance(value, Literal) and not one.allows(value.value):
                return None
            if _is_something(given.get(one.parameter)) and one.is_none is one.holds and not one.classes:
                return None
            if one.classes:
                value = given.get(one.parameter)
                is_one = self._kinship.is_one_of(value, one.classes) if value is not None else None
                if is_one is not None and is_one is not one.holds:
                    return None
                value = value.origin if isinstance(value, Instance) and is_one is None else value
            if isinstance(value, Symbol) and not value.operations:
                found.append(replace(one, parameter=value.parameter))
        held = together(edge.when, found) if found else edge.when
        return held if can_hold(held) else None

    def _defaults_of(self, function: FunctionDefinition) -> dict[str, Literal | None]:
        """Return the parameters that look like flags or may be left out, with what their defaults tell."""
        found = self._defaults.get(function)
        if found is None:
            found = {
                one.name: _truth(one.default) if isinstance(one.default, ir.Constant) else None
                for one in function.row.parameters
                if _is_flag(one.default) or _is_bool(one)
            }
            self._defaults[function] = found
        return found


def _is_something(value: Value | None) -> bool:
    """Return whether an argument is an object that the caller has, and no parameter that it may lack itself."""
    return isinstance(value, Instance) and value.definition is not None and value.origin is None


def is_fixed(call: ir.Call) -> bool:
    """Return whether a call is the same each time: all its arguments are constants."""
    nodes = (*call.args, *[word.value for word in call.keywords])
    return all(isinstance(node, ir.Constant | ir.Text) for node in nodes)


def takes_receiver(function: FunctionDefinition) -> bool:
    """Return whether a method gets an instance, which the next call may not have."""
    names = {dotted(one) for one in function.row.decorators}
    return bool(function.row.owner) and names.isdisjoint({"classmethod", "staticmethod"})


def _is_called_as_written(call: ir.Call, function: FunctionDefinition) -> bool:
    """Return whether a call hands its arguments to a function as they stand: wrappers pass on what they are given."""
    if called_name(call) not in (function.row.name, function.row.owner.rpartition(".")[2]):
        return False
    return not any(isinstance(node, ir.Starred) for node in call.args)


def _known(node: ir.Expr, state: State, *, is_tested: bool) -> Value:
    """Return what a test tells of an argument: a constant by its truth, or the caller's parameter that it is."""
    if isinstance(node, ir.Constant | ir.Text):
        return _truth(node)
    caller = state.scope.function
    if is_tested and caller is not None and isinstance(node, ir.Name) and is_as_given(node.id, node.start, state):
        return Symbol(caller, node.id)
    return UNKNOWN


def _truth(node: ir.Constant | ir.Text) -> Literal:
    return _NONE if node.value is None else _TRUE if node.value else _FALSE


def _has_flags(call: ir.Call) -> bool:
    return any(map(_is_flag, call.args)) or any(_is_flag(word.value) for word in call.keywords)


def _is_flag(node: ir.Expr | None) -> bool:
    return isinstance(node, ir.Constant) and (node.value is None or isinstance(node.value, bool))


def _is_bool(row: ir.Parameter) -> bool:
    return isinstance(row.annotation, ir.Name) and row.annotation.id == "bool"
