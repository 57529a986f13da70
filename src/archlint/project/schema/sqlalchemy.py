"""Models of SQLAlchemy in both declarative styles, of Flask-SQLAlchemy and of SQLModel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.ir.module import FunctionRow
from archlint.project.schema.model import Field, Model, Place
from archlint.project.schema.names import Names
from archlint.project.schema.sqlalchemy_columns import Attribute, Columns
from archlint.project.schema.sqlalchemy_tables import Arguments, Mapped, TableCatalogue, joined, parts_of, with_key
from archlint.project.symbols import ClassDefinition

_WORD = re.compile(r"((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))")
_FLASK = ("SQLAlchemy().Model", "flask_sqlalchemy.model.Model", "flask_appbuilder.Model")
_DECLARED = frozenset({"declared_attr", "directive"})
_ARGUMENTS = "__table_args__"
_ITSELF = frozenset({"cls", "self"})
_MAX_DEPTH = 12


class SqlAlchemy:
    """Reads models of SQLAlchemy."""

    orm = "sqlalchemy"

    def __init__(self, names: Names) -> None:
        self.names = names
        self.columns = Columns(names)
        self.catalogue = TableCatalogue(names, self.columns)
        self._models: dict[ClassDefinition, Model] = {}
        self._attributes: dict[ClassDefinition, dict[str, Attribute]] = {}
        self._tables: dict[ClassDefinition, str | None] = {}

    def model(self, definition: ClassDefinition) -> Model:
        """Return what is known of a model."""
        if definition not in self._models:
            self._models[definition] = self._model(definition)
        return self._models[definition]

    def imperative(self, definition: ClassDefinition) -> Model | None:
        """Return what is known of a class that is mapped to a table by a call, or None."""
        mapped = self.catalogue.imperative.get(definition) if self.is_used else None
        if mapped is None:
            return None
        table = next((one for one in self.catalogue.tables if one.name == mapped.table), None)
        return Model(definition, self.orm, mapped.table, fields=table.columns if table is not None else ())

    def mapping(self, definition: ClassDefinition) -> Mapped | None:
        """Return the call that maps a class to a table, or None."""
        return self.catalogue.imperative.get(definition) if self.is_used else None

    @cached_property
    def is_used(self) -> bool:
        """Return whether any file imports SQLAlchemy."""
        return not {"sqlalchemy", "flask_sqlalchemy"}.isdisjoint(self.names.project.imported_roots)

    def is_mapped(self, definition: ClassDefinition) -> bool:
        """Return whether instances of a class are rows: it is neither a mixin nor a base."""
        return self._named(definition) is not None

    def table(self, definition: ClassDefinition) -> str:
        """Return the name of a model's table, "" where it has none or computes its name."""
        return self._named(definition) or ""

    def parent(self, definition: ClassDefinition) -> ClassDefinition | None:
        """Return the nearest model that a model inherits from, or None."""
        return next((one for one in tuple(self.names.classes(definition))[1:] if self.is_mapped(one)), None)

    def attributes(self, definition: ClassDefinition) -> dict[str, Attribute]:
        """Return what the bodies of a class and its ancestors bind, by name, inherited ones first."""
        found: dict[str, Attribute] = {}
        for one in reversed(tuple(self.names.classes(definition))):
            found.update(self.own(one))
        return found

    def own(self, definition: ClassDefinition) -> dict[str, Attribute]:
        """Return what a class body binds, by name: assignments, annotations, results of `declared_attr`."""
        if definition not in self._attributes:
            found: dict[str, Attribute] = {}
            methods = definition.module.methods.get(definition.row.name, ())
            declared = {one.row.name for one in methods if is_declared(one.row)}
            for place, statement in self.names.statements(definition, declared):
                if isinstance(statement, ir.Assign):
                    for target in statement.targets:
                        if isinstance(target, ir.Name):
                            value, annotation = statement.value, statement.annotation
                            found[target.id] = Attribute(target.id, definition, place, value, annotation)
                elif isinstance(statement, ir.Function) and is_declared(statement):
                    returned = [one.value for one in statement.body if isinstance(one, ir.Return)]
                    value = returned[0] if len(returned) == 1 else None
                    found[statement.name] = Attribute(statement.name, definition, place, value, statement.returns)
            self._attributes[definition] = found
        return self._attributes[definition]

    def is_sqlmodel(self, definition: ClassDefinition) -> bool:
        """Return whether a class derives from SQLModel."""
        return any(isinstance(one, str) and one.startswith("sqlmodel.") for one in self.names.line(definition))

    def _named(self, definition: ClassDefinition) -> str | None:
        """Return the name of a model's table, "" where it cannot be read, None where a class is not mapped."""
        if definition not in self._tables:
            self._tables[definition] = None  # an answer for a class that inherits from itself
            self._tables[definition] = self._table_of(definition)
        return self._tables[definition]

    def _table_of(self, definition: ClassDefinition) -> str | None:  # noqa: PLR0911 - one answer a way to be mapped
        own = self.own(definition)
        verbs = self.names.project.orm_of(definition)
        if verbs is None or verbs.name != self.orm or _is_true(own.get("__abstract__")):
            return None
        name = definition.row.name.rpartition(".")[2]
        if self.is_sqlmodel(definition):
            is_table = any(word.name == "table" and _is_literal(word.value) for word in definition.row.keywords)
            return (self._tablename(definition) or name.lower()) if is_table else None
        if "__table__" in own:
            return self.catalogue.named(own["__table__"].value, definition.module)
        if self._is_base(definition):
            return None
        parent = self.parent(definition)
        if parent is not None and not self._has_key(definition, parent):
            return self.table(parent)
        if "__tablename__" in own:
            return self._tablename(definition) or ""
        given = self._tablename(definition)
        if given is not None:
            return given
        is_flask = any(one.endswith(_FLASK) for one in self._library_bases(definition))
        if is_flask and self._has_key(definition, parent):
            return _WORD.sub(r"_\1", name).lower().lstrip("_")
        return self.table(parent) if parent is not None else None

    def _tablename(self, definition: ClassDefinition) -> str | None:
        """Return what `__tablename__` is for a class: "" where it is computed in a way that cannot be read."""
        for one in self.names.classes(definition):
            attribute = self.own(one).get("__tablename__")
            if attribute is not None and attribute.value is not None:
                if one is not definition and self.is_mapped(one):
                    return None
                return self._evaluated(attribute.value, attribute, definition)
        return None

    def _evaluated(self, node: ir.Expr, attribute: Attribute, definition: ClassDefinition) -> str:
        """Return a text that may be made of `cls.__name__`."""
        if isinstance(node, ir.Attribute) and node.name == "__name__":
            return definition.row.name.rpartition(".")[2]
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and not node.args:
            inner = self._evaluated(node.func.value, attribute, definition)
            return inner.lower() if node.func.name == "lower" else ""
        parts = node.parts if isinstance(node, ir.Format) else ()
        if isinstance(node, ir.Binary) and node.op == "+":
            parts = (node.left, node.right)
        texts = [self._evaluated(part, attribute, definition) for part in parts]
        if texts:
            return "".join(texts) if all(texts) else ""
        return self.names.text(node, attribute.module) or ""

    def _is_base(self, definition: ClassDefinition) -> bool:
        """Return whether a class is the base that models derive from: it derives from `DeclarativeBase` itself."""
        if any(name.endswith("as_declarative") for name in self.names.decorators(definition)):
            return True
        knowledge = self.names.project.knowledge
        names = [one for one in self._library_bases(definition, own=True) if not one.endswith(_FLASK)]
        return any(knowledge.orm_of_model(one) is not None for one in names if not one.endswith("()"))

    def _library_bases(self, definition: ClassDefinition, *, own: bool = False) -> Iterator[str]:
        for one in (definition,) if own else self.names.classes(definition):
            for base in one.row.bases:
                found = self.names.resolved(base, one.module)
                if isinstance(found, str):
                    yield found

    def _has_key(self, definition: ClassDefinition, parent: ClassDefinition | None) -> bool:
        above = set(self.names.classes(parent)) if parent is not None else set()
        for one in self.names.classes(definition):
            if one not in above:
                for attribute in self.own(one).values():
                    column = self.columns.of(attribute, "", is_sqlmodel=False)
                    if column is not None and column.primary_key:
                        return True
        return False

    def _model(self, definition: ClassDefinition) -> Model:
        table = self.table(definition)
        parent = self.parent(definition)
        fields = self._fields(definition, table, parent, 0)
        columns = {one.name: one.column for one in fields}
        arguments = self._arguments(definition, columns)
        is_joined = parent is not None and self.table(parent) != table
        return Model(
            definition,
            self.orm,
            table,
            is_abstract=not self.is_mapped(definition),
            parents=(parent,) if parent is not None and is_joined else (),
            fields=tuple(self._typed(with_key(one, arguments.primary_key)) for one in fields),
            indexes=(*arguments.indexes, *(self.catalogue.loose(table, columns) if table else ())),
            constraints=arguments.constraints,
            is_whole=arguments.is_whole,
        )

    def _fields(
        self, definition: ClassDefinition, table: str, parent: ClassDefinition | None, depth: int
    ) -> tuple[Field, ...]:
        found: dict[str, Field] = {}
        above: set[ClassDefinition] = set()
        if parent is not None and depth < _MAX_DEPTH:
            above = set(self.names.classes(parent))
            inherited = self._fields(parent, self.table(parent), self.parent(parent), depth + 1)
            found.update({one.name: one for one in inherited})
        is_sqlmodel = self.is_sqlmodel(definition)
        for one in reversed(tuple(self.names.classes(definition))):
            for name, attribute in self.own(one).items() if one not in above else ():
                found.pop(name, None)
                column = self.columns.of(attribute, table, is_sqlmodel=is_sqlmodel)
                found |= {name: column} if column is not None else {}
        return (*self._of_table(definition, found), *found.values())

    def _typed(self, column: Field) -> Field:
        """Return a column; a foreign key without a type has that of the column it points at."""
        seen: set[str] = set()
        found, references = column, column.references
        while not found.kind and references and references not in seen:
            seen.add(references)
            table, _, name = references.rpartition(".")
            found = self._columns_of(table.rpartition(".")[2]).get(name, column)
            references = found.references if found is not column else ""
        return replace(column, kind=found.kind, type=found.type) if found.kind else column

    def _columns_of(self, table: str) -> dict[str, Field]:
        definition = self._by_table.get(table)
        if definition is None:
            found = next((one.columns for one in self.catalogue.tables if one.name == table), ())
            return {one.column: one for one in found}
        fields = self._fields(definition, table, self.parent(definition), 0)
        return {one.column: one for one in fields if one.table == table}

    @cached_property
    def _by_table(self) -> dict[str, ClassDefinition]:
        mapped = [one for one in self.names.mapped(self.orm) if self.is_mapped(one)]
        return {self.table(one): one for one in reversed(mapped) if self.parent(one) is None}

    def _of_table(self, definition: ClassDefinition, found: dict[str, Field]) -> Iterator[Field]:
        """Yield the columns of `__table__ = Table(...)` that the body does not name."""
        if "__table__" in self.own(definition):
            name = self.table(definition)
            taken = {one.column for one in found.values()}
            for table in self.catalogue.tables:
                if table.name == name:
                    yield from (one for one in table.columns if one.column not in taken)

    def _arguments(self, definition: ClassDefinition, columns: dict[str, str]) -> Arguments:
        attribute = self.attributes(definition).get(_ARGUMENTS)
        return Arguments() if attribute is None else self._of_arguments(definition, attribute, attribute.value, columns)

    def _of_arguments(
        self, definition: ClassDefinition, attribute: Attribute, node: ir.Expr | None, columns: dict[str, str]
    ) -> Arguments:
        """Return what an expression declares; a base may add to what each model has of its own: `cls._own + (…)`."""
        parts = parts_of(node)
        if parts:
            return joined(self._of_arguments(definition, attribute, one, columns) for one in parts)
        own = node.name if isinstance(node, ir.Attribute) and dotted(node.value) in _ITSELF else ""
        found = self.attributes(definition).get(own) if attribute.name == _ARGUMENTS != own else None
        if found is not None:
            return self._of_arguments(definition, found, found.value, columns)
        is_one = isinstance(node, ir.Call) and bool(self.columns.callee(node.func, attribute.module))
        nodes = (node,) if is_one and node is not None else self.names.items(node, attribute.module)
        if not nodes and not isinstance(node, ir.Mapping | ir.Collection):
            return Arguments(is_whole=False)
        return self.catalogue.arguments(
            nodes, Place(attribute.module, attribute.place.unit, attribute.place.node), columns
        )


def is_declared(function: ir.Function | FunctionRow) -> bool:
    """Return whether a function of a class body is called once for each model, and its result is the attribute."""
    return any(dotted(one).rpartition(".")[2] in _DECLARED for one in function.decorators)


def _is_true(attribute: Attribute | None) -> bool:
    return attribute is not None and _is_literal(attribute.value)


def _is_literal(node: ir.Expr | None) -> bool:
    return isinstance(node, ir.Constant) and node.value is True
