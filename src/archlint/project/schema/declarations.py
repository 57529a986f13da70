"""The fields that class bodies declare by calls: `name = models.CharField(max_length=20)`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.knowledge.orm_rows import FieldClass, LibraryField, LibraryModel, OrmVerbs, RelationField
from archlint.project.schema.model import Place
from archlint.project.schema.names import Names
from archlint.project.symbols import ClassDefinition, FunctionDefinition, Module

_FIELD_ENDS = ("Field", "Key")
_NO_WORDS: Mapping[str, ir.Expr] = {}


class Declaration(msgspec.Struct, frozen=True):
    """A field of a class body. `kind` is its class by qualified name, `base` the library's class behind it.

    `words` are the keywords of the call, with those that the project's own field class always passes on.
    """

    name: str
    kind: str
    base: str
    owner: ClassDefinition | None = None
    place: Place | None = None
    arguments: tuple[ir.Expr, ...] = ()
    words: Mapping[str, ir.Expr] = msgspec.field(default_factory=dict)
    is_private: bool = False
    """Its class says that it is no field of the table: `contribute_to_class(…, private_only=True)`."""

    def flag(self, name: str) -> bool | None:
        """Return the truth that a keyword is given, or None where it is not given or no literal."""
        value = self.words.get(name)
        return value.value if isinstance(value, ir.Constant) and isinstance(value.value, bool) else None

    @property
    def module(self) -> Module | None:
        """Return the module that the call stands in; None for a field of a library."""
        return self.place.module if self.place is not None else None


class Declarations:
    """Reads the fields of class bodies in the vocabulary of one ORM."""

    def __init__(self, names: Names, verbs: OrmVerbs) -> None:
        self._names = names
        self._verbs = verbs
        self._own: dict[ClassDefinition, tuple[Declaration, ...]] = {}
        self._implied: dict[ClassDefinition, Mapping[str, ir.Expr]] = {}

    @cached_property
    def relations(self) -> Mapping[str, RelationField]:
        """Return the fields that relate models, by all their names."""
        return {name: row for row in self._verbs.relations for name in (row.name, *row.aliases)}

    @cached_property
    def classes(self) -> Mapping[str, FieldClass]:
        """Return the classes of fields, by all their names."""
        return {name: row for row in self._verbs.fields for name in (row.name, *row.aliases)}

    @cached_property
    def library(self) -> Mapping[str, LibraryModel]:
        """Return the models of libraries, by all their names."""
        return {name: row for row in self._verbs.models for name in (row.name, *row.aliases)}

    def type_of(self, one: Declaration) -> str:
        """Return what SQL calls the type of a field's column, "" where it is not known."""
        row = self.classes.get(one.base)
        return row.type if row is not None else ""

    def own(self, definition: ClassDefinition) -> tuple[Declaration, ...]:
        """Return the fields of a class body, in the order of the source; of several with one name the last."""
        if definition not in self._own:
            found: dict[str, Declaration] = {}
            for place, statement in self._names.statements(definition):
                if isinstance(statement, ir.Assign) and isinstance(statement.targets[0], ir.Name):
                    name = statement.targets[0].id
                    found.pop(name, None)
                    one = self._declaration(name, definition, place, statement.value)
                    found |= {name: one} if one is not None else {}
            self._own[definition] = tuple(found.values())
        return self._own[definition]

    def of_library(self, row: LibraryModel) -> tuple[Declaration, ...]:
        """Return the fields that a class of a library declares."""
        return tuple(_library_field(one) for one in row.fields)

    def _declaration(
        self, name: str, owner: ClassDefinition, place: Place, value: ir.Expr | None
    ) -> Declaration | None:
        call, module = self._call(value, place.module)
        if call is None:
            return None
        resolved, preset = self._names.callee(call.func, module)
        private = False
        if isinstance(resolved, ClassDefinition):
            base = self._base(resolved)
            private = bool(base) and self._is_private(resolved)
            implied = self._passed_on(resolved) if base else _NO_WORDS
            kind = resolved.name
        else:
            kind = base = resolved if isinstance(resolved, str) and self._is_field(resolved) else ""
            implied = _NO_WORDS
        words = {**implied, **preset, **self._names.words(call, module, owner)}
        return Declaration(name, kind, base, owner, place, call.args, words, private) if base else None

    def _call(self, value: ir.Expr | None, module: Module) -> tuple[ir.Call | None, Module]:
        """Return the call that makes a field, through a function of the project that returns one."""
        if not isinstance(value, ir.Call):
            return None, module
        function = self._names.resolved(value.func, module)
        if isinstance(function, FunctionDefinition):
            made = self._names.returned(function)
            return (made, function.module) if isinstance(made, ir.Call) else (None, module)
        return value, module

    def _is_field(self, name: str) -> bool:
        if name in self.relations or name in self.classes:
            return True
        head, _, last = name.rpartition(".")
        return bool(head) and last.endswith(_FIELD_ENDS) and ".forms." not in name and ".serializers." not in name

    def _base(self, definition: ClassDefinition) -> str:
        """Return the nearest class of a library, among the ancestors of a field class, that is one of fields."""
        names = [one for one in self._names.line(definition) if isinstance(one, str)]
        known = [one for one in names if one in self.relations or one in self.classes]
        return next(iter(known), "") or next((one for one in names if self._is_field(one)), "")

    def _is_private(self, definition: ClassDefinition) -> bool:
        for one in self._names.classes(definition):
            method = one.module.functions.get(f"{one.row.name}.contribute_to_class")
            node = self._names.project.function_node(method) if method is not None else None
            for statement in node.body if node is not None else ():
                call = statement.value if isinstance(statement, ir.Evaluate) else None
                if isinstance(call, ir.Call) and any(word.name == "private_only" for word in call.keywords):
                    return True
        return False

    def _passed_on(self, definition: ClassDefinition) -> Mapping[str, ir.Expr]:
        """Return the keywords that the `__init__` of the project's own field class sets for all fields."""
        if definition not in self._implied:
            found: dict[str, ir.Expr] = {}
            for one in reversed([one for one in self._names.line(definition) if isinstance(one, ClassDefinition)]):
                init = one.module.functions.get(f"{one.row.name}.__init__")
                node = self._names.project.function_node(init) if init is not None else None
                for statement in node.body if node is not None else ():
                    found.update(_set_words(statement))
            self._implied[definition] = found
        return self._implied[definition]

    def number(self, declaration: Declaration, word: str) -> int | None:
        """Return the number that a keyword is given, in place or by a constant, or None."""
        value = declaration.words.get(word)
        return self._names.number(value, declaration.module)

    def text(self, declaration: Declaration, word: str) -> str | None:
        """Return the text that a keyword is given, or None."""
        value = declaration.words.get(word)
        if declaration.module is None:
            return value.value if isinstance(value, ir.Text) else None
        return self._names.text(value, declaration.module)


def _set_words(statement: ir.Stmt) -> Mapping[str, ir.Expr]:
    """Return what `kwargs["null"] = True`, `kwargs.setdefault("null", True)` or `super().__init__(null=True)` sets."""
    if isinstance(statement, ir.Assign) and isinstance(statement.targets[0], ir.Subscript):
        key = statement.targets[0].index
        return {key.value: statement.value} if isinstance(key, ir.Text) and statement.value is not None else {}
    call = statement.value if isinstance(statement, ir.Evaluate) else None
    if not isinstance(call, ir.Call) or not isinstance(call.func, ir.Attribute):
        return {}
    if call.func.name == "setdefault" and len(call.args) > 1 and isinstance(call.args[0], ir.Text):
        return {call.args[0].value: call.args[1]}
    if call.func.name == "__init__" and dotted(call.func.value) == "?":
        return {word.name: word.value for word in call.keywords if word.name is not None}
    return {}


def _library_field(row: LibraryField) -> Declaration:
    words: dict[str, ir.Expr] = {
        name: ir.Text(0, 0, value) if isinstance(value, str) else ir.Constant(0, 0, value)
        for name, value in row.words.items()
    }
    return Declaration(row.name, row.kind, row.kind, words=words)
