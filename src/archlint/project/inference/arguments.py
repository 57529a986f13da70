"""What a call is given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from archlint.ir import nodes as ir
from archlint.project.inference.scopes import Scope
from archlint.project.symbols import FunctionDefinition
from archlint.project.values import UNKNOWN, Creation, Value

if TYPE_CHECKING:
    from archlint.project.inference.inference import Inference


class Arguments(msgspec.Struct, frozen=True):
    """The arguments of a call, evaluated when they are asked for; of a call that only a symbol stands for, none."""

    inference: Inference
    node: ir.Call | None = None
    scope: Scope | None = None

    @property
    def creation(self) -> Creation | None:
        """Return the call as what made an instance."""
        return Creation(self.scope.module, self.scope.offset, self.node) if self.node and self.scope else None

    @property
    def nodes(self) -> tuple[ir.Expr, ...]:
        """Return the positional arguments as they are written."""
        return self.node.args if self.node is not None else ()

    def word(self, name: str) -> ir.Expr | None:
        """Return the argument with a keyword as it is written."""
        words = self.node.keywords if self.node is not None else ()
        return next((word.value for word in words if word.name == name), None)

    def value(self, position: int, name: str = "") -> Value:
        """Return the value of an argument, by position or by keyword."""
        nodes = self.nodes
        node = nodes[position] if position < len(nodes) else self.word(name) if name else None
        if node is None or self.scope is None or isinstance(node, ir.Starred):
            return UNKNOWN
        return self.inference.value(node, self.scope)

    def all(self) -> Iterator[Value]:
        """Yield the values of the positional arguments."""
        for position in range(len(self.nodes)):
            yield self.value(position)

    def parameter(self, definition: FunctionDefinition, name: str, *, is_bound: bool) -> Value:
        """Return what a parameter of a function of the project is given, its default where nothing is."""
        for position, row in enumerate(definition.row.parameters[1 if is_bound else 0 :]):
            if row.name == name:
                if row.kind in ("star", "starstar"):
                    return UNKNOWN
                found = self.value(position if row.kind != "keyword" else len(self.nodes), name)
                is_default = found == UNKNOWN and row.default is not None and self._is_left_out(position, name)
                return self._default(definition, row.default) if is_default and row.default is not None else found
        return UNKNOWN

    def _is_left_out(self, position: int, name: str) -> bool:
        if self.node is None or any(word.name is None for word in self.node.keywords):
            return False
        if any(isinstance(node, ir.Starred) for node in self.nodes):
            return False
        return position >= len(self.nodes) and self.word(name) is None

    def _default(self, definition: FunctionDefinition, default: ir.Expr) -> Value:
        unit = definition.unit
        return self.inference.value(default, Scope(definition.module, unit.start))
