"""The fields of serializers: those that a class declares, and those that its `Meta` names."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

import msgspec

from archlint.ir import nodes as ir
from archlint.project.project import Project
from archlint.project.routes.django.class_order import ClassReader
from archlint.project.routes.django.frames import Frame, Given, class_statements
from archlint.project.routes.django.reader import Reader
from archlint.project.routes.route import Mention
from archlint.project.serializers.meta import ALL, MetaReader
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import argument, keyword
from archlint.project.values import External, ProjectClass

_LIBRARY = "rest_framework"
_KEYS = frozenset({"HyperlinkedIdentityField", "HyperlinkedRelatedField", "PrimaryKeyRelatedField"})
"""Fields that take the key of an own foreign key, which is there without a query."""
_NESTING = "BaseSerializer"
_SERIALIZERS = frozenset({_NESTING, "HyperlinkedModelSerializer", "ModelSerializer", "Serializer"})


class Reading(str, Enum):
    """What a field does with what it finds."""

    KEY = "key"
    VALUE = "value"
    TEXT = "text"
    METHOD = "method"
    NESTED = "nested"


class Field(msgspec.Struct, frozen=True):
    """A field that is written out: the path that it reads from the row, () for the row itself, and where it stands.

    `owner` is the serializer; `nested` is the one of the rows that the path leads to, `method` the one that is run.
    """

    owner: ClassDefinition
    name: str
    source: tuple[str, ...]
    mention: Mention
    reading: Reading
    many: bool = False
    nested: ClassDefinition | None = None
    method: FunctionDefinition | None = None


class SerializerFields:
    """Reads serializers; each class once."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.reader = Reader(project)
        self.classes = ClassReader(self.reader)
        self._meta = MetaReader(self.reader, self.classes)
        self._known: dict[ClassDefinition, tuple[Field, ...]] = {}

    def is_serializer(self, definition: ClassDefinition) -> bool:
        """Return whether a class derives from a serializer of the library."""
        return any(_last(one) in _SERIALIZERS for one in self.classes.library_bases(definition))

    def changes(self, definition: ClassDefinition) -> bool:
        """Return whether a class, or a base of it, decides while it runs which fields there are."""
        names = ("__init__", "fields", "get_field_names", "get_fields", "_readable_fields")
        functions = (one for name in names for one in self.classes.functions(definition, name))
        return any(one.row.name != "__init__" or "fields" in one.unit.attributes for one in functions)

    def of(self, definition: ClassDefinition) -> tuple[Field, ...]:
        """Return the fields of a serializer that are written out."""
        if definition not in self._known:
            self._known[definition] = tuple(self._found(definition))
        return self._known[definition]

    def columns(self, definition: ClassDefinition) -> dict[str, Mention]:
        """Return the columns that a serializer writes out because it takes all fields of its model."""
        own = {*self._declared(definition), *self._meta.written_only(definition)}
        return {name: place for name, place in self._meta.columns(definition).items() if name not in own}

    def _found(self, definition: ClassDefinition) -> Iterator[Field]:
        declared = self._declared(definition)
        named = self._meta.named(definition)
        silent = self._meta.written_only(definition)
        for name, given in declared.items():
            is_listed = named is None or ALL in named or name in named
            if is_listed and name not in silent:
                found = self._field(definition, name, given)
                yield from (found,) if found is not None else ()
        for name, mention in self._meta.fields(definition).items():
            if name not in declared and name not in silent:
                reading = Reading.VALUE if self._meta.has_depth(definition) else Reading.KEY
                yield Field(definition, name, self._meta.source(definition, name), mention, reading)

    def _declared(self, definition: ClassDefinition) -> dict[str, Given]:
        """Return what the bodies of a class and of its bases declare, by name."""
        found: dict[str, Given] = {}
        for base in reversed(self.classes.order(definition)):
            if isinstance(base, str):
                continue
            for statement, frame in class_statements(self._project, base):
                if not isinstance(statement, ir.Assign) or statement.value is None:
                    continue
                for target in statement.targets:
                    if isinstance(target, ir.Name):
                        found[target.id] = Given(statement.value, frame)
        return found

    def _field(self, owner: ClassDefinition, name: str, given: Given) -> Field | None:
        node, frame = given.node, given.frame
        if not isinstance(node, ir.Call) or _is_true(keyword(node, "write_only")):
            return None
        callee = self.reader.value(node.func, frame)
        many = _is_true(keyword(node, "many"))
        source = self._source(node, name, frame)
        if source is None:
            return None
        if isinstance(callee, ProjectClass):
            return self._of_class(Field(owner, name, source, given.mention, Reading.VALUE, many), callee.definition)
        kind = _last(callee.name) if isinstance(callee, External) else ""
        if not kind or not isinstance(callee, External) or callee.name.partition(".")[0] != _LIBRARY:
            return None
        if kind == "SerializerMethodField":
            named = argument(node, 0, "method_name")
            method = self.reader.text(named, frame) if named is not None else f"get_{name}"
            return self._method(Field(owner, name, (), given.mention, Reading.METHOD), method)
        return self._of_library(Field(owner, name, source, given.mention, Reading.VALUE, many), kind)

    @staticmethod
    def _of_library(field: Field, kind: str) -> Field | None:
        if kind == "HiddenField" or not field.source:
            return None
        if kind in _KEYS:
            return _as(field, Reading.KEY)
        return _as(field, Reading.TEXT if kind == "StringRelatedField" else Reading.VALUE)

    def _of_class(self, field: Field, definition: ClassDefinition) -> Field | None:
        """Return a field of a class of the project: a serializer in a serializer, or a field of its own."""
        if self.is_serializer(definition):
            return Field(field.owner, field.name, field.source, field.mention, Reading.NESTED, field.many, definition)
        bases = [one for one in self.classes.library_bases(definition) if one.startswith(f"{_LIBRARY}.")]
        if not bases or not field.source or self.classes.functions(definition, "get_attribute"):
            return None
        return _as(field, Reading.KEY if any(_last(one) in _KEYS for one in bases) else Reading.VALUE)

    def _method(self, field: Field, name: str | None) -> Field | None:
        found = self.classes.method(field.owner, name) if name else None
        if not isinstance(found, FunctionDefinition):
            return None
        return Field(field.owner, field.name, (), field.mention, Reading.METHOD, method=found)

    def _source(self, node: ir.Call, name: str, frame: Frame) -> tuple[str, ...] | None:
        """Return the path that a field reads, None where it is not known."""
        given = keyword(node, "source")
        if given is None:
            return (name,)
        text = self.reader.text(given, frame)
        return None if text is None else () if text == "*" else tuple(text.split("."))


def _as(field: Field, reading: Reading) -> Field:
    return Field(field.owner, field.name, field.source, field.mention, reading, field.many)


def _is_true(node: ir.Expr | None) -> bool:
    return isinstance(node, ir.Constant) and node.value is True


def _last(name: str) -> str:
    return name.rpartition(".")[2]
