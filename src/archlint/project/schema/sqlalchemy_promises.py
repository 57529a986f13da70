"""What the annotations of SQLAlchemy and SQLModel say of columns and relationships: `Mapped[int | None]`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.schema.names import Names
from archlint.project.symbols import Module, Variable

COLUMNS = frozenset({"Column", "mapped_column"})
"""Callables that make a column."""
_NONE = frozenset({"None", "NoneType"})
_GENERIC = re.compile(r"\s*([\w.]+)\[(.+)\]\s*")
_MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Promise:
    """What an annotation says of a column: the type inside it, and whether there may be none of it.

    `column` is the call of `Annotated[int, mapped_column(...)]`, with the module that it stands in.
    """

    inner: ir.Expr | None = None
    nullable: bool = False
    is_mapped: bool = False
    column: ir.Call | None = None
    module: Module | None = field(default=None, compare=False)


class Promises:
    """Reads annotations; `callee` gives the last name of a callable of SQLAlchemy, "" for another one."""

    def __init__(self, names: Names, callee: Callable[[ir.Expr, Module], str]) -> None:
        self._names = names
        self._callee = callee

    def of(  # noqa: PLR0911 - one answer a kind of annotation
        self, node: ir.Expr | None, module: Module, depth: int = 0
    ) -> Promise:
        """Return what an annotation says."""
        if node is None or depth > _MAX_DEPTH:
            return Promise()
        if isinstance(node, ir.Subscript):
            return self._subscript(node, module, depth)
        if isinstance(node, ir.Binary) and node.op == "|":
            sides = [one for one in (node.left, node.right) if not _is_none(one)]
            if len(sides) == 1:
                return replace(self.of(sides[0], module, depth + 1), nullable=True)
            return replace(self.of(node.left, module, depth + 1), inner=node)
        if isinstance(node, ir.Text):  # a forward reference in a place that is no annotation
            return self.of(_parsed(node.value, node), module, depth + 1)
        found = self._names.resolved(node, module) if isinstance(node, ir.Name | ir.Attribute) else ""
        if isinstance(found, Variable):
            value = self._names.value_of(found)
            if isinstance(value, ir.Subscript | ir.Name | ir.Attribute):
                return self.of(value, found.module, depth + 1)
        return Promise(node, module=module)

    def _subscript(self, node: ir.Subscript, module: Module, depth: int) -> Promise:
        name = dotted(node.value).rpartition(".")[2]
        index = node.index
        parts = index.items if isinstance(index, ir.Collection) and index.items else (index,)
        if name == "ClassVar":
            return Promise()
        if name in ("Mapped", "DynamicMapped", "WriteOnlyMapped"):
            inner = self.of(parts[0], module, depth + 1)
            return replace(inner, is_mapped=True)
        if name == "Optional":
            return replace(self.of(parts[0], module, depth + 1), nullable=True)
        if name == "Union":
            sides = [one for one in parts if not _is_none(one)]
            found = self.of(sides[0], module, depth + 1) if len(sides) == 1 else Promise(node, module=module)
            return replace(found, nullable=len(sides) < len(parts))
        if name == "Annotated":
            found = self.of(parts[0], module, depth + 1)
            calls = [one for one in parts[1:] if isinstance(one, ir.Call)]
            column = next((one for one in calls if self._callee(one.func, module) in COLUMNS), None)
            return replace(found, column=column, module=module) if column is not None else found
        return Promise(node, module=module)


def _parsed(text: str, node: ir.Node) -> ir.Expr:
    """Return the annotation that a text holds, as far as relationships need it: `list[Name]`, `Name | None`."""
    start, end = node.start, node.end
    left, bar, right = text.rpartition("|")
    right = right.strip()
    if bar:
        return ir.Binary(start, end, "|", _parsed(left, node), _parsed(right, node))
    found = _GENERIC.fullmatch(right)
    if found is not None:
        return ir.Subscript(start, end, _parsed(found[1], node), _parsed(found[2], node))
    if right in _NONE:
        return ir.Constant(start, end, None)
    head, *names = right.split(".")
    name: ir.Expr = ir.Name(start, end, head)
    for one in names:
        name = ir.Attribute(start, end, name, one)
    return name


def _is_none(node: ir.Expr) -> bool:
    return (isinstance(node, ir.Constant) and node.value is None) or dotted(node) in _NONE
