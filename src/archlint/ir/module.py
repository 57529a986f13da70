"""The facts of one Python file: declarations, and one row a unit with its body, which is read when it is asked for."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum, IntFlag
from itertools import accumulate
from operator import sub

import msgspec

from archlint.ir.bodies import FileBodies, OpenBlocks, StoredBody, without_head
from archlint.ir.nodes import Expr, Function, Keyword, Name, Parameter, Stmt
from archlint.ir.packing import pack, read_head, read_json


class Flag(IntFlag):
    """What a unit contains, so that checks can skip it unread."""

    NONE = 0
    LOOP = 1
    """A loop, a comprehension, or a call that may call a function for each element (`map(f, rows)`, `key=f`)."""
    ASYNC = 2
    """An `async def`."""
    SQL = 4
    """A string that starts like an SQL statement."""
    SECRET = 8
    """A string of which a rule about secrets may have something to say."""
    TRY = 16
    FUNCTION = 32
    """The unit is a function or a method."""
    SLICE = 64
    """A subscript with a slice."""
    PROVEN = 128
    """A string with a token whose own checksum holds: all that counts as a secret in a test."""


class Unit(msgspec.Struct, frozen=True, gc=False):
    """An outermost function or method, or one statement of a module or of an outermost class's body.

    `start` and `end` are code point offsets in the file, from the first decorator on.
    `owner` is the dotted name of the class around it (`""` at module level), `name` the function's,
    or the name that an assignment binds, or `""`.
    `calls` are the callees of the unit as dotted names, resolved through the imports of the file: `requests.get`,
    `self.session.get`, `?.save` where the receiver is not a chain of names. `attributes` are all attribute names.
    `body` is the statement as it was lowered, or the place where it is stored; see `decode_body`.
    """

    start: int
    end: int
    line: int
    owner: str
    name: str
    flags: int
    calls: tuple[str, ...]
    attributes: tuple[str, ...]
    body: Stmt | StoredBody


class ImportedName(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A name that an import binds anywhere in the file, and the absolute dotted name it stands for.

    `start` is the offset of the import in the file; `in_function` marks an import inside a function.
    A star import binds `*`. `module` is what `import a.b` runs, where it binds only `a`, else "".
    """

    bound: str
    target: str
    start: int
    in_function: bool = False
    module: str = ""


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


class Binds(IntEnum):
    """What a statement does to a name."""

    ASSIGN = 0
    """It gives the name a value, under a condition or beside other names."""
    CHANGE = 1
    """It adds to the value: `name += …`."""
    DELETE = 2
    TYPE = 3
    """It is a `type` statement."""
    GLOBAL = 4
    """It is a function that may assign the name: `global name`."""


class BoundName(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a unit does to a name of the module or of a class, where the name of the unit does not say it.

    `owner` is the dotted name of the class around the binding, `unit` the index of the unit.
    """

    name: str
    owner: str
    unit: int
    binds: Binds = Binds.ASSIGN


class ModuleFacts(msgspec.Struct, frozen=True, gc=False):
    """What one file declares. `name` is the dotted module name; `is_package` marks an `__init__`."""

    path: str
    name: str
    is_package: bool
    imports: tuple[ImportedName, ...]
    classes: tuple[ClassRow, ...]
    functions: tuple[FunctionRow, ...]
    units: tuple[Unit, ...]
    bindings: tuple[BoundName, ...] = ()


class _StoredFunction(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A row of a function as it is stored; with the name None, name, owner and place are those of the unit."""

    name: str | None
    owner: str
    start: int
    end: int
    is_async: bool
    decorators: tuple[Expr, ...]
    parameters: tuple[Parameter, ...]
    returns: Expr | None
    unit: int


class _Declarations(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """All facts of a file but the bodies, the fields of units in columns.

    `name` is a number where it is the path without so many folders in front. Starts of imports and lines are stored
    as distances from the one before, starts of units as distances from the end before, ends as lengths;
    an owner is None where it is that of the unit before. `modules` are those of imports that have one, by their index.
    """

    path: str
    name: str | int
    is_package: bool
    bound: tuple[str, ...]
    targets: tuple[str, ...]
    in_function: tuple[bool, ...]
    import_starts: tuple[int, ...]
    classes: tuple[ClassRow, ...]
    functions: tuple[_StoredFunction, ...]
    gaps: tuple[int, ...]
    lengths: tuple[int, ...]
    lines: tuple[int, ...]
    owners: tuple[str | None, ...]
    names: tuple[str, ...]
    flags: tuple[int, ...]
    calls: tuple[tuple[str, ...], ...]
    attributes: tuple[tuple[str, ...], ...]
    bindings: tuple[BoundName, ...] = ()
    modules: tuple[tuple[int, str], ...] = ()


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(_Declarations)
_POSITION = re.compile(rb'("(?:[^"\\]|\\.)*")|\[(\d+),\d+,\d+')
_DIGEST_BYTES = 16


def decode_body(body: Stmt | StoredBody) -> Stmt:
    """Return the statement of a unit; raises `msgspec.DecodeError` on bytes of another shape.

    What is stored is decoded anew each time, so that it can be released.
    """
    return body.statement() if isinstance(body, StoredBody) else body


def encode_facts(facts: ModuleFacts) -> bytes:
    """Return the facts of a file as bytes; raises `TooManyFactsError` where they could not be read again."""
    return pack(*texts_of(facts))


def texts_of(facts: ModuleFacts) -> tuple[bytes, list[bytes]]:
    """Return the facts of a file as JSON: what it declares, and the body of each unit."""
    bodies = [decode_body(unit.body) for unit in facts.units]
    functions = []
    for row in facts.functions:
        body = bodies[row.unit]
        if isinstance(body, Function) and _is_head(row, facts.units[row.unit], body):
            bodies[row.unit] = without_head(body)
            functions.append(_StoredFunction(None, "", 0, 0, *_signature(row), row.unit))
        else:
            functions.append(_StoredFunction(row.name, row.owner, row.start, row.end, *_signature(row), row.unit))
    return _ENCODER.encode(_declarations(facts, functions)), [_ENCODER.encode(body) for body in bodies]


def decode_facts(data: bytes, opened: OpenBlocks | None = None) -> ModuleFacts:
    """Return facts from bytes, bodies unread; raises `msgspec.DecodeError` on bytes of another shape.

    `opened` is shared by the files of a project, so that few of them are inflated at a time, and names are kept once.
    """
    stored = read_json(_DECODER, read_head(data))
    heads: dict[int, FunctionRow] = {}
    opened = OpenBlocks() if opened is None else opened
    units = _units(stored, FileBodies(data, heads, opened), opened.shared)
    functions = []
    for one in stored.functions:
        if not 0 <= one.unit < len(units):
            raise msgspec.ValidationError("a function without a unit")
        unit = units[one.unit]
        place = (
            (unit.name, unit.owner, unit.start, unit.end)
            if one.name is None
            else (opened.shared(one.name), opened.shared(one.owner), one.start, one.end)
        )
        parameters = tuple([_with_shared_names(parameter, opened.shared) for parameter in one.parameters])
        row = FunctionRow(*place, one.is_async, one.decorators, parameters, one.returns, one.unit)
        functions.append(row)
        if one.name is None:
            heads[one.unit] = row
    starts = accumulate(stored.import_starts)
    bound, targets = map(opened.shared, stored.bound), map(opened.shared, stored.targets)
    modules = dict(stored.modules)
    of_each = [modules.get(index, "") for index in range(len(stored.bound))]
    imports = tuple(map(ImportedName, bound, targets, starts, stored.in_function, of_each))
    name = stored.name if isinstance(stored.name, str) else _name_of(stored.path, stored.name)
    return ModuleFacts(
        stored.path, name, stored.is_package, imports, stored.classes, tuple(functions), units, stored.bindings
    )


def declarations_digest(facts: ModuleFacts) -> bytes:
    """Return a digest of what a file declares to others; where it stands in the file does not count, nor do bodies."""
    declared = (
        facts.name,
        facts.is_package,
        [(row.bound, row.target, row.in_function) for row in facts.imports],
        [(row.name, row.bases, row.keywords, row.decorators) for row in facts.classes],
        [(row.name, row.owner, *_signature(row)) for row in facts.functions],
        [(unit.owner, unit.name, bool(unit.flags & Flag.FUNCTION)) for unit in facts.units],
        facts.bindings,
    )
    text = _POSITION.sub(lambda found: found[1] or b"[" + found[2], _ENCODER.encode(declared))
    return hashlib.blake2b(text, digest_size=_DIGEST_BYTES).digest()


def body_digest(unit: Unit) -> bytes:
    """Return a digest of a unit's statement with its places in the unit; where the unit stands does not count.

    That of a stored unit is another one than that of the same unit before it was stored.
    """
    text = unit.body.text() if isinstance(unit.body, StoredBody) else _ENCODER.encode(unit.body)
    return hashlib.blake2b(text, digest_size=_DIGEST_BYTES).digest()


def file_digest(facts: ModuleFacts) -> bytes:
    """Return a digest of all facts of a file; it changes with each change of the file."""
    body = facts.units[0].body if facts.units else None
    if isinstance(body, StoredBody):
        return hashlib.blake2b(body.bodies.data, digest_size=_DIGEST_BYTES).digest()
    units = [b"%d %b" % (unit.start, body_digest(unit)) for unit in facts.units]
    return hashlib.blake2b(b"".join([declarations_digest(facts), *units]), digest_size=_DIGEST_BYTES).digest()


def _signature(row: FunctionRow) -> tuple[bool, tuple[Expr, ...], tuple[Parameter, ...], Expr | None]:
    return row.is_async, row.decorators, row.parameters, row.returns


def _is_head(row: FunctionRow, unit: Unit, body: Function) -> bool:
    """Return whether a row says of the function that is its unit what unit and body say."""
    return (
        (row.name, row.owner, row.start, row.end) == (unit.name, unit.owner, unit.start, unit.end)
        and row.name == body.name
        and _signature(row) == (row.is_async, body.decorators, body.parameters, body.returns)
    )


def _declarations(facts: ModuleFacts, functions: Iterable[_StoredFunction]) -> _Declarations:
    """Return the fields of rows in columns."""
    imports, units = facts.imports, facts.units
    starts, ends = [unit.start for unit in units], [unit.end for unit in units]
    lines, owners = [unit.line for unit in units], [unit.owner for unit in units]
    return _Declarations(
        facts.path,
        _shortened(facts.path, facts.name),
        facts.is_package,
        tuple(row.bound for row in imports),
        tuple(row.target for row in imports),
        tuple(row.in_function for row in imports),
        _distances([row.start for row in imports]),
        facts.classes,
        tuple(functions),
        tuple(map(sub, starts, [0, *ends])),
        tuple(map(sub, ends, starts)),
        _distances(lines),
        tuple(None if owner == before else owner for owner, before in zip(owners, ["", *owners], strict=False)),
        tuple(unit.name for unit in units),
        tuple(unit.flags for unit in units),
        tuple(unit.calls for unit in units),
        tuple(unit.attributes for unit in units),
        facts.bindings,
        tuple((index, row.module) for index, row in enumerate(imports) if row.module),
    )


def _distances(numbers: Sequence[int]) -> tuple[int, ...]:
    return tuple(map(sub, numbers, [0, *numbers]))


def _units(stored: _Declarations, bodies: FileBodies, shared: Callable[[str], str]) -> tuple[Unit, ...]:
    columns = zip(
        stored.gaps,
        stored.lengths,
        accumulate(stored.lines),
        stored.owners,
        stored.names,
        stored.flags,
        stored.calls,
        stored.attributes,
        strict=False,
    )
    units = []
    end, last = 0, ""
    for index, (gap, length, line, owner, name, flags, calls, attributes) in enumerate(columns):
        start, last = end + gap, last if owner is None else owner
        end = start + length
        called, read = tuple(map(shared, calls)), tuple(map(shared, attributes))
        units.append(Unit(start, end, line, last, shared(name), flags, called, read, StoredBody(bodies, index)))
    return tuple(units)


def _with_shared_names(parameter: Parameter, shared: Callable[[str], str]) -> Parameter:
    """Return a parameter whose texts are kept once, its annotation's too where that is a name."""
    annotation = parameter.annotation
    if isinstance(annotation, Name):
        annotation = Name(annotation.start, annotation.end, shared(annotation.id))
    name, kind = shared(parameter.name), shared(parameter.kind)
    return Parameter(parameter.start, parameter.end, name, kind, annotation, parameter.default)


def _shortened(path: str, name: str) -> str | int:
    """Return how many folders in front of a path its module's name leaves out, or the name where it is another."""
    parts = _module_parts(path)
    count = len(parts) - len(name.split(".")) if name else len(parts)
    return count if count >= 0 and ".".join(parts[count:]) == name else name


def _name_of(path: str, count: int) -> str:
    return ".".join(_module_parts(path)[max(count, 0) :])


def _module_parts(path: str) -> list[str]:
    return path.rpartition(".")[0].removesuffix("/__init__").split("/")
