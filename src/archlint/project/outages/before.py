"""Calls that stand just before the `try` that reads their response."""

from __future__ import annotations

from archlint.ir import nodes as ir
from archlint.project.outages.service_calls import ServiceCall
from archlint.project.tree import blocks, nodes_in


def try_after(body: ir.Stmt, call: ServiceCall) -> ir.Try | None:
    """Return the `try` directly behind the statement of a call that reads what the call gave, or None."""
    name = _bound(call)
    current: ir.Stmt | None = body
    while current is not None and name:
        inner = None
        for block in blocks(current):
            for at, one in enumerate(block):
                if one.start <= call.site.call.start < one.end:
                    inner = one
                    following = block[at + 1] if at + 1 < len(block) else None
                    if isinstance(following, ir.Try) and following.handlers and _reads(following, name):
                        return following
        current = inner
    return None


def _bound(call: ServiceCall) -> str:
    match call.site.statement:
        case ir.Assign(targets=(ir.Name(id=name),)):
            return name
    return ""


def _reads(statement: ir.Try, name: str) -> bool:
    return any(isinstance(node, ir.Name) and node.id == name for one in statement.body for node, _ in nodes_in(one))
