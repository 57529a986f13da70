"""Generators that cut what they are given into portions."""

from __future__ import annotations

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.inference.calls import COPIES
from archlint.project.project import Project
from archlint.project.sql.sinks import function_of
from archlint.project.tree import statements_in
from archlint.project.values import Value


def hands_out_portions(project: Project, callee: Value) -> bool:
    """Return whether a function of the project yields slices and nothing else: `yield ids[i : i + size]`."""
    found = function_of(project, callee)
    node = project.function_node(found.definition) if found is not None else None
    if node is None or not node.is_generator:
        return False
    values = [one.value for one in statements_in(node.body) if isinstance(one, ir.Evaluate)]
    yields = [one for one in values if isinstance(one, ir.Yield)]
    return bool(yields) and all(_is_slice(one.value) and not one.is_from for one in yields)


def _is_slice(node: ir.Expr | None) -> bool:
    while isinstance(node, ir.Call) and dotted(node.func) in COPIES and len(node.args) == 1:
        node = node.args[0]
    if isinstance(node, ir.Call):
        return dotted(node.func).rpartition(".")[2] == "islice"
    return isinstance(node, ir.Subscript) and isinstance(node.index, ir.Slice)
