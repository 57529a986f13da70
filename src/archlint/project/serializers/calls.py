"""The calls that give rows to serializers: many at once, or one in each turn of a loop."""

from __future__ import annotations

import msgspec

from archlint.ir import nodes as ir
from archlint.project.inference.listening import Listener, State
from archlint.project.project import Project
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import argument, keyword, names_in
from archlint.project.values import Instance, Items, Query, Value


class Given(msgspec.Struct, frozen=True):
    """A call that is given rows: `node` is the expression that they come from, `row` what each of them is."""

    call: ir.Call
    callee: Value
    node: ir.Expr
    row: Instance


def calls_with_rows(project: Project, function: FunctionDefinition) -> list[Given]:
    """Return the calls of a function that are given rows of which it is known what came with them."""
    listener = _Calls(project)
    project.inference.walked(function, None, listener)
    return listener.found


class _Calls(Listener):
    def __init__(self, project: Project) -> None:
        self._inference = project.inference
        self.found: list[Given] = []

    def called(self, node: ir.Call, state: State) -> None:
        given = argument(node, 0, "instance")
        if given is None:
            return
        many = keyword(node, "many")
        is_many = isinstance(many, ir.Constant) and many.value is True
        if not is_many and not state.loops:
            return
        value = self._inference.value(given, state.scope)
        if is_many:
            row = row_of(value)
            source: ir.Expr | None = given
        else:
            loop = next((one for one in state.loops if names_in(given) & one.varying), None)
            row = known(value) if loop is not None else None
            source = loop.iterable if loop is not None else None
        if row is not None and source is not None:
            self.found.append(Given(node, self._inference.value(node.func, state.scope), source, row))


def row_of(value: Value) -> Instance | None:
    """Return what each of many rows is, None where nobody knows what came with it."""
    if isinstance(value, Items):
        return None if value.is_constant else known(value.element)
    return known(value.row()) if isinstance(value, Query) else None


def known(row: Value) -> Instance | None:
    """Return a row of which it is known what came with it, None for anything else."""
    is_known = isinstance(row, Instance) and row.definition is not None and row.loaded is not None
    return row if is_known and isinstance(row, Instance) else None
