"""`Table(...)` objects of SQLAlchemy, and what `__table_args__` declares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

import msgspec
from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.schema.model import Constraint, Field, Index, Place, Table
from archlint.project.schema.names import Names
from archlint.project.schema.sqlalchemy_columns import Columns
from archlint.project.schema.sqlalchemy_indexes import named_columns, read_index
from archlint.project.symbols import ClassDefinition, Module, Variable
from archlint.project.tree import expressions_in, same_text
from archlint.source import Role

_TABLE = "Table"
_INDEX = "Index"
_IMPERATIVE = frozenset({"map_imperatively", "mapper"})
_FIRST_COLUMN = 2


class Arguments(msgspec.Struct, frozen=True):
    """The indexes and constraints among the arguments of a table, and the columns of its key that they name.

    `is_whole` tells that all arguments could be read.
    """

    indexes: tuple[Index, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    primary_key: tuple[str, ...] = ()
    is_whole: bool = True


class Mapped(msgspec.Struct, frozen=True):
    """A class that a call maps to a table, with the attributes that it gets beside the columns."""

    table: str
    properties: Mapping[str, ir.Expr]
    place: Place


class TableCatalogue:
    """Finds the tables that calls of `Table` make, and the classes that calls map to them."""

    def __init__(self, names: Names, columns: Columns) -> None:
        self._names = names
        self._columns = columns

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """Return the tables in the order of the files; of several with one name the first."""
        found: dict[str, Table] = {}
        for module in self._names.project.modules:
            if module.role in (Role.PRODUCTION, Role.SETTINGS):
                for place, call in self._calls(module, lambda name: name == _TABLE):
                    table = self.of_call(call, place)
                    if table is not None:
                        found.setdefault(table.name, table)
        return tuple(found.values())

    @cached_property
    def imperative(self) -> Mapping[ClassDefinition, Mapped]:
        """Return the classes that `map_imperatively` maps."""
        found: dict[ClassDefinition, Mapped] = {}
        for module in self._names.project.modules:
            if module.role in (Role.PRODUCTION, Role.SETTINGS):
                for place, call in self._calls(module, _IMPERATIVE.__contains__):
                    definition = self._names.resolved(call.args[0], module) if len(call.args) > 1 else ""
                    if isinstance(definition, ClassDefinition):
                        found[definition] = self._mapped(call, place)
        return found

    def _mapped(self, call: ir.Call, place: Place) -> Mapped:
        given = next((word.value for word in call.keywords if word.name == "properties"), None)
        properties: dict[str, ir.Expr] = {}
        if isinstance(given, ir.Mapping):
            pairs = zip(given.keys, given.values, strict=True)
            properties = {key.value: value for key, value in pairs if isinstance(key, ir.Text)}
        return Mapped(self.named(call.args[1], place.module), properties, place)

    def named(self, node: ir.Expr | None, module: Module) -> str:
        """Return the name of the table that an expression stands for: a `Table`, a variable of one, or its name."""
        if isinstance(node, ir.Lambda):
            node = node.body
        if isinstance(node, ir.Call):
            return self._names.text(node.args[0], module) or "" if node.args else ""
        if isinstance(node, ir.Attribute) and node.name in ("__table__", "__tablename__"):
            owner = self._names.resolved(node.value, module)
            if isinstance(owner, ClassDefinition):
                variable = owner.module.variables.get(f"{owner.row.name}.__tablename__")
                value = self._names.value_of(variable) if variable is not None else None
                return self._names.text(value, owner.module) or ""
        found = self._names.resolved(node, module) if isinstance(node, ir.Name | ir.Attribute) else ""
        if isinstance(found, Variable):
            return self.named(self._names.value_of(found), found.module)
        return (self._names.text(node, module) or "").rpartition(".")[2]

    def _calls(self, module: Module, is_wanted: Callable[[str], bool]) -> Iterator[tuple[Place, ir.Call]]:
        """Yield the calls of wanted callables in statements, those of functions included."""
        for unit in module.facts.units:
            if any(is_wanted(name.rpartition(".")[2]) for name in unit.calls):
                for statement in _flat(self._names.project.body(unit)):
                    value = statement.value if isinstance(statement, ir.Assign | ir.Evaluate) else None
                    for node in expressions_in(value) if value is not None else ():
                        if isinstance(node, ir.Call) and is_wanted(dotted(node.func).rpartition(".")[2]):
                            yield Place(module, unit, node), node

    def of_call(self, call: ir.Call, place: Place) -> Table | None:
        """Return the table that a call of `Table` makes, or None where its name is not written."""
        module = place.module
        name = self._names.text(call.args[0], module) if len(call.args) >= _FIRST_COLUMN else None
        if name is None or self._columns.callee(call.func, module) != _TABLE:
            return None
        columns = []
        for one in call.args[_FIRST_COLUMN:]:
            made, where = self._columns.made(one, module)
            if made is not None and self._columns.callee(made.func, where) == "Column":
                column = self._columns.column("", made, where, name)
                columns.append(replace(column, name=column.column, place=Place(module, place.unit, one)))
        rest = self.arguments(call.args[_FIRST_COLUMN:], place, {})
        keyed = tuple(with_key(one, rest.primary_key) for one in columns)
        indexes = (*rest.indexes, *self.loose(name, {}))
        return Table(
            name, keyed, indexes, rest.constraints, place=place, orm="sqlalchemy", is_whole=self._is_whole(call, place)
        )

    def loose(self, table: str, columns: Mapping[str, str]) -> tuple[Index, ...]:
        """Return the indexes of a table that stand outside of its arguments; `columns` maps attributes to columns."""
        return tuple(read_index(self._names, call, place, columns) for call, place in self._loose.get(table, ()))

    @cached_property
    def _loose(self) -> Mapping[str, tuple[tuple[ir.Call, Place], ...]]:
        found: dict[str, tuple[tuple[ir.Call, Place], ...]] = {}
        for module in self._names.project.modules:
            for unit in module.facts.units if module.role in (Role.PRODUCTION, Role.SETTINGS) else ():
                if any(name.rpartition(".")[2] == _INDEX for name in unit.calls):
                    body = self._names.project.body(unit)
                    call = body.value if isinstance(body, ir.Assign | ir.Evaluate) else None
                    if isinstance(call, ir.Call) and self._columns.callee(call.func, module) == _INDEX:
                        table = self._table_of(call, module, unit.owner)
                        found[table] = (*found.get(table, ()), (call, Place(module, unit, call)))
        return found

    def _table_of(self, call: ir.Call, module: Module, owner: str) -> str:
        """Return the table of an index: that of the class around it, or of the first column that it names."""
        if owner in module.classes:
            return self._columns.table_of(module.classes[owner])
        named = (one for node in call.args[1:] for one in expressions_in(node) if isinstance(one, ir.Attribute))
        paths = (self._columns.attribute_path(one, module) for one in named)
        return next((path for path in paths if path), "").rpartition(".")[0]

    def _is_whole(self, call: ir.Call, place: Place) -> bool:
        """Return whether all columns are written here: none is read from the database, or added by something else."""
        if any(word.name in (None, "autoload", "autoload_with") for word in call.keywords):
            return False
        made = [self._columns.made(one, place.module) for one in call.args[_FIRST_COLUMN:]]
        return all(one is not None and self._columns.callee(one.func, where) for one, where in made)

    def arguments(self, nodes: Iterable[ir.Expr], place: Place, columns: Mapping[str, str]) -> Arguments:
        """Return the indexes and constraints among arguments; `columns` maps attributes to columns."""
        indexes: list[Index] = []
        constraints: list[Constraint] = []
        key: tuple[str, ...] = ()
        for node in nodes:
            kind = self._columns.callee(node.func, place.module) if isinstance(node, ir.Call) else ""
            if not isinstance(node, ir.Call) or not kind:
                continue
            here = Place(place.module, place.unit, node)
            if kind == "PrimaryKeyConstraint":
                key = named_columns(self._names, node.args, here, columns)
            elif kind == "Index" and node.args:
                indexes.append(read_index(self._names, node, here, columns))
            else:
                constraint = self._constraint(kind, node, here, columns)
                constraints += [constraint] if constraint is not None else []
        return Arguments(tuple(indexes), tuple(constraints), key)

    def _constraint(self, kind: str, node: ir.Call, here: Place, columns: Mapping[str, str]) -> Constraint | None:
        name = next((self._names.text(word.value, here.module) for word in node.keywords if word.name == "name"), "")
        if kind == "UniqueConstraint":
            names = named_columns(self._names, node.args, here, columns)
            told = [f"{word.name}={same_text(word.value)}" for word in node.keywords if word.name != "name"]
            return Constraint("unique", names, name or "", place=here, variant=", ".join(told))
        if kind == "ForeignKeyConstraint" and len(node.args) > 1:
            names = self._names.texts(node.args[0], here.module)
            targets = self._names.texts(node.args[1], here.module)
            return Constraint("foreign_key", names, name or "", ", ".join(targets), place=here)
        found = {"CheckConstraint": "check", "ExcludeConstraint": "exclusion"}.get(kind)
        return Constraint(found, (), name or "", place=here) if found is not None else None


def joined(parts: Iterable[Arguments]) -> Arguments:
    """Return what several groups of arguments declare together."""
    found = Arguments()
    for one in parts:
        found = Arguments(
            (*found.indexes, *one.indexes),
            (*found.constraints, *one.constraints),
            (*found.primary_key, *one.primary_key),
            found.is_whole and one.is_whole,
        )
    return found


def parts_of(node: ir.Expr | None) -> tuple[ir.Expr, ...]:
    """Return what a sum, or a display that takes in another one, is put together of."""
    if isinstance(node, ir.Binary) and node.op == "+":
        return node.left, node.right
    items = node.items if isinstance(node, ir.Collection) else ()
    is_mixed = any(isinstance(one, ir.Starred) for one in items)
    return tuple(one.value if isinstance(one, ir.Starred) else one for one in items) if is_mixed else ()


def with_key(column: Field, key: Iterable[str]) -> Field:
    """Return a column that a constraint may make a part of the key."""
    return replace(column, primary_key=True, nullable=False) if column.column in key else column


def _flat(statement: ir.Stmt) -> Iterator[ir.Stmt]:
    """Yield a statement and those directly in a function or class."""
    yield statement
    if isinstance(statement, ir.Function | ir.Class):
        yield from statement.body
