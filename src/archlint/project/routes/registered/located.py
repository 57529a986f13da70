"""Where an expression of a route stands: its scope, and the call that the function around it serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec
from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.knowledge.rows import RouteCollector
from archlint.project.inference.scopes import Scope
from archlint.project.routes.route import Mention
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.values import Value


class Located(msgspec.Struct, frozen=True, eq=False):
    """An expression, its scope, and the frame of the function around it."""

    node: ir.Expr
    scope: Scope
    frame: Frame | None = None

    def at(self, node: ir.Expr) -> Located:
        """Return another expression of the same place."""
        return replace(self, node=node)

    @property
    def mention(self) -> Mention:
        """Return the region of the expression in its file."""
        return mention_of(self.node, self.scope)


@dataclass(frozen=True, slots=True)
class Router:
    """An application, router or blueprint, known by the call that makes it.

    The key is the file and the offset of that call, and the frame of the function around it:
    a factory that is called twice makes two.
    """

    key: tuple[str, int, str]
    row: RouteCollector = field(compare=False)
    made: Located = field(compare=False)
    definition: ClassDefinition | None = field(default=None, compare=False)


class Frame(msgspec.Struct, frozen=True, eq=False):
    """One call of a function: what its parameters (or the variables of a loop around it) stand for.

    `label` tells the calls of one function apart, `turn` the turns of the loops in it.
    """

    function: FunctionDefinition | None
    label: str
    names: Mapping[str, Value]
    arguments: Mapping[str, Located]
    turn: str = ""


def home_of(function: FunctionDefinition) -> Scope:
    """Return the scope in which the head of a function stands."""
    return Scope(function.module, function.unit.start, function.owner)


def mention_of(node: ir.Node, scope: Scope) -> Mention:
    """Return the region of a node that stands in a scope."""
    return Mention(scope.module, scope.offset + node.start, scope.offset + node.end)
