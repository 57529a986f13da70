"""Expressions as short text for messages: names and shapes, never the values of strings."""

from __future__ import annotations

from archlint.ir import nodes as ir

_MAX_LENGTH = 60


def render(node: ir.Expr) -> str:
    """Return an expression as a person would name it: `Order.objects.filter(…).first`, at most 60 characters."""
    text = _render(node, 0)
    return text if len(text) <= _MAX_LENGTH else f"…{text[-_MAX_LENGTH + 1 :]}"


def _render(node: ir.Expr, depth: int) -> str:  # noqa: PLR0911 - one answer for each kind of node
    if depth > _MAX_LENGTH:
        return "…"
    match node:
        case ir.Name():
            return node.id
        case ir.Attribute():
            return f"{_render(node.value, depth + 1)}.{node.name}"
        case ir.Call():
            return f"{_render(node.func, depth + 1)}({'…' if node.args or node.keywords else ''})"
        case ir.Subscript():
            return f"{_render(node.value, depth + 1)}[…]"
        case ir.Await():
            return _render(node.value, depth + 1)
        case ir.Constant():
            return repr(node.value)
        case _:
            return "…"
