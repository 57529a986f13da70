"""What a statement does, told without its tree: tables, columns, bounds, and where its holes stand."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING

import msgspec

from archlint.ir.migration import Asking
from archlint.syntax import exp
from archlint.syntax.sql import parse_sql
from archlint.syntax.sql_bounds import fixed_columns, given_columns, has_limit, has_where, is_bounded, is_plain
from archlint.syntax.sql_columns import place_of
from archlint.syntax.sql_holes import Position, is_masked, position
from archlint.syntax.sql_outside import outside
from archlint.syntax.sql_tables import Column, Table, Tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from archlint.syntax.sql_statement import ParsedSql, Statement
    from archlint.syntax.sql_text import Region


class Verb(str, Enum):
    """What a statement is for."""

    SELECT = "select"
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    MERGE = "merge"
    DDL = "ddl"
    """It changes the schema, or empties a table as a whole."""
    TRANSACTION = "transaction"
    OTHER = "other"


_BY_KEY = {
    "select": Verb.SELECT, "union": Verb.SELECT, "intersect": Verb.SELECT, "except": Verb.SELECT,
    "subquery": Verb.SELECT, "values": Verb.SELECT, "insert": Verb.INSERT, "update": Verb.UPDATE,
    "delete": Verb.DELETE, "merge": Verb.MERGE, "create": Verb.DDL, "alter": Verb.DDL, "drop": Verb.DDL,
    "truncatetable": Verb.DDL, "comment": Verb.DDL, "grant": Verb.DDL, "revoke": Verb.DDL,
    "transaction": Verb.TRANSACTION, "commit": Verb.TRANSACTION, "rollback": Verb.TRANSACTION,
}  # fmt: skip
_BY_WORD = {
    "SELECT": Verb.SELECT, "WITH": Verb.SELECT, "VALUES": Verb.SELECT, "INSERT": Verb.INSERT, "REPLACE": Verb.INSERT,
    "UPDATE": Verb.UPDATE, "DELETE": Verb.DELETE, "MERGE": Verb.MERGE, "CREATE": Verb.DDL, "ALTER": Verb.DDL,
    "DROP": Verb.DDL, "TRUNCATE": Verb.DDL, "COMMENT": Verb.DDL, "GRANT": Verb.DDL, "REVOKE": Verb.DDL,
    "REINDEX": Verb.DDL, "BEGIN": Verb.TRANSACTION, "START": Verb.TRANSACTION, "COMMIT": Verb.TRANSACTION,
    "ROLLBACK": Verb.TRANSACTION, "SAVEPOINT": Verb.TRANSACTION, "RELEASE": Verb.TRANSACTION, "END": Verb.TRANSACTION,
}  # fmt: skip
_BIND = re.compile(r"(?:(?<!:):|[@$]|%\()$")
"""What begins a bind parameter: one whose name is not known is a value all the same."""


class Shape(msgspec.Struct, frozen=True):
    """One statement of a text, as a plain value; its offsets count in the text.

    `holes` are the regions whose content is not known, with the position of each.
    Of a statement that could not be parsed only the verb is known.
    """

    verb: Verb
    start: int
    end: int
    reads: tuple[Table, ...] = ()
    writes: tuple[Table, ...] = ()
    filtered: tuple[Column, ...] = ()
    joined: tuple[Column, ...] = ()
    ordered: tuple[Column, ...] = ()
    has_where: bool = False
    is_bounded: bool = False
    is_parsed: bool = False
    holes: tuple[tuple[Region, Position], ...] = ()
    fixed: tuple[Column, ...] = ()
    is_plain: bool = False
    given: tuple[Column, ...] = ()
    is_top: bool = False
    """The first rows of a whole table are wanted, in an order."""
    outside: tuple[tuple[str, str, int, int], ...] = ()
    """The columns that `NOT IN (SELECT …)` looks into: name, table, and where it stands."""

    @property
    def asking(self) -> Asking:
        """Return what the statement asks of tables; nothing where a clause is not known."""
        if any(position is Position.CLAUSE for _, position in self.holes) or self.verb is Verb.DDL:
            return Asking(self.start, self.end)
        tables = tuple(dict.fromkeys(_written(one) for one in (*self.writes, *self.reads)))
        columns = ((*self.filtered, *self.joined), self.fixed, self.ordered)
        sought, fixed, ordered = (tuple(dict.fromkeys((one.name, one.table) for one in each)) for each in columns)
        return Asking(self.start, self.end, tables, fixed, sought, ordered, self.outside, self.is_top)


def shapes(text: str, dialect: str | None = None, holes: Sequence[Region] = ()) -> tuple[Shape, ...]:
    """Return what the statements of a text do; never raises on what the text holds.

    What parses as a mere expression, such as a hole that stands alone, is none.
    `holes` are regions known to hold something unknown, beside the templates that the text itself shows.
    """
    return shapes_of(parse_sql(text, dialect, holes=holes))


def shapes_of(parsed: ParsedSql) -> tuple[Shape, ...]:
    """Return what parsed statements do."""
    starts = [0, *(statement.end for statement in parsed.statements)]
    pairs = zip(starts, parsed.statements, strict=False)
    return tuple(
        _shape(parsed, statement, tuple(_holes_from(start, statement, parsed)))
        for start, statement in pairs
        if not _is_expression(statement.tree)
    )


def has_unknown_clause(parsed: ParsedSql, statement: Statement) -> bool:
    """Return whether a statement has a hole in which a condition, a join, an order or any other clause may stand."""
    before = max((one.end for one in parsed.statements if one.end <= statement.start), default=0)
    regions = _holes_from(before, statement, parsed)
    return any(_position(parsed, statement, region) is Position.CLAUSE for region in regions)


def _shape(parsed: ParsedSql, statement: Statement, regions: tuple[Region, ...]) -> Shape:
    tree = statement.tree
    if tree is None or tree.key == "command":
        holes = tuple((region, Position.CLAUSE) for region in regions)
        is_parsed = tree is not None and not regions
        return Shape(_first_verb(parsed, statement), statement.start, statement.end, is_parsed=is_parsed, holes=holes)
    inner = tuple((start - statement.base, end - statement.base) for start, end in regions)
    tables = Tables.of(tree, inner)
    where = tree.find_all(exp.Where)
    return Shape(
        _BY_KEY.get(tree.key, Verb.OTHER),
        statement.start,
        statement.end,
        tables.reads,
        tables.writes,
        _columns(tables, where, inner),
        _columns(tables, _conditions(tree), inner),
        _columns(tables, (one for one in tree.find_all(exp.Order) if _orders_rows(one)), inner),
        has_where(tree),
        is_bounded(tree),
        is_parsed=True,
        holes=tuple((region, _position(parsed, statement, region)) for region in regions),
        fixed=_columns(tables, fixed_columns(tree), inner),
        is_plain=is_plain(tree),
        is_top=_is_top(tree),
        outside=tuple(_outside(tree, statement, inner)),
        given=_columns(tables, given_columns(tree), inner),
    )


def _is_top(tree: exp.Expr) -> bool:
    """Return whether a query gives the first rows of one table in an order, without a condition."""
    is_ordered = has_limit(tree) and tree.args.get("order") is not None
    return is_ordered and not has_where(tree) and is_plain(tree) and not tree.args.get("joins")


def _outside(tree: exp.Expr, statement: Statement, holes: Sequence[Region]) -> Iterator[tuple[str, str, int, int]]:
    for column, table in outside(tree):
        start, end = place_of(column)
        if end and not is_masked(column, holes):
            yield column.name, table, statement.base + start, statement.base + end


def _written(table: Table) -> str:
    return f"{table.schema}.{table.name}" if table.schema else table.name


def _position(parsed: ParsedSql, statement: Statement, region: Region) -> Position:
    start, end = region
    if statement.tree is None:
        return Position.CLAUSE
    if _BIND.search(parsed.text[max(start - 2, 0) : start]):
        return Position.VALUE
    return position(statement.tree, (start - statement.base, end - statement.base))


def _holes_from(start: int, statement: Statement, parsed: ParsedSql) -> Iterator[Region]:
    """Yield the holes between the end of the statement before and that of this one; the last has all behind it."""
    end = len(parsed.text) if statement is parsed.statements[-1] else statement.end
    yield from (region for region in parsed.holes if start <= region[0] and region[1] <= end)


def _is_expression(tree: exp.Expr | None) -> bool:
    return isinstance(tree, exp.Condition | exp.Alias) and not isinstance(tree, exp.Query)


def _first_verb(parsed: ParsedSql, statement: Statement) -> Verb:
    words = statement.words() or tuple(parsed.text[statement.start : statement.end].upper().split(maxsplit=1))
    return _BY_WORD.get(words[0].lstrip("("), Verb.OTHER) if words else Verb.OTHER


def _orders_rows(node: exp.Order) -> bool:
    """Return whether an ORDER BY is that of a query or of a write, not of a window or an aggregate."""
    return isinstance(node.parent, exp.Query | exp.DML)


def _conditions(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Yield what the joins of a statement are made on."""
    for join in tree.find_all(exp.Join):
        on = join.args.get("on")
        yield from [on] if on is not None else join.args.get("using") or ()


def _columns(tables: Tables, nodes: Iterable[exp.Expr], holes: Sequence[Region]) -> tuple[Column, ...]:
    """Return the columns that stand in some nodes, each once, in the order of the text."""
    found = {
        tables.column(column)
        for node in nodes
        for column in ((node,) if isinstance(node, exp.Identifier) else node.find_all(exp.Column))
        if not is_masked(column, holes)
    }
    return tuple(sorted(found))
