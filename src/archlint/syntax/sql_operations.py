"""What the statements of a text do to a schema, one record an action; what only tokens tell is read from them."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from itertools import takewhile
from typing import TYPE_CHECKING

import msgspec

from archlint.ir.migration import Column, Operation, OperationKind
from archlint.syntax import exp
from archlint.syntax.sql import parse_sql
from archlint.syntax.sql_alterations import altered, constraint
from archlint.syntax.sql_blocks import dropped_in
from archlint.syntax.sql_columns import column_of, known_name, place_of, table_name
from archlint.syntax.sql_commands import commanded, is_short_rename, is_view
from archlint.syntax.sql_holes import is_masked
from archlint.syntax.sql_maintenance import maintained

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from archlint.syntax.sql_statement import ParsedSql, Statement
    from archlint.syntax.sql_text import Region

_TIMEOUTS = {
    "lock_timeout": OperationKind.SET_LOCK_TIMEOUT,
    "statement_timeout": OperationKind.SET_STATEMENT_TIMEOUT,
}
_TRANSACTIONS = {
    "BEGIN": OperationKind.BEGIN, "START": OperationKind.BEGIN, "COMMIT": OperationKind.COMMIT,
    "END": OperationKind.COMMIT, "ROLLBACK": OperationKind.COMMIT,
}  # fmt: skip
_BEHIND_END = frozenset({"AND", "TRANSACTION", "WORK"})
_OPENING = (exp.InheritsProperty, exp.LikeProperty, exp.PartitionedOfProperty, exp.TemporaryProperty)
_TOLD_APART = ("include", "where")


def operations(text: str, dialect: str | None = None, holes: Sequence[Region] = ()) -> tuple[Operation, ...]:
    """Return what a text does to a schema, in order; never raises on what it holds. The offsets count in the text."""
    return operations_of(parse_sql(text, dialect, holes=holes))


def operations_of(parsed: ParsedSql) -> tuple[Operation, ...]:
    """Return what parsed statements do to a schema, in order."""
    found = tuple(one for statement in parsed.statements for one in _of_statement(parsed, statement))
    if not any(_ends_block(statement.words()) for statement in parsed.statements):
        return found
    # Procedures of Oracle and MySQL: whether a BEGIN or COMMIT stands in one of them is not known.
    unknown = OperationKind.UNKNOWN
    return tuple(
        msgspec.structs.replace(one, kind=unknown) if one.kind in _TRANSACTIONS.values() else one for one in found
    )


def _of_statement(parsed: ParsedSql, statement: Statement) -> Iterator[Operation]:
    first = bisect_left(parsed.holes, statement.start, key=lambda one: one[1])
    last = bisect_left(parsed.holes, (statement.end, 0))
    holes = tuple((start - statement.base, end - statement.base) for start, end in parsed.holes[first:last])
    place = (statement.start, statement.end)
    words = statement.words()
    if words[:1] and words[0] in _TRANSACTIONS:
        yield from _controlled(words, place)
        return
    maintenance = maintained(parsed.text[statement.start : statement.end], place, is_whole=not holes)
    if maintenance is not None:
        yield maintenance
        return
    if is_view(words) or (words[:2] == ("ALTER", "TABLE") and is_short_rename(words)):
        yield from commanded(statement, holes)
        return
    tree = statement.tree
    reader = _READERS.get(tree.key) if tree is not None else None
    if tree is None or reader is None:
        yield from commanded(statement, holes)
        yield from _inside(parsed, statement, holes) if words[:1] == ("DO",) else ()
        return
    for one in reader(tree, holes):
        # Where the reader tells no place of its own, it is that of the statement.
        start = one.start + statement.base if one.end else statement.start
        end = one.end + statement.base if one.end else statement.end
        columns = tuple(_moved(column, statement.base) for column in one.definitions)
        yield msgspec.structs.replace(one, start=start, end=end, definitions=columns)


def _controlled(words: tuple[str, ...], place: Region) -> Iterator[Operation]:
    """Yield how a statement begins or ends a transaction; the one behind AND CHAIN begins with the end of the other."""
    is_back_to_savepoint = words[0] == "ROLLBACK" and "TO" in words
    yield Operation(OperationKind.UNKNOWN if is_back_to_savepoint else _TRANSACTIONS[words[0]], *place)
    if words[-2:] == ("AND", "CHAIN"):
        yield Operation(OperationKind.BEGIN, *place)


def _inside(parsed: ParsedSql, statement: Statement, holes: Sequence[Region]) -> Iterator[Operation]:
    """Yield the tables and indexes that a block of a procedural language drops, under whatever condition."""
    text = parsed.text[statement.start : statement.end]
    for start, end in dropped_in(text):
        if not any(first < end and start < last for first, last in holes):
            base = statement.start + start
            for one in operations(text[start:end], parsed.dialect):
                yield msgspec.structs.replace(one, start=base + one.start, end=base + one.end)


def _moved(column: Column, base: int) -> Column:
    return msgspec.structs.replace(column, start=column.start + base, end=column.end + base) if column.end else column


def _ends_block(words: tuple[str, ...]) -> bool:
    """Return whether END closes a block of a procedure, as in `END LOOP` or `END pay_order`, and no transaction."""
    return words[:1] == ("END",) and len(words) > 1 and words[1] not in _BEHIND_END


def _created(tree: exp.Expr, holes: Sequence[Region]) -> Iterator[Operation]:
    kind = str(tree.args.get("kind") or "").upper()
    if kind == "INDEX":
        yield _index(tree, holes)
    elif kind == "TABLE":
        yield from _table(tree, holes)
    else:
        yield Operation(OperationKind.UNKNOWN, 0, 0)


def _table(tree: exp.Expr, holes: Sequence[Region]) -> Iterator[Operation]:
    """Yield a table with its columns, then the constraints and indexes that stand beside them."""
    schema = tree.this
    parts = schema.expressions if isinstance(schema, exp.Schema) else []
    name = table_name(schema.this if isinstance(schema, exp.Schema) else schema, holes)
    columns, is_open = _columns(parts, holes), _is_open(tree, parts, holes)
    yield Operation(OperationKind.CREATE_TABLE, 0, 0, name, definitions=columns, is_open=is_open)
    for part in parts:
        if not isinstance(part, exp.ColumnDef):
            yield from (msgspec.structs.replace(one, table=name) for one in constraint(part, holes))


def _is_open(tree: exp.Expr, parts: Sequence[exp.Expr], holes: Sequence[Region]) -> bool:
    """Return whether a table has columns that are not listed, or is gone with the session.

    A hole between the columns may be anything, the primary key as well.
    """
    if not parts or tree.args.get("expression") is not None:
        return True
    found = tree.args.get("properties")
    listed = (*parts, *(found.expressions if found is not None else ()))
    first, last = place_of(parts[0])[0], place_of(parts[-1])[1]
    has_hole = any(first <= start < last for start, _ in holes) or any(is_masked(one, holes) for one in parts)
    return has_hole or any(isinstance(one, _OPENING) for one in listed)


def _columns(parts: Sequence[exp.Expr], holes: Sequence[Region]) -> tuple[Column, ...]:
    """Return the columns of a table; those of its primary key may be told behind them.

    One that is there twice stands in branches of a template, and which of them is taken is not known.
    """
    given = [column_of(one, holes) for one in parts if isinstance(one, exp.ColumnDef)]
    times = Counter(one.name.lower() for one in given)
    found = [one if times[one.name.lower()] == 1 else msgspec.structs.replace(one, type="") for one in given]
    keys = {
        name.name for part in parts for one in part.find_all(exp.PrimaryKey) for name in one.find_all(exp.Identifier)
    }
    replace = msgspec.structs.replace
    return tuple(replace(one, is_primary=True, nullable=False) if one.name in keys else one for one in found)


def _index(tree: exp.Expr, holes: Sequence[Region]) -> Operation:
    index = tree.this
    if not isinstance(index, exp.Index):
        return Operation(OperationKind.UNKNOWN, 0, 0)
    params = index.args.get("params")
    ordered = (params.args.get("columns") or ()) if params is not None else ()
    named = [_unclassed(one.this) for one in ordered if isinstance(one, exp.Ordered)]
    columns = takewhile(bool, (known_name(one, holes) if _is_column(one) else "" for one in named))
    return Operation(
        OperationKind.ADD_INDEX,
        0,
        0,
        table_name(index.args.get("table"), holes),
        tuple(columns),
        known_name(index.this, holes),
        concurrently=bool(tree.args.get("concurrently")),
        is_unique=bool(tree.args.get("unique")),
        variant=_variant(params, ordered),
    )


def _variant(params: exp.Expr | None, ordered: Sequence[exp.Expr]) -> str:
    """Return all that tells an index from a B-tree over the columns, "" where it is one."""
    if params is None:
        return ""
    using = params.args.get("using")
    is_plain = all(_is_column(one.this) and not one.args.get("desc") for one in ordered)
    if is_plain and not any(params.args.get(one) for one in _TOLD_APART) and _is_btree(using):
        return ""
    return str(params.sql("postgres")).lower()


def _is_column(node: exp.Expr) -> bool:
    """Return whether an index sorts by a column: what MySQL takes for a text between double quotes is one as well."""
    return isinstance(node, exp.Column) or (isinstance(node, exp.Literal) and node.is_string)


def _is_btree(using: exp.Expr | None) -> bool:
    return using is None or using.name.lower() == "btree"


def _unclassed(node: exp.Expr) -> exp.Expr:
    """Return what an operator class stands behind."""
    return node.this if isinstance(node, exp.Opclass) else node


def _dropped(tree: exp.Expr, holes: Sequence[Region]) -> Iterator[Operation]:
    kinds = {"TABLE": OperationKind.DROP_TABLE, "INDEX": OperationKind.DROP_INDEX}
    told = str(tree.args.get("kind") or "").upper()
    kind = kinds.get(told, OperationKind.DROP_OTHER)
    what = f"materialized {told}" if tree.args.get("materialized") else told
    behind = tree.args.get("cluster")  # where MySQL says the table of an index
    table = table_name(behind.this, holes) if kind is OperationKind.DROP_INDEX and behind is not None else ""
    for node in tree.args.get("tables") or ():
        name = table_name(node, holes)
        is_table = kind is OperationKind.DROP_TABLE
        yield Operation(
            kind,
            0,
            0,
            name if is_table else table,
            name="" if is_table else name,
            concurrently=bool(tree.args.get("concurrently")),
            what=what.lower() if kind is OperationKind.DROP_OTHER else "",
            cascades=bool(tree.args.get("cascade")),
        )


def _emptied(tree: exp.Expr, holes: Sequence[Region]) -> Iterator[Operation]:
    cascades = str(tree.args.get("option") or "").upper() == "CASCADE"
    for node in tree.expressions:
        yield Operation(OperationKind.EMPTY_TABLE, 0, 0, table_name(node, holes), cascades=cascades)


def _set(tree: exp.Expr, _holes: Sequence[Region]) -> Iterator[Operation]:
    names = {column.name.lower() for column in tree.find_all(exp.Column) if not column.table}
    yield from (Operation(kind, 0, 0) for name, kind in _TIMEOUTS.items() if name in names)


def _selected(tree: exp.Expr, holes: Sequence[Region]) -> Iterator[Operation]:
    """Yield the timeout that `SELECT set_config('lock_timeout', …)` sets, or the table that `SELECT … INTO` makes."""
    into = tree.args.get("into")
    if into is not None:
        yield Operation(OperationKind.CREATE_OTHER, 0, 0, name=table_name(into.this, holes), what="table")
    for call in tree.find_all(exp.Anonymous):
        given = call.expressions[0].name.lower() if call.name.lower() == "set_config" and call.expressions else ""
        if given in _TIMEOUTS:
            yield Operation(_TIMEOUTS[given], 0, 0)


def _written(kind: OperationKind) -> Callable[[exp.Expr, Sequence[Region]], Iterator[Operation]]:
    def read(tree: exp.Expr, holes: Sequence[Region]) -> Iterator[Operation]:
        target = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
        yield Operation(kind, 0, 0, table_name(target, holes))

    return read


def _nothing(_tree: exp.Expr, _holes: Sequence[Region]) -> Iterator[Operation]:
    yield Operation(OperationKind.UNKNOWN, 0, 0)


_READERS: Mapping[str, Callable[[exp.Expr, Sequence[Region]], Iterator[Operation]]] = {
    "create": _created,
    "drop": _dropped,
    "truncatetable": _emptied,
    "alter": altered,
    "set": _set,
    "select": _selected,
    "insert": _written(OperationKind.INSERT_ROWS),
    "update": _written(OperationKind.UPDATE_ROWS),
    "delete": _written(OperationKind.DELETE_ROWS),
    "comment": _nothing,
    "grant": _nothing,
}
