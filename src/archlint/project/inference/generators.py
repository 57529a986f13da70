"""What generators of the project hand out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.inference.builtins import COPIES
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import statements_in

if TYPE_CHECKING:
    from archlint.project.inference.inference import Inference


def yields_portions(inference: Inference, definition: FunctionDefinition) -> bool:
    """Return whether a function yields slices and nothing else: `yield ids[i : i + size]`."""
    inference.reads_body(definition.module, definition.unit)
    node = inference.project.function_node(definition)
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
