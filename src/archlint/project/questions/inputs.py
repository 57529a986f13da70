"""What answers are read from: bodies, what names stand for, what the whole project has of a kind; each with a digest.

An answer of an earlier run still holds if the digests of all that it was read from are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from archlint.ir.module import Unit, body_digest
from archlint.project.questions.encoding import Codec
from archlint.project.questions.files import digest
from archlint.project.questions.memo import Key
from archlint.project.symbols import ClassDefinition, Definition, FunctionDefinition, Module, Variable

if TYPE_CHECKING:
    from archlint.project.project import Project

_encode = msgspec.msgpack.Encoder().encode


OF_BODIES = frozenset({"dialect", "sends"})
"""Kinds of inputs that are gathered from the bodies of functions anywhere."""


class Inputs:
    """Answers what the digest of an input is in the present state of the project."""

    def __init__(self, project: Project, codec: Codec) -> None:
        self._project = project
        self._codec = codec
        self._digests: dict[Key, bytes] = {}
        self._units: dict[Module, dict[int, Unit]] = {}
        self._classes: dict[ClassDefinition, bytes] = {}
        self._by_kind: dict[str, Callable[..., bytes]] = {
            "declares": self._declares,
            "imports": self._imports,
            "source": lambda module, start: body_digest(self._unit(module, start)),
            "attributes": self._attributes,
            "methods": lambda name: self._encoded(tuple(project.effects.callees.methods_named(name))),
            "overrides": lambda found, name: self._encoded(tuple(project.effects.callees.overrides(found, name))),
            "implementers": lambda promised: self._encoded(project.effects.callees.implementers(promised)),
            "columns": self._columns,
            "model": lambda app, name: self._encoded(project.model_named(app, name)),
            "relation": self._relation,
            "rows": lambda name: self._encoded(project.schema.rows_named(name)),
            "user": lambda: self._encoded(project.schema.user),
            "module": self._whole,
            "sends": lambda function: self._encoded(tuple(sorted(project.sql.sink_parameters(function)))),
            "dialect": self._dialect,
        }

    def is_input(self, key: Key) -> bool:
        """Return whether a key is about an input, and no question."""
        return key[0] in self._by_kind

    def digest(self, key: Key) -> bytes:
        """Return the digest of an input."""
        if key not in self._digests:
            self._digests[key] = digest(self._by_kind[str(key[0])](*key[1:]))
        return self._digests[key]

    def _encoded(self, value: object) -> bytes:
        return self._codec.encode(value)

    def _declares(self, module: Module, name: str) -> bytes:
        symbols = self._project.symbols
        found = symbols.member(module, name.split("."))
        return self._found(found) or symbols.qualified(module, name).encode("utf-8", "replace")

    def _imports(self, module: Module, target: str) -> bytes:
        symbols = self._project.symbols
        return self._found(symbols.find(target, module)) or symbols.origin(module, target).encode("utf-8", "replace")

    def _found(self, found: Definition | None) -> bytes:
        if found is None:
            return b""
        named = self._encoded(found)
        if isinstance(found, ClassDefinition):
            return named + self._class(found)
        return named + (_row(found) if isinstance(found, FunctionDefinition) else _variable(found))

    def _class(self, definition: ClassDefinition) -> bytes:
        """Return the digest of what a class and those above it declare."""
        known = self._classes.get(definition)
        if known is None:
            above = self._project.symbols.ancestors(definition)
            parts = [one.encode() if isinstance(one, str) else self._own(one) for one in above]
            known = self._classes[definition] = digest(b"\0".join(parts))
        return known

    def _own(self, definition: ClassDefinition) -> bytes:
        row, module = definition.row, definition.module
        header = [_encode(one) for one in (*row.bases, *row.decorators)]
        header += [_encode(one) for one in row.keywords]
        names = [f"{unit.name}:{unit.flags}" for unit in (module.facts.units[index] for index in row.units)]
        prefix = f"{row.name}."
        methods = [_row(one) for name, one in module.functions.items() if name.startswith(prefix)]
        nested = [name for name in module.classes if name.startswith(prefix)]
        return b"\0".join([self._encoded(definition), *header, *map(str.encode, (*names, *nested)), *methods])

    def _attributes(self, module: Module, start: int) -> bytes:
        """Return which of the attributes that a unit reads are properties, relations or methods somewhere."""
        effects, unit = self._project.effects, self._unit(module, start)
        names = frozenset(unit.attributes)
        found = (
            names & effects.callees.property_names,
            names & effects.relation_names,
            names & effects.telling_names,
            names & effects.column_names,
        )
        return self._encoded(tuple(frozenset(one) for one in found))

    def _dialect(self) -> bytes:
        told = sorted(self._project.told_dialects.items())
        return self._encoded((self._project.sql.dialect, tuple(told)))

    def _relation(self, definition: ClassDefinition, name: str) -> bytes:
        found = self._project.schema.relation(definition, name)
        return b"" if found is None else self._encoded((found.target, found.many, found.lazy, found.through))

    def _columns(self, definition: ClassDefinition) -> bytes:
        model = self._project.schema.model(definition)
        fields = model.fields if model is not None else ()
        return self._encoded(tuple((one.name, one.primary_key, one.references, one.is_deferred) for one in fields))

    def _unit(self, module: Module, start: int) -> Unit:
        if module not in self._units:
            self._units[module] = {unit.start: unit for unit in module.facts.units}
        return self._units[module][start]

    def _whole(self, module: Module) -> bytes:
        return b"".join(body_digest(unit) for unit in module.facts.units)


def _row(found: FunctionDefinition) -> bytes:
    row = found.row
    return digest(_encode((row.name, row.owner, row.is_async, row.decorators, row.parameters, row.returns)))


def _variable(found: Variable | Module) -> bytes:
    return b"" if isinstance(found, Module) else str(len(found.units)).encode()
