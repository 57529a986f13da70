"""What `from module import *` brings: the names in `__all__`, or the public ones."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.ir.module import Unit, decode_body
from archlint.project.symbols.modules import Module

_ALL = "__all__"
_ADDING = frozenset({f"{_ALL}.append", f"{_ALL}.extend", f"{_ALL}.remove"})


def listed(module: Module) -> frozenset[str] | None:
    """Return the names in a module's `__all__`, or None where it has none or where they are not literals."""
    variable = module.variables.get(_ALL)
    if variable is None:
        return None
    names: set[str] = set()
    for unit in sorted((*variable.units, *variable.changes, *_calls(module)), key=lambda one: one.start):
        if not _apply(decode_body(unit.body), names):
            return None
    return frozenset(names)


def _calls(module: Module) -> Iterator[Unit]:
    return (unit for unit in module.facts.units if not _ADDING.isdisjoint(unit.calls))


def _apply(statement: ir.Stmt, names: set[str]) -> bool:
    """Carry out a statement about `__all__`; return whether all of it is known."""
    if isinstance(statement, ir.Assign):
        names.clear()
    if isinstance(statement, ir.Assign | ir.AugmentedAssign):
        added = _texts(statement.value)
    elif isinstance(statement, ir.Evaluate) and isinstance(statement.value, ir.Call) and statement.value.args:
        call = statement.value
        added = _texts(call.args[0])
        if dotted(call.func).endswith(".remove"):
            names.difference_update(added or ())
            return added is not None
    else:
        return False
    names.update(added or ())
    return added is not None


def _texts(node: ir.Expr | None) -> list[str] | None:
    """Return the strings of a literal list, or of several that are added up; None where one is no literal."""
    if isinstance(node, ir.Text):
        return [node.value]
    if isinstance(node, ir.Binary) and node.op == "+":
        parts = [_texts(node.left), _texts(node.right)]
    elif isinstance(node, ir.Collection):
        parts = [_texts(item.value if isinstance(item, ir.Starred) else item) for item in node.items]
    else:
        return None
    return [text for part in parts if part is not None for text in part] if None not in parts else None
