"""Columns of SQLAlchemy and SQLModel, as calls and annotations declare them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import msgspec
from msgspec import structs

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.schema.model import Field, Place
from archlint.project.schema.names import Names
from archlint.project.schema.sqlalchemy_promises import COLUMNS, Promise, Promises
from archlint.project.schema.sqlalchemy_types import Types
from archlint.project.symbols import ClassDefinition, FunctionDefinition, Module, Variable

_ROOTS = ("advanced_alchemy", "flask_sqlalchemy", "sqlalchemy", "sqlmodel")
_AROUND = frozenset({"column_property", "deferred"})
_NO_TYPES = frozenset(
    {
        "CheckConstraint", "Computed", "DefaultClause", "FetchedValue", "ForeignKey", "Identity",
        "PrimaryKeyConstraint", "Sequence", "UniqueConstraint",
    }
)  # fmt: skip
_SIZED = ("BINARY", "CHAR", "STRING", "UNICODE")


class Attribute(msgspec.Struct, frozen=True):
    """What a class body says of a name: a value, an annotation, or the result of a `declared_attr`."""

    name: str
    owner: ClassDefinition
    place: Place
    value: ir.Expr | None
    annotation: ir.Expr | None = None

    @property
    def module(self) -> Module:
        """Return the module of the class."""
        return self.place.module


class Columns:
    """Reads columns."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self.promises = Promises(names, self.callee)
        self.types = Types(names)

    def callee(self, func: ir.Expr, module: Module) -> str:
        """Return the last name of a callable of SQLAlchemy or what builds on it, "" for another callable."""
        found, _ = self._names.callee(func, module)
        if isinstance(found, ClassDefinition):
            ancestors = [one for one in self._names.line(found) if isinstance(one, str)]
            found = next((one for one in ancestors if one.startswith(_ROOTS)), "")
        name = found if isinstance(found, str) else ""
        return name.rpartition(".")[2] if name.startswith(_ROOTS) else ""

    def made(self, node: ir.Expr | None, module: Module) -> tuple[ir.Call | None, Module]:
        """Return the call that gives a value, through a function of the project that returns one."""
        if not isinstance(node, ir.Call):
            return None, module
        function = self._names.resolved(node.func, module)
        if isinstance(function, FunctionDefinition):
            inner = self._names.returned(function)
            return (inner, function.module) if isinstance(inner, ir.Call) else (None, module)
        return node, module

    def of(self, attribute: Attribute, table: str, *, is_sqlmodel: bool) -> Field | None:
        """Return the column that an attribute of a class is, or None."""
        promise = self.promises.of(attribute.annotation, attribute.module)
        call, module = self.made(attribute.value, attribute.module)
        name = self.callee(call.func, module) if call is not None else ""
        deferred = False
        if call is not None and name in _AROUND and call.args:
            deferred = name == "deferred"
            call, module = self.made(call.args[0], module)
            name = self.callee(call.func, module) if call is not None else ""
        if call is not None and name == "Field" and is_sqlmodel:
            return self._sqlmodel(attribute, call, promise, table)
        if call is not None and name in COLUMNS:
            found = self.column(attribute.name, call, module, table, promise)
            is_deferred = deferred or found.is_deferred
            return structs.replace(found, owner=attribute.owner, place=attribute.place, is_deferred=is_deferred)
        if attribute.value is not None and not (is_sqlmodel and call is None):
            return None
        if promise.inner is None or not (promise.is_mapped or is_sqlmodel):
            return None
        return self._promised(attribute, promise, table)

    def column(self, name: str, call: ir.Call, module: Module, table: str, promise: Promise | None = None) -> Field:
        """Return the column that a call of `Column` or `mapped_column` makes."""
        promise = promise or Promise()
        words = {**self._names.callee(call.func, module)[1], **self._names.words(call, module)}
        arguments = list(call.args)
        first = arguments[0] if arguments and isinstance(arguments[0], ir.Text) else None
        given = self._names.text(words.get("name", first), module)
        if arguments and isinstance(arguments[0], ir.Text):
            arguments.pop(0)
        kinds = [one for one in arguments if self._is_type(one, module)]
        kind = words.get("type_", kinds[0] if kinds else None)
        key = _flag(words, "primary_key") is True
        nullable = _flag(words, "nullable")
        default = promise.nullable if promise.inner is not None else not key
        found = Field(
            name,
            given or name,
            self._kind(kind, module) if kind is not None else self._kind(promise.inner, promise.module or module),
            table,
            (default and not key) if nullable is None else nullable,
            _flag(words, "unique") is True,
            _flag(words, "index") is True,
            key,
            bool({"default", "default_factory", "insert_default", "server_default"}.intersection(words)),
            _flag(words, "deferred") is True,
            self._length(kind, module),
            self.referenced([*arguments, *kinds[1:]], module),
        )
        # A key of another table without a type has the type of that, whatever the annotation says.
        kept = "" if kind is None and found.references else self._type(kind, module, promise)
        return self._merged(structs.replace(found, type=kept), promise, words)

    def _merged(self, found: Field, promise: Promise, words: Mapping[str, ir.Expr]) -> Field:
        """Return a column with what the call in its `Annotated` type adds."""
        if promise.column is None or promise.module is None:
            return found
        base = self.column(found.name, promise.column, promise.module, found.table, replace(promise, column=None))
        is_promised = found.kind in ("", self._kind(promise.inner, promise.module))
        return structs.replace(
            found,
            kind=base.kind if is_promised else found.kind,
            type=base.type if is_promised else found.type,
            nullable=found.nullable if "nullable" in words else base.nullable,
            unique=found.unique or base.unique,
            indexed=found.indexed or base.indexed,
            primary_key=found.primary_key or base.primary_key,
            has_default=found.has_default or base.has_default,
            max_length=found.max_length or base.max_length,
            references=found.references or base.references,
        )

    def _promised(self, attribute: Attribute, promise: Promise, table: str) -> Field:
        """Return the column that an annotation alone makes."""
        kind = self._kind(promise.inner, promise.module or attribute.module)
        has_default = attribute.value is not None
        found = Field(
            attribute.name,
            attribute.name,
            kind,
            table,
            promise.nullable,
            has_default=has_default,
            owner=attribute.owner,
            place=attribute.place,
            type=self._type(None, attribute.module, promise),
        )
        return self._merged(found, promise, {})

    def _sqlmodel(self, attribute: Attribute, call: ir.Call, promise: Promise, table: str) -> Field:
        words = self._names.words(call, attribute.module, attribute.owner)
        given, module = self.made(words.get("sa_column"), attribute.module)
        if given is not None:
            found = self.column(attribute.name, given, module, table)
            return structs.replace(found, owner=attribute.owner, place=attribute.place)
        key = _flag(words, "primary_key") is True
        nullable = _flag(words, "nullable")
        return Field(
            attribute.name,
            attribute.name,
            self._kind(words.get("sa_type", promise.inner), attribute.module),
            table,
            (promise.nullable and not key) if nullable is None else nullable,
            _flag(words, "unique") is True,
            _flag(words, "index") is True,
            key,
            bool(call.args) or "default" in words or "default_factory" in words,
            max_length=self._names.number(words.get("max_length"), attribute.module),
            references=self._names.text(words.get("foreign_key"), attribute.module) or "",
            owner=attribute.owner,
            place=attribute.place,
            type=self._type(words.get("sa_type"), attribute.module, promise),
        )

    def referenced(self, arguments: list[ir.Expr], module: Module) -> str:
        """Return the `table.column` of the first `ForeignKey` among the arguments of a column, or ""."""
        for one in arguments:
            if isinstance(one, ir.Call) and dotted(one.func).rpartition(".")[2] == "ForeignKey" and one.args:
                return self._names.text(one.args[0], module) or self.attribute_path(one.args[0], module)
        return ""

    def attribute_path(self, node: ir.Expr, module: Module) -> str:
        """Return `table.column` for `User.id` and `users.c.id`."""
        if not isinstance(node, ir.Attribute):
            return ""
        owner = node.value.value if isinstance(node.value, ir.Attribute) and node.value.name == "c" else node.value
        found = self._names.resolved(owner, module)
        if isinstance(found, Variable):
            value = self._names.value_of(found)
            call = value if isinstance(value, ir.Call) and value.args else None
            is_table = call is not None and self.callee(call.func, found.module) == "Table"
            name = self._names.text(call.args[0], found.module) if call is not None and is_table else None
        elif isinstance(found, ClassDefinition):
            name = self.table_of(found)
        else:
            name = None
        return f"{name}.{node.name}" if name else ""

    def table_of(self, definition: ClassDefinition) -> str:
        """Return the name of the table that a class body itself gives, or ""."""
        variable = definition.module.variables.get(f"{definition.row.name}.__tablename__")
        value = self._names.value_of(variable) if variable is not None else None
        return self._names.text(value, definition.module) or ""

    def _is_type(self, node: ir.Expr, module: Module) -> bool:
        func = node.func if isinstance(node, ir.Call) else node
        if not isinstance(func, ir.Name | ir.Attribute):
            return False
        if dotted(func).rpartition(".")[2] in _NO_TYPES:
            return False
        return self._names.name(func, module) != ""

    def _length(self, kind: ir.Expr | None, module: Module) -> int | None:
        if not isinstance(kind, ir.Call):
            return None
        words = self._names.words(kind, module)
        name = self._names.name(kind.func, module).rpartition(".")[2].upper()
        value = words.get("length", kind.args[0] if kind.args and name.endswith(_SIZED) else None)
        return self._names.number(value, module)

    def _type(self, kind: ir.Expr | None, module: Module, promise: Promise) -> str:
        if kind is not None:
            return self.types.written(kind, module)
        return self.types.promised(promise.inner, promise.module or module)

    def _kind(self, node: ir.Expr | None, module: Module) -> str:
        if node is None:
            return ""
        func = node.func if isinstance(node, ir.Call) else node
        return self._names.name(func, module)


def calls_in(names: Names, node: ir.Expr | None, module: Module) -> Iterator[ir.Call]:
    """Yield the calls in a tuple of arguments."""
    yield from (one for one in names.items(node, module) if isinstance(one, ir.Call))


def _flag(words: Mapping[str, ir.Expr], name: str) -> bool | None:
    value = words.get(name)
    return value.value if isinstance(value, ir.Constant) and isinstance(value.value, bool) else None
