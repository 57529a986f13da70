"""Where a text comes from: what a function reads from a request, or what it is given."""

from __future__ import annotations

import msgspec

from archlint.ir import nodes as ir
from archlint.project.sql import Position
from archlint.project.symbols import FunctionDefinition


class Taken(msgspec.Struct, frozen=True):
    """What is taken of an object: the attributes that are read of it, and the keys in place of the values."""

    fields: tuple[str, ...] = ()
    is_keys: bool = False


WHOLE = Taken()


class End(msgspec.Struct, frozen=True, eq=False):
    """A part of a request that a function reads, or one of its parameters.

    `position` is that in the SQL where a text around it tells; `taken` is what becomes text of the parameter.
    """

    function: FunctionDefinition
    node: ir.Expr
    parameter: str = ""
    taken: Taken = WHOLE
    position: Position | None = None

    @property
    def name(self) -> str:
        """Return how a person names what is taken of the parameter: `body.name`; "" where it is none."""
        return ".".join((self.parameter, *self.taken.fields)) if self.parameter else ""
