"""The facts of one Python file: declarations, and one row a unit with its encoded body."""

from __future__ import annotations

from enum import IntFlag

import msgspec

from archlint.ir.nodes import Expr, Keyword, Parameter, Stmt

SCHEMA = 2
"""Version of the shape of facts; part of every cache key."""


class Flag(IntFlag):
    """What a unit contains, so that checks can skip it unread."""

    NONE = 0
    LOOP = 1
    """A loop or a comprehension."""
    ASYNC = 2
    """An `async def`."""
    SQL = 4
    """A string that starts like an SQL statement."""
    SECRET = 8
    """A string in a place, or of a form, that may hold a secret."""
    TRY = 16
    FUNCTION = 32
    """The unit is a function or a method."""
    SLICE = 64
    """A subscript with a slice."""


class Unit(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An outermost function or method, or one statement of a module or of an outermost class's body.

    `start` and `end` are code point offsets in the file, from the first decorator on.
    `owner` is the dotted name of the class around it (`""` at module level), `name` the function's,
    or the name that an assignment binds, or `""`.
    `calls` are the callees of the unit as dotted names, resolved through the imports of the file: `requests.get`,
    `self.session.get`, `?.save` where the receiver is not a chain of names. `attributes` are all attribute names.
    `body` is one encoded statement; see `decode_body`.
    """

    start: int
    end: int
    line: int
    owner: str
    name: str
    flags: int
    calls: tuple[str, ...]
    attributes: tuple[str, ...]
    body: bytes


class ImportedName(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A name that an import binds anywhere in the file, and the absolute dotted name it stands for.

    `start` is the offset of the import in the file; `in_function` marks an import inside a function.
    A star import binds `*`.
    """

    bound: str
    target: str
    start: int
    in_function: bool = False


class FunctionRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An outermost function, or a method of a class (nested classes included), with offsets in the file."""

    name: str
    owner: str
    start: int
    end: int
    is_async: bool
    decorators: tuple[Expr, ...]
    parameters: tuple[Parameter, ...]
    returns: Expr | None
    unit: int


class ClassRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A class at module level or nested in one; `name` is dotted below the module.

    The offsets of its header's expressions are relative to its own start.
    """

    name: str
    start: int
    end: int
    bases: tuple[Expr, ...]
    keywords: tuple[Keyword, ...]
    decorators: tuple[Expr, ...]
    units: tuple[int, ...]


class ModuleFacts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What one file declares. `name` is the dotted module name; `is_package` marks an `__init__`."""

    path: str
    name: str
    is_package: bool
    imports: tuple[ImportedName, ...]
    classes: tuple[ClassRow, ...]
    functions: tuple[FunctionRow, ...]
    units: tuple[Unit, ...]


_ENCODER = msgspec.msgpack.Encoder()
_BODY_DECODER = msgspec.msgpack.Decoder(Stmt)
_FACTS_DECODER = msgspec.msgpack.Decoder(ModuleFacts)


def encode_body(statement: Stmt) -> bytes:
    """Return a statement as bytes."""
    return _ENCODER.encode(statement)


def decode_body(body: bytes) -> Stmt:
    """Return the statement of a unit; raises `msgspec.ValidationError` on bytes of another shape."""
    statement: Stmt = _BODY_DECODER.decode(body)
    return statement


def encode_facts(facts: ModuleFacts) -> bytes:
    """Return the facts of a file as bytes."""
    return _ENCODER.encode(facts)


def decode_facts(data: bytes) -> ModuleFacts:
    """Return facts from bytes; raises `msgspec.ValidationError` on bytes of another shape."""
    return _FACTS_DECODER.decode(data)
