"""Bodies of units that are stored: each is decoded alone, when it is asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from archlint.ir.nodes import Function, Stmt
from archlint.ir.packing import Block, read_json, read_texts

if TYPE_CHECKING:
    from archlint.ir.module import FunctionRow

_OPEN_BYTES = 24 * 1024 * 1024
"""With 8 MB each file of a project of 400,000 lines is inflated four times, with 24 MB none twice."""
_DECODER = msgspec.json.Decoder(Stmt)
_ENCODER = msgspec.json.Encoder()


@dataclass(slots=True)
class OpenBlocks:
    """What the files of a project share: those that were read last, inflated, and the names in all of them.

    As many files are open as fit into `most` bytes; the last one always does.
    """

    most: int = _OPEN_BYTES
    _blocks: dict[FileBodies, Block] = field(default_factory=dict)
    _size: int = 0
    _names: dict[str, str] = field(default_factory=dict)

    def shared(self, name: str) -> str:
        """Return the one text that stands for all that are equal: half of what files declare are names."""
        return self._names.setdefault(name, name)

    def block(self, bodies: FileBodies) -> Block:
        """Return the inflated bodies of a file."""
        block = self._blocks.pop(bodies, None)
        if block is None:
            block = read_texts(bodies.data)
            self._size += block.size
        self._blocks[bodies] = block
        while self._size > self.most and len(self._blocks) > 1:
            self._size -= self._blocks.pop(next(iter(self._blocks))).size
        return block

    def __len__(self) -> int:
        """Return how many files are open."""
        return len(self._blocks)


class FileBodies(msgspec.Struct, frozen=True, eq=False):
    """The bodies of one file as they are stored.

    `heads` are the rows of functions, by unit: name, parameters, decorators and return type are stored in the row only.
    """

    data: bytes
    heads: Mapping[int, FunctionRow]
    opened: OpenBlocks

    def statement(self, index: int) -> Stmt:
        """Return the statement of a unit; raises `msgspec.DecodeError` on bytes of another shape."""
        statement: Stmt = read_json(_DECODER, self.opened.block(self).text(index))
        head = self.heads.get(index)
        if head is None:
            return statement
        if not isinstance(statement, Function):
            raise msgspec.ValidationError("a head without a function")
        return with_head(statement, head)


_STRING = re.compile(rb'"([^"\\]*(?:\\.[^"\\]*)*)"')
"""A string of JSON."""


class StoredBody(msgspec.Struct, frozen=True, gc=False, eq=False):
    """The place of a unit's body: the bodies of its file, and the index of the unit."""

    bodies: FileBodies
    index: int

    def statement(self) -> Stmt:
        """Return the statement; raises `msgspec.DecodeError` on bytes of another shape."""
        return self.bodies.statement(self.index)

    def text(self) -> bytes:
        """Return the statement as it is stored, with the row of its function; equal bytes are equal statements."""
        head = self.bodies.heads.get(self.index)
        stored = self.bodies.opened.block(self.bodies).text(self.index)
        if head is None:
            return stored
        return stored + _ENCODER.encode((head.name, head.parameters, head.decorators, head.returns))

    def strings(self) -> list[bytes]:
        """Return the strings in the statement as they are stored, with their escapes: names, texts, operators.

        Nothing is decoded for that.
        """
        texts = self.bodies.opened.block(self.bodies).texts
        found = _STRING.findall(texts[self.index]) if self.index < len(texts) else []
        head = self.bodies.heads.get(self.index)
        if head is not None:
            found += _STRING.findall(_ENCODER.encode((head.parameters, head.decorators, head.returns)))
        return found

    def __eq__(self, other: object) -> bool:
        """Return whether both are the same statement, wherever they stand."""
        if isinstance(other, StoredBody):
            return self is other or self.statement() == other.statement()
        return self.statement() == other

    def __hash__(self) -> int:
        """Return the same for all of a place: most units differ in more than their bodies."""
        return self.index


def without_head(function: Function) -> Function:
    """Return a function without what its row says."""
    start, end, body = function.start, function.end, function.body
    return Function(start, end, "", (), (), None, body, function.is_async, function.is_generator)


def with_head(function: Function, row: FunctionRow) -> Function:
    """Return a function with what its row says."""
    return Function(
        function.start,
        function.end,
        row.name,
        row.parameters,
        row.decorators,
        row.returns,
        function.body,
        function.is_async,
        function.is_generator,
    )
