"""A table on its way through migrations, and what their operations make of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec
from msgspec.structs import replace

from archlint.ir.migration import Column, Default, Operation, OperationKind
from archlint.project.migrations.migration import Migration, Step, Tool
from archlint.project.schema.model import Constraint, Field, Index, Table

_NAMES = {
    "bigserial": "bigint", "double precision": "float", "doubleprecision": "float", "double": "float", "int": "integer",
    "numeric": "decimal", "real": "float", "serial": "integer", "serial4": "integer", "serial8": "bigint",
    "smallserial": "smallint",
}  # fmt: skip
"""What the catalogue calls types of columns that DDL writes otherwise."""
_SIZE = re.compile(r"\([\d, ]+\)")
_PARTIAL = re.compile(r"where\b|\bcondition=")
_ORMS = {Tool.ALEMBIC: "sqlalchemy", Tool.DJANGO: "django", Tool.SCRIPT: ""}
_DEFINING = frozenset(
    {
        OperationKind.ADD_COLUMN,
        OperationKind.ADD_INDEX,
        OperationKind.ADD_UNIQUE,
        OperationKind.REDEFINE_COLUMN,
    }
)
"""What says all of a column where it has its definition: an index of Django gives way to the one of `unique=True`."""
_ADDING = {
    OperationKind.ADD_INDEX: "",
    OperationKind.ADD_PRIMARY_KEY: "",
    OperationKind.ADD_CHECK: "check",
    OperationKind.ADD_EXCLUSION: "exclusion",
    OperationKind.ADD_FOREIGN_KEY: "foreign_key",
    OperationKind.ADD_UNIQUE: "unique",
}


@dataclass(slots=True)
class Draft:
    """A table on its way; columns of a multi-column key are in the order of the key."""

    name: str
    migration: Migration
    place: Step
    is_created: bool = True
    is_whole: bool = True
    columns: dict[str, Field] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    indexes: list[Index] = field(default_factory=list)
    constraints: list[Constraint] = field(default_factory=list)

    def column(self, name: str) -> str:
        """Return the column that a name means: migrations of Django name the field."""
        return name if name in self.columns or f"{name}_id" not in self.columns else f"{name}_id"

    def table(self) -> Table:
        """Return the table as it is now."""
        return Table(
            self.name,
            tuple(self.columns.values()),
            tuple(self.indexes),
            tuple(self.constraints),
            place=self.place,
            orm=_ORMS[self.migration.tool],
            is_whole=self.is_whole and self.is_created,
            key=self.key,
        )


def table_name(name: str) -> str:
    """Return a name without its schema."""
    return name.rpartition(".")[2]


def change(draft: Draft, step: Step) -> None:
    """Do to a table what a step does that is about it."""
    one = step.operation
    names = tuple(draft.column(name) for name in one.columns)
    match one.kind:
        case _ if one.kind in _DEFINING and one.definitions:
            for column in one.definitions:
                add(draft, step, column)
        case OperationKind.DROP_COLUMN:
            _drop_columns(draft, names)
        case OperationKind.RENAME_COLUMN if one.name and names:
            _rename_column(draft, names[0], f"{one.name}_id" if names[0] != one.columns[0] else one.name)
        case OperationKind.DROP_INDEX | OperationKind.RENAME_INDEX:
            change_index(draft, one)
        case OperationKind.RENAME_CONSTRAINT:
            _rename_constraint(draft, one)
        case OperationKind.DROP_CONSTRAINT:
            _drop_constraint(draft, one.name)
        case OperationKind.UNKNOWN if not one.is_unique:
            draft.is_whole = False
        case _ if one.kind in _ADDING:
            _promise(draft, step, names)
        case _:
            _alter(draft, step, names)


def _alter(draft: Draft, step: Step, names: tuple[str, ...]) -> None:
    """Change single columns that are there."""
    definitions = step.operation.definitions
    for name in names:
        match step.kind:
            case OperationKind.CHANGE_TYPE:
                _set(draft, name, type=_type(definitions[0].type if definitions else ""), place=step)
            case OperationKind.SET_DEFAULT | OperationKind.DROP_DEFAULT:
                _set(draft, name, has_default=step.kind is OperationKind.SET_DEFAULT)
            case OperationKind.SET_NOT_NULL | OperationKind.DROP_NOT_NULL:
                _set(draft, name, nullable=step.kind is OperationKind.DROP_NOT_NULL)


def _promise(draft: Draft, step: Step, names: tuple[str, ...]) -> None:
    """Add an index, a key or another constraint; over columns that are not known it leaves doubts."""
    one = step.operation
    if one.kind is OperationKind.ADD_INDEX:
        is_there = bool(one.name) and any(each.name == table_name(one.name) for each in draft.indexes)
        if names and not is_there:  # `IF NOT EXISTS`, or another branch of the migration
            draft.indexes.append(_index(one, names, step))
        return
    if one.is_unique:
        draft.is_whole = draft.is_whole and bool(names)
    if one.kind is OperationKind.ADD_PRIMARY_KEY:
        draft.key = names
        for name in names:
            _set(draft, name, primary_key=True, nullable=False)
        return
    draft.constraints.append(Constraint(_ADDING[one.kind], names, one.name, one.references, place=step))


def _index(one: Operation, names: tuple[str, ...], step: Step) -> Index:
    is_partial = bool(_PARTIAL.search(one.variant))
    return Index(names, table_name(one.name), one.is_unique, is_partial, step, variant=one.variant)


def add(draft: Draft, step: Step, column: Column) -> None:
    """Put a column into a table, with the indexes and constraints that it declares itself, in place of an old one."""
    where = _at(step, column)
    draft.indexes = [each for each in draft.indexes if each.name or each.columns != (column.name,)]
    draft.constraints = [each for each in draft.constraints if each.name or each.columns != (column.name,)]
    draft.columns[column.name] = Field(
        column.name,
        column.name,
        "",
        draft.name,
        bool(column.nullable),
        column.is_unique,
        column.is_indexed,
        column.is_primary,
        column.default is not Default.NONE,
        references="" if column.references == "?" else column.references,
        place=where,
        type=_type(column.type),
    )
    if column.is_indexed and not column.is_unique:
        draft.indexes.append(Index((column.name,), place=where))
    if column.is_unique and not column.is_primary:
        draft.constraints.append(Constraint("unique", (column.name,), place=where))
    if column.references:
        target = draft.columns[column.name].references
        draft.constraints.append(Constraint("foreign_key", (column.name,), references=target, place=where))


def _at(step: Step, column: Column) -> Step:
    """Return the place of a column in the step that defines it."""
    if not column.end:
        return step
    return replace(step, operation=msgspec.structs.replace(step.operation, start=column.start, end=column.end))


def _type(written: str) -> str:
    return _NAMES.get(bare := _SIZE.sub("", written).strip(), bare)


def _set(draft: Draft, name: str, **changes: object) -> None:
    if name in draft.columns:
        draft.columns[name] = replace(draft.columns[name], **changes)


def change_index(draft: Draft, one: Operation) -> None:
    """Take out an index, or give it another name, where the table has it."""
    if one.kind is OperationKind.DROP_INDEX:
        _drop_index(draft, one.name)
    else:
        _rename_index(draft, one)


def _drop_index(draft: Draft, name: str) -> None:
    """Take out an index by its name; of one whose name is not known nobody knows which it is."""
    bare = table_name(name)
    draft.indexes = [one for one in draft.indexes if not bare or bare not in (one.name, _index_name(draft, one))]


def _rename_index(draft: Draft, one: Operation) -> None:
    """Give an index another name; Django names it by its fields where it has none."""
    old, new = table_name(one.before), table_name(one.name)
    columns = tuple(draft.column(name) for name in one.columns)

    def is_meant(each: Index) -> bool:
        return old in (each.name, _index_name(draft, each)) if old else bool(columns) and each.columns == columns

    draft.indexes = [replace(each, name=new) if is_meant(each) else each for each in draft.indexes]
    if old:  # a constraint has the name of its index
        _rename_constraint(draft, one, is_certain=False)


def _index_name(draft: Draft, one: Index) -> str:
    """Return the name that SQLAlchemy gives to the index of a single column, where an index has none."""
    return "" if one.name else f"ix_{table_name(draft.name)}_{'_'.join(one.columns)}"


def _rename_constraint(draft: Draft, one: Operation, *, is_certain: bool = True) -> None:
    """Give a constraint another name; of a key there is none to change, and one that is not known leaves doubts."""
    table = table_name(draft.name)
    old, new = table_name(one.before), table_name(one.name)
    found = [bool(old) and old in (each.name, *_given(table, each)) for each in draft.constraints]
    draft.constraints = [
        replace(each, name=new) if is_it else each for each, is_it in zip(draft.constraints, found, strict=True)
    ]
    if is_certain and not any(found):
        draft.is_whole = False


def _drop_columns(draft: Draft, names: tuple[str, ...]) -> None:
    """Take columns out, and with them all that stands on one of them, as databases do."""
    gone = frozenset(names)
    for name in gone:
        draft.columns.pop(name, None)
    draft.key = () if gone.intersection(draft.key) else draft.key
    draft.indexes = [one for one in draft.indexes if gone.isdisjoint(one.columns)]
    draft.constraints = [one for one in draft.constraints if gone.isdisjoint(one.columns)]


def name_constraints(draft: Draft) -> None:
    """Give constraints without a name the one that PostgreSQL gave them: it stays when table and columns change."""
    table = table_name(draft.name)
    draft.constraints = [
        one if one.name else replace(one, name=next(_given(table, one), "")) for one in draft.constraints
    ]


def _rename_column(draft: Draft, old: str, new: str) -> None:
    name_constraints(draft)

    def named(columns: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(new if one == old else one for one in columns)

    draft.columns = {
        new if name == old else name: replace(each, name=new, column=new) if name == old else each
        for name, each in draft.columns.items()
    }
    draft.key = named(draft.key)
    draft.indexes = [replace(one, columns=named(one.columns)) for one in draft.indexes]
    draft.constraints = [replace(one, columns=named(one.columns)) for one in draft.constraints]


def _drop_constraint(draft: Draft, name: str) -> None:
    """Take a constraint out by its name, or by the one that PostgreSQL gives it; an unknown one leaves doubts."""
    table = table_name(draft.name)
    kept = [one for one in draft.constraints if not name or name not in (one.name, *_given(table, one))]
    is_key = name == f"{table}_pkey"
    draft.is_whole = draft.is_whole and bool(name) and (is_key or len(kept) < len(draft.constraints))
    draft.constraints = kept
    if is_key:
        for one in draft.key:
            _set(draft, one, primary_key=False)
        draft.key = ()


def _given(table: str, one: Constraint) -> Iterator[str]:
    """Yield the names that PostgreSQL gives to a constraint without one."""
    suffix = {"check": "check", "foreign_key": "fkey", "unique": "key"}.get(one.kind, "")
    if not one.name and suffix:
        yield "_".join((table, *one.columns, suffix))
