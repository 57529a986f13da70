"""Answers as bytes that mean the same in the next run: definitions by name, places by unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any

import msgspec

from archlint.diagnostic import Confidence
from archlint.ir import nodes as ir
from archlint.knowledge.tables import Place
from archlint.project import values
from archlint.project.effects import effect
from archlint.project.questions.memo import Key
from archlint.project.questions.naming import shape_of
from archlint.project.symbols import ClassDefinition, FunctionDefinition, Module, Variable

if TYPE_CHECKING:
    from archlint.project.project import Project

_TYPES: Mapping[str, type[Any]] = {
    one.__name__: one
    for one in (
        values.Unknown, values.Nothing, values.External, values.ProjectModule, values.ProjectClass,
        values.ProjectFunction, values.Creation, values.Instance, values.Super, values.Bound, values.Symbol,
        values.Query, values.Items, values.Parts, values.Method, values.Literal, values.Choice,
        effect.Effect, effect.Step, effect.Target, effect.Reached, effect.Used, effect.Use, effect.Edge, effect.Handed,
        effect.Body, effect.Summary, effect.Turns, values.Condition,
    )
}  # fmt: skip
_SHAPES: Mapping[type[Any], tuple[tuple[str, object], ...]] = {kind: shape_of(kind) for kind in _TYPES.values()}
"""The fields of each kind of value with their defaults."""
_ENUMS: Mapping[str, type[Enum]] = {
    one.__name__: one for one in (values.Stage, effect.EffectKind, effect.Action, Place, Confidence)
}
OF_UNITS = frozenset({"attributes", "source"})
"""Kinds of inputs that are about a unit, by its start in the file of its module."""
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder()
_NODES = msgspec.msgpack.Decoder(ir.Expr)


class UnknownNameError(LookupError):
    """What a name stood for in an earlier run is gone."""


class Codec:
    """Turns answers of one project into bytes and back; the bytes fit any later project."""

    def __init__(self, project: Project) -> None:
        self._modules = {module.path: module for module in project.modules}
        self._nested = project.nested_functions
        self._starts: dict[Module, dict[int, list[Any]]] = {}
        self._places: dict[Module, dict[tuple[Any, ...], int]] = {}

    def encode(self, value: object) -> bytes:
        """Return a value as bytes; equal values give equal bytes."""
        return _ENCODER.encode(self._plain(value))

    def decode(self, data: bytes) -> Any:
        """Return the value that some bytes stand for; raises `UnknownNameError` where a definition is gone."""
        return self._value(_DECODER.decode(data))

    def encode_key(self, key: Key) -> bytes:
        """Return a question or an input as bytes."""
        if key[0] in OF_UNITS:
            kind, module, start = key
            return _ENCODER.encode(["unit", kind, module.path, self._place(module, start)])  # type: ignore[attr-defined, arg-type]
        return self.encode(key)

    def decode_key(self, data: bytes) -> Key:
        """Return the question or input of some bytes; raises `UnknownNameError` where what it is about is gone."""
        return self.key(_DECODER.decode(data))

    def key(self, plain: Any) -> Key:
        """Return the question or input that decoded bytes stand for; raises `UnknownNameError`."""
        if plain[0] == "unit":
            _, kind, path, place = plain
            return kind, self.module(path), self._offset(path, place)
        key: Key = self._value(plain)
        return key

    def _plain(self, value: object) -> object:
        write = _WRITERS.get(type(value))
        return self._record(value) if write is None else write(self, value)

    def _record(self, value: object) -> object:
        """Return a struct as its name and the fields that differ from their defaults; an enum by its value."""
        kind = type(value)
        if isinstance(value, Enum):
            return ["e", kind.__name__, value.value]
        if isinstance(value, ir.Node):
            return ["n", _ENCODER.encode(value)]
        row: list[object] = [kind.__name__]
        for index, (name, default) in enumerate(_SHAPES[kind]):
            part = getattr(value, name)
            if part is not default and part != default:
                row += [index, self._plain(part)]
        return row

    def _step(self, value: effect.Step) -> object:
        return ["Step", value.module.path, self._place(value.module, value.offset), value.start, value.end]

    def _creation(self, value: values.Creation) -> object:
        place = self._place(value.module, value.offset)
        return ["Creation", value.module.path, place, _ENCODER.encode(value.call)]

    def _value(self, plain: Any) -> Any:
        if not isinstance(plain, list):
            return plain
        read = _READERS.get(plain[0])
        if read is not None:
            return read(self, plain)
        kind = _TYPES[plain[0]]
        shape = _SHAPES[kind]
        pairs = zip(plain[1::2], plain[2::2], strict=True)
        return kind(**{shape[index][0]: self._value(part) for index, part in pairs})

    def module(self, path: str) -> Module:
        """Return the module of a path; raises `UnknownNameError` where there is none."""
        try:
            return self._modules[path]
        except KeyError:
            raise UnknownNameError(path) from None

    def class_named(self, path: str, name: str) -> ClassDefinition:
        """Return a class; raises `UnknownNameError` where there is none."""
        found = self.module(path).classes.get(name)
        if found is None:
            raise UnknownNameError(name)
        return found

    def function(self, path: str, name: str) -> FunctionDefinition:
        """Return a function or a nested one; raises `UnknownNameError` where there is none."""
        module = self.module(path)
        parts = name.split(".")
        for size in range(len(parts), 0, -1):
            found = module.functions.get(".".join(parts[:size]))
            if found is not None:
                for inner in parts[size:]:
                    found = self._nested(found).get(inner)
                    if found is None:
                        raise UnknownNameError(name)
                return found
        raise UnknownNameError(name)

    def variable(self, path: str, owner: str, name: str) -> Variable:
        """Return a variable; raises `UnknownNameError` where there is none."""
        found = self.module(path).variables.get(f"{owner}.{name}".lstrip("."))
        if found is None:
            raise UnknownNameError(name)
        return found

    def _place(self, module: Module, offset: int) -> list[Any]:
        """Return what names the unit or class that starts at an offset."""
        if module not in self._starts:
            self._number(module)
        return self._starts[module][offset]

    def _offset(self, path: str, place: list[Any]) -> int:
        module = self.module(path)
        if module not in self._places:
            self._number(module)
        try:
            return self._places[module][tuple(place)]
        except KeyError:
            raise UnknownNameError(path) from None

    def _number(self, module: Module) -> None:
        seen: dict[tuple[str, str], int] = {}
        starts: dict[int, list[Any]] = {}
        for row in module.facts.classes:
            starts[row.start] = ["", row.name, -1]
        for unit in module.facts.units:
            name = (unit.owner, unit.name)
            seen[name] = seen.get(name, -1) + 1
            starts[unit.start] = [*name, seen[name]]
        self._starts[module] = starts
        self._places[module] = {tuple(place): start for start, place in starts.items()}


def _as_it_is(_: Codec, value: object) -> object:
    return value


_WRITERS: Mapping[type[Any], Callable[[Codec, Any], object]] = {
    str: _as_it_is,
    bytes: _as_it_is,
    int: _as_it_is,
    float: _as_it_is,
    bool: _as_it_is,
    type(None): _as_it_is,
    tuple: lambda codec, value: ["t", *[codec._plain(one) for one in value]],  # noqa: SLF001 - of its own class
    frozenset: lambda _, value: ["s", *sorted(value)],
    Module: lambda _, value: ["m", value.path],
    ClassDefinition: lambda _, value: ["c", value.module.path, value.row.name],
    FunctionDefinition: lambda _, value: ["f", value.module.path, value.local_name],
    Variable: lambda _, value: ["v", value.module.path, value.owner, value.name],
    effect.Step: lambda codec, value: codec._step(value),  # noqa: SLF001 - of its own class
    values.Creation: lambda codec, value: codec._creation(value),  # noqa: SLF001 - of its own class
}
_READERS: Mapping[str, Callable[[Codec, list[Any]], Any]] = {
    "e": lambda _, row: _ENUMS[row[1]](row[2]),
    "t": lambda codec, row: tuple([codec._value(one) for one in row[1:]]),  # noqa: SLF001 - of its own class
    "s": lambda _, row: frozenset(row[1:]),
    "m": lambda codec, row: codec.module(row[1]),
    "c": lambda codec, row: codec.class_named(row[1], row[2]),
    "f": lambda codec, row: codec.function(row[1], row[2]),
    "v": lambda codec, row: codec.variable(row[1], row[2], row[3]),
    "n": lambda _, row: _NODES.decode(row[1]),
    "Step": lambda codec, row: effect.Step(codec.module(row[1]), codec._offset(row[1], row[2]), row[3], row[4]),  # noqa: SLF001
    "Creation": lambda codec, row: values.Creation(
        codec.module(row[1]),
        codec._offset(row[1], row[2]),  # noqa: SLF001
        _NODES.decode(row[3]),
    ),
}
