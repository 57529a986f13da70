"""Which arguments of a call are given to which parameters, as they are written."""

from __future__ import annotations

from typing import get_args

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.effects.effect import Step
from archlint.project.project import Project
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import expressions_in, expressions_of, statements_in

_EXPRESSIONS = frozenset(get_args(ir.Expr))
_NOT_PLACED = frozenset({"keyword", "star", "starstar"})


def expressions(node: ir.Function) -> list[ir.Expr]:
    """Return all expressions of the body of a function, those of functions in it left out."""
    found: list[ir.Expr] = []
    for statement in statements_in(node.body):
        if not isinstance(statement, ir.Function | ir.Class):
            for one in _heads(statement):
                found.extend(expressions_in(one))
    return found


def _heads(statement: ir.Stmt) -> list[ir.Expr]:
    if isinstance(statement, ir.With):
        return [item.context for item in statement.items]
    return [one for one in expressions_of(statement) if type(one) in _EXPRESSIONS]


def calls_at(project: Project, function: FunctionDefinition) -> dict[tuple[int, int], ir.Call]:
    """Return the calls in the body of a function by their regions."""
    node = project.function_node(function)
    found = expressions(node) if node is not None else []
    return {(one.start, one.end): one for one in found if isinstance(one, ir.Call)}


def call_of(calls: dict[tuple[int, int], ir.Call], step: Step) -> ir.Call | None:
    """Return the call that stands at a step."""
    return calls.get((step.start, step.end))


def given(call: ir.Call, function: FunctionDefinition) -> dict[str, ir.Expr | None] | None:
    """Return what a call gives to the parameters of a function by name, None for those that it leaves out.

    The whole is None where stars hide what is given.
    """
    if any(isinstance(one, ir.Starred) for one in call.args) or any(one.name is None for one in call.keywords):
        return None
    rows = function.row.parameters[1 if _is_bound(call, function) else 0 :]
    words = {one.name: one.value for one in call.keywords}
    found: dict[str, ir.Expr | None] = {}
    for position, row in enumerate(rows):
        is_placed = position < len(call.args) and row.kind not in _NOT_PLACED
        found[row.name] = call.args[position] if is_placed else words.get(row.name)
    return found


def _is_bound(call: ir.Call, function: FunctionDefinition) -> bool:
    decorators = {dotted(one) for one in function.row.decorators}
    if not function.row.owner or function.outer is not None or "staticmethod" in decorators:
        return False
    owner = function.row.owner.rpartition(".")[2]
    by_class = isinstance(call.func, ir.Attribute) and dotted(call.func.value).rpartition(".")[2] == owner
    return not by_class or "classmethod" in decorators
