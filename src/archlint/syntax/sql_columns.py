"""Columns of DDL: their types in one spelling, and what kind of default they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir.migration import Column, Default
from archlint.syntax import exp
from archlint.syntax.sql import parse_sql
from archlint.syntax.sql_holes import is_masked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archlint.syntax.sql_text import Region

_VOLATILE = frozenset(
    {
        "clock_timestamp", "gen_random_bytes", "gen_random_uuid", "gen_ulid", "nanoid", "nextval", "random",
        "timeofday", "uuid_generate_v1", "uuid_generate_v1mc", "uuid_generate_v4", "uuid_generate_v7",
        "uuidv4", "uuidv7",
    }
)  # fmt: skip
_STABLE = frozenset(
    {"current_setting", "now", "statement_timestamp", "transaction_timestamp", "timezone", "to_timestamp"}
)
_PLAIN = frozenset({"and", "array", "currentdate", "currenttime", "currenttimestamp", "or"})
"""What sqlglot keeps as functions although it is none, or one that is asked once a statement."""
_SERIAL = frozenset({"bigserial", "serial", "smallserial", "serial2", "serial4", "serial8"})


def type_of(node: exp.Expr | None, holes: Sequence[Region] = ()) -> str:
    """Return a type in lower case and in the words of PostgreSQL, or "" where it is not known."""
    if not isinstance(node, exp.Expr) or is_masked(node, holes):
        return ""
    return node.sql("postgres").lower().replace(", ", ",")


def column_of(node: exp.ColumnDef, holes: Sequence[Region]) -> Column:
    """Return a column as it is defined."""
    kinds = [one.args.get("kind") for one in node.args.get("constraints") or ()]
    types = {type(kind) for kind in kinds}
    written = type_of(node.args.get("kind"), holes)
    is_primary = exp.PrimaryKeyColumnConstraint in types
    place = place_of(node)
    return Column(
        node.name,
        written,
        _is_nullable(kinds, is_primary=is_primary or written in _SERIAL),
        _default(kinds, written, holes),
        is_primary,
        exp.UniqueColumnConstraint in types,
        references=next((_referenced(kind) for kind in kinds if isinstance(kind, exp.Reference)), ""),
        is_checked=exp.CheckColumnConstraint in types,
        start=place[0],
        end=place[1],
    )


def place_of(node: exp.Expr) -> Region:
    """Return the region that the tokens of a node take, (0, 0) where none is known."""
    metas = [one.meta for one in node.walk() if "start" in one.meta]
    if not metas:
        return 0, 0
    return min(meta["start"] for meta in metas), max(meta["end"] for meta in metas) + 1


def _is_nullable(kinds: Sequence[object], *, is_primary: bool) -> bool:
    written = [one for one in kinds if isinstance(one, exp.NotNullColumnConstraint)]
    return not is_primary if not written else bool(written[-1].args.get("allow_null"))


def _referenced(node: exp.Reference) -> str:
    table = node.find(exp.Table)
    return table_name(table) if table is not None else ""


def known_name(node: object, holes: Sequence[Region] = ()) -> str:
    """Return the name of an identifier or column, "" where there is none or a part of it is not known."""
    return "" if not isinstance(node, exp.Expr) or is_masked(node, holes) else node.name


def table_name(table: object, holes: Sequence[Region] = ()) -> str:
    """Return the name of a table with its schema, "" where a part of it is not known."""
    if not isinstance(table, exp.Table) or is_masked(table, holes):
        return ""
    return ".".join(part.name for part in table.parts)


def _default(kinds: Sequence[object], written: str, holes: Sequence[Region]) -> Default:
    for kind in kinds:
        if isinstance(kind, exp.GeneratedAsIdentityColumnConstraint):
            return Default.IDENTITY
        if isinstance(kind, exp.ComputedColumnConstraint):
            return Default.GENERATED
        if isinstance(kind, exp.DefaultColumnConstraint):
            return default_of(kind.this, holes)
    return Default.VOLATILE if written in _SERIAL else Default.NONE


def default_of(node: object, holes: Sequence[Region] = ()) -> Default:
    """Return what kind of default an expression is: of all functions in it the worst counts."""
    if not isinstance(node, exp.Expr):
        return Default.UNKNOWN
    if isinstance(node, exp.Null) or (isinstance(node, exp.Cast) and isinstance(node.this, exp.Null)):
        return Default.NONE
    if is_masked(node, holes):
        return Default.UNKNOWN
    found = {_of_function(one) for one in node.find_all(exp.Func) if not isinstance(one, exp.Cast)}
    if node.find(exp.Column, exp.Query) is not None:
        found.add(Default.UNKNOWN)
    return next((one for one in (Default.VOLATILE, Default.UNKNOWN) if one in found), Default.CONSTANT)


def default_in(text: str) -> Default:
    """Return what kind of default the text of an expression is."""
    parsed = parse_sql(f"SELECT {text}", "postgres")
    tree = parsed.statements[0].tree if len(parsed.statements) == 1 else None
    if not isinstance(tree, exp.Select) or len(tree.expressions) != 1:
        return Default.UNKNOWN
    return default_of(tree.expressions[0])


def _of_function(node: exp.Func) -> Default:
    if isinstance(node, exp.Rand | exp.Uuid):
        return Default.VOLATILE
    if node.key in _PLAIN:
        return Default.CONSTANT
    name = node.name.lower() if isinstance(node, exp.Anonymous) else node.sql_name().lower()
    if name in _VOLATILE:
        return Default.VOLATILE
    return Default.CONSTANT if name in _STABLE else Default.UNKNOWN
