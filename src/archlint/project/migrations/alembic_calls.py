"""What the operations of Alembic do: `op.add_column(…)`, and the same of a batch, where the table is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import takewhile

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.migration import Column, Operation, OperationKind
from archlint.ir.render import render
from archlint.project.migrations.columns import column_of, default_of, type_of
from archlint.project.migrations.reading import Arguments, Reader, Surroundings
from archlint.project.tree import called_name, keyword
from archlint.syntax.sql_checks import proven_in

PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "add_column": ("table_name", "column"),
    "alter_column": ("table_name", "column_name"),
    "bulk_insert": ("table",),
    "create_check_constraint": ("constraint_name", "table_name", "condition"),
    "create_exclude_constraint": ("constraint_name", "table_name"),
    "create_foreign_key": ("constraint_name", "source_table", "referent_table", "local_cols", "remote_cols"),
    "create_index": ("index_name", "table_name", "columns"),
    "create_primary_key": ("constraint_name", "table_name", "columns"),
    "create_table": ("table_name",),
    "create_unique_constraint": ("constraint_name", "table_name", "columns"),
    "drop_column": ("table_name", "column_name"),
    "drop_constraint": ("constraint_name", "table_name"),
    "drop_index": ("index_name", "table_name"),
    "drop_table": ("table_name",),
    "rename_table": ("table_name", "new_table_name"),
}
_BESIDE_COLUMNS = {
    "CheckConstraint": OperationKind.ADD_CHECK, "ExcludeConstraint": OperationKind.ADD_EXCLUSION,
    "ForeignKeyConstraint": OperationKind.ADD_FOREIGN_KEY, "Index": OperationKind.ADD_INDEX,
    "PrimaryKeyConstraint": OperationKind.ADD_PRIMARY_KEY, "UniqueConstraint": OperationKind.ADD_UNIQUE,
}  # fmt: skip
_OF_DIALECTS = ("mssql_", "mysql_", "postgresql_", "sqlite_")
_OF_BUILDING = frozenset({"postgresql_concurrently", "postgresql_not_valid", "postgresql_with"})
"""Words that say how an index is built, not what it is."""
ADDING = "add_column"
"""What an operation does that is unknown, as its column cannot be read."""
_OF_BATCH = frozenset({"table_name", "source_table"})
Read = Callable[[Arguments], Iterator[Operation]]


def operations(name: str, call: ir.Call, here: Surroundings, reader: Reader, table: str | None) -> Iterator[Operation]:
    """Yield what a call of an operation does, with offsets in the file; `table` is that of the batch, None outside."""
    names = PARAMETERS[name]
    if table is not None:
        names = tuple(one for one in names if one not in _OF_BATCH)
    given = Arguments(call, names, here, reader)
    named = table if table is not None else given.text("source_table" if "source_table" in names else "table_name")
    schema = given.text("schema")
    full = f"{schema}.{named}" if schema and named and table is None else named
    place = (here.offset + call.start, here.offset + call.end)
    for one in _READERS[name](given):
        yield msgspec.structs.replace(one, start=place[0], end=place[1], table=full)


def _add_column(given: Arguments) -> Iterator[Operation]:
    node = given.node("column")
    column = column_of(node, given.here, given.reader) if node is not None else None
    if column is None or not column.name:
        yield msgspec.structs.replace(_unknown(), what=ADDING)
        return
    kind = OperationKind.ADD_COLUMN
    yield Operation(kind, 0, 0, columns=(column.name,), definitions=(column,), references=column.references)


def _alter_column(given: Arguments) -> Iterator[Operation]:
    name = given.text("column_name")
    columns = (name,) if name else ()
    if keyword(given.call, "type_") is not None:
        column = Column(name, type_of(given.node("type_")))
        before = type_of(given.node("existing_type"))
        yield Operation(OperationKind.CHANGE_TYPE, 0, 0, columns=columns, definitions=(column,), before=before)
    yield from _nullability(given, columns)
    default = keyword(given.call, "server_default")
    if default is not None:
        is_dropped = isinstance(default, ir.Constant) and default.value in (None, False)
        kind = OperationKind.DROP_DEFAULT if is_dropped else OperationKind.SET_DEFAULT
        column = Column(name, default=default_of(default, given.here, given.reader))
        yield Operation(kind, 0, 0, columns=columns, definitions=(column,))
    if keyword(given.call, "new_column_name") is not None:
        yield Operation(OperationKind.RENAME_COLUMN, 0, 0, columns=columns, name=given.text("new_column_name"))


def _nullability(given: Arguments, columns: tuple[str, ...]) -> Iterator[Operation]:
    if keyword(given.call, "nullable") is None:
        return
    wanted, existing = given.flag("nullable"), given.flag("existing_nullable")
    is_same = keyword(given.call, "existing_nullable") is not None and wanted == existing
    if wanted is None or is_same:
        return
    kind = OperationKind.DROP_NOT_NULL if wanted else OperationKind.SET_NOT_NULL
    yield Operation(kind, 0, 0, columns=columns)


def _create_table(given: Arguments) -> Iterator[Operation]:
    parts = list(given.rest(1))
    found = [(one, there, column_of(one, there, given.reader)) for one, there in parts]
    columns = tuple(column for _, _, column in found if column is not None and column.name)
    constraints = [_of_table(one, there, given) for one, there, column in found if column is None]
    is_open = len(columns) + len(constraints) < len(parts) or None in constraints or given.is_open
    yield Operation(OperationKind.CREATE_TABLE, 0, 0, definitions=_keyed(columns, constraints), is_open=is_open)
    yield from (one for one in constraints if one is not None)


def _of_table(node: ir.Expr, here: Surroundings, given: Arguments) -> Operation | None:
    """Return a constraint or an index that stands among the columns of a table, None for what is not known."""
    kind = _BESIDE_COLUMNS.get(called_name(node)) if isinstance(node, ir.Call) else None
    if kind is None or not isinstance(node, ir.Call):
        return None
    inner = Arguments(node, (), here, given.reader)
    is_listed = kind is OperationKind.ADD_FOREIGN_KEY
    first = 1 if kind is OperationKind.ADD_INDEX else 0
    named = given.reader.texts(node.args[0], here) if is_listed and node.args else ()
    columns = [given.reader.text(one, there) for one, there in inner.rest(first)] if not is_listed else []
    targets = given.reader.texts(node.args[1], here) if is_listed and len(node.args) > 1 else ()
    is_check = kind is OperationKind.ADD_CHECK
    return Operation(
        kind,
        0,
        0,
        "",
        () if is_check else named or tuple(takewhile(bool, columns)),
        given.reader.text(node.args[0], here) if first and node.args else inner.text("name"),
        references=targets[0].rpartition(".")[0] if targets else "",
        is_unique=kind in {OperationKind.ADD_UNIQUE, OperationKind.ADD_PRIMARY_KEY} or bool(inner.flag("unique")),
        variant=_variant(node, is_plain=all(columns)) if kind is OperationKind.ADD_INDEX else "",
    )


def _keyed(columns: tuple[Column, ...], constraints: list[Operation | None]) -> tuple[Column, ...]:
    """Return the columns of a table, those of its key told as such."""
    found = [one for one in constraints if one is not None and one.kind is OperationKind.ADD_PRIMARY_KEY]
    keys = {name for one in found for name in one.columns}
    replace = msgspec.structs.replace
    return tuple(replace(one, is_primary=True, nullable=False) if one.name in keys else one for one in columns)


def _variant(call: ir.Call, *, is_plain: bool) -> str:
    """Return what tells an index from a B-tree over columns: the words of the dialects, and expressions."""
    words = [one for one in call.keywords if one.name is None or one.name.startswith(_OF_DIALECTS)]
    told = [f"{one.name}={render(one.value)}" for one in words if one.name not in _OF_BUILDING]
    return " ".join([*sorted(told), *(() if is_plain else ("expressions",))])


def _create_index(given: Arguments) -> Iterator[Operation]:
    concurrently = given.flag("postgresql_concurrently")
    if concurrently is None:
        yield _unknown()
        return
    listed = [given.reader.text(one, there) for one, there in given.reader.items(given.node("columns"), given.here)]
    columns = tuple(takewhile(bool, listed))
    yield Operation(
        OperationKind.ADD_INDEX,
        0,
        0,
        "",
        columns,
        given.text("index_name"),
        concurrently=concurrently,
        is_unique=bool(given.flag("unique")),
        variant=_variant(given.call, is_plain=len(columns) == len(listed)),
    )


def _drop_index(given: Arguments) -> Iterator[Operation]:
    concurrently = given.flag("postgresql_concurrently")
    kind = OperationKind.DROP_INDEX if concurrently is not None else OperationKind.UNKNOWN
    yield Operation(kind, 0, 0, name=given.text("index_name"), concurrently=bool(concurrently))


def _constraint(kind: OperationKind, columns: str) -> Read:
    def read(given: Arguments) -> Iterator[Operation]:
        name = given.text("constraint_name")
        not_valid = given.flag("postgresql_not_valid")
        if not_valid is None:
            yield _unknown()
            return
        yield Operation(
            kind,
            0,
            0,
            "",
            given.texts(columns),
            name,
            references=given.text("referent_table"),
            not_valid=not_valid,
            using_index=keyword(given.call, "postgresql_using_index") is not None,
            is_unique=kind in {OperationKind.ADD_UNIQUE, OperationKind.ADD_PRIMARY_KEY},
        )

    return read


def _check(given: Arguments) -> Iterator[Operation]:
    condition = given.text("condition")
    proof = proven_in(condition) if condition else ""
    for one in _constraint(OperationKind.ADD_CHECK, "columns")(given):
        yield msgspec.structs.replace(one, columns=(proof,) if proof else (), proves_not_null=bool(proof))


def _drop_column(given: Arguments) -> Iterator[Operation]:
    name = given.text("column_name")
    yield Operation(OperationKind.DROP_COLUMN, 0, 0, columns=(name,) if name else ())


def _drop_constraint(given: Arguments) -> Iterator[Operation]:
    yield Operation(OperationKind.DROP_CONSTRAINT, 0, 0, name=given.text("constraint_name"))


def _drop_table(_given: Arguments) -> Iterator[Operation]:
    yield Operation(OperationKind.DROP_TABLE, 0, 0)


def _rename_table(given: Arguments) -> Iterator[Operation]:
    yield Operation(OperationKind.RENAME_TABLE, 0, 0, name=given.text("new_table_name"))


def _bulk_insert(_given: Arguments) -> Iterator[Operation]:
    yield Operation(OperationKind.INSERT_ROWS, 0, 0)


def _unknown() -> Operation:
    return Operation(OperationKind.UNKNOWN, 0, 0)


_READERS: Mapping[str, Read] = {
    "add_column": _add_column,
    "alter_column": _alter_column,
    "bulk_insert": _bulk_insert,
    "create_check_constraint": _check,
    "create_exclude_constraint": _constraint(OperationKind.ADD_EXCLUSION, "columns"),
    "create_foreign_key": _constraint(OperationKind.ADD_FOREIGN_KEY, "local_cols"),
    "create_index": _create_index,
    "create_primary_key": _constraint(OperationKind.ADD_PRIMARY_KEY, "columns"),
    "create_table": _create_table,
    "create_unique_constraint": _constraint(OperationKind.ADD_UNIQUE, "columns"),
    "drop_column": _drop_column,
    "drop_constraint": _drop_constraint,
    "drop_index": _drop_index,
    "drop_table": _drop_table,
    "rename_table": _rename_table,
}
