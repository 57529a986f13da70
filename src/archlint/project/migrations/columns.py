"""Columns of SQLAlchemy as migrations of Alembic write them."""

from __future__ import annotations

from archlint.ir import nodes as ir
from archlint.ir.migration import Column, Default
from archlint.project.migrations.reading import Arguments, Reader, Surroundings
from archlint.project.tree import called_name, keyword
from archlint.syntax.sql_columns import default_in

_TYPES = {
    "ARRAY": "", "BIGINT": "bigint", "BOOLEAN": "boolean", "BYTEA": "bytea", "BigInteger": "bigint",
    "Boolean": "boolean", "DATE": "date", "Date": "date", "INTEGER": "int", "INTERVAL": "interval", "Integer": "int",
    "Interval": "interval", "JSON": "json", "JSONB": "jsonb", "LargeBinary": "bytea", "SMALLINT": "smallint",
    "SmallInteger": "smallint", "TEXT": "text", "Text": "text", "UUID": "uuid", "UnicodeText": "text", "Uuid": "uuid",
}  # fmt: skip
_SIZED = {
    "AutoString": "varchar", "CHAR": "char", "DECIMAL": "decimal", "NUMERIC": "decimal", "Numeric": "decimal",
    "String": "varchar", "Unicode": "varchar", "VARCHAR": "varchar",
}  # fmt: skip
_ZONED = {
    "DateTime": ("timestamp", "timestamptz"),
    "TIMESTAMP": ("timestamp", "timestamptz"),
    "TIME": ("time", "timetz"),
    "Time": ("time", "timetz"),
}
_CONSTANT = frozenset({"current_date", "current_timestamp", "false", "literal", "now", "true"})


def type_of(node: ir.Expr | None) -> str:
    """Return a type of SQLAlchemy in the words of PostgreSQL, or "" where it is not known."""
    if node is None:
        return ""
    name = called_name(node) if isinstance(node, ir.Call) else getattr(node, "name", getattr(node, "id", ""))
    call = node if isinstance(node, ir.Call) else None
    if name in _ZONED:
        zone = keyword(call, "timezone") if call is not None else None
        return _ZONED[name][isinstance(zone, ir.Constant) and bool(zone.value)]
    if name in _SIZED:
        sizes = _sizes(call)
        return "" if sizes is None else _SIZED[name] + (f"({','.join(sizes)})" if sizes else "")
    return _TYPES.get(name, "")


def _sizes(call: ir.Call | None) -> list[str] | None:
    """Return the sizes that a type is given, None where one is not known."""
    if call is None:
        return []
    named = [keyword(call, name) for name in ("length", "precision", "scale")]
    found = [one for one in (*call.args, *named) if one is not None]
    sizes = [str(one.value) for one in found if isinstance(one, ir.Constant) and type(one.value) is int]
    return sizes if len(sizes) == len(found) else None


def column_of(node: ir.Expr, here: Surroundings, reader: Reader) -> Column | None:
    """Return what `sa.Column(…)` defines, or None for anything else."""
    if not isinstance(node, ir.Call) or called_name(node) != "Column":
        return None
    given = Arguments(node, ("name", "type_"), here, reader)
    inner = {called_name(one): one for one in node.args if isinstance(one, ir.Call)}
    is_primary = given.flag("primary_key")
    key = inner.get("ForeignKey")
    target = reader.text(key.args[0], here) if key is not None and key.args else ""
    written = type_of(given.node("type_"))
    return Column(
        given.text("name"),
        written,
        False if is_primary else given.flag("nullable", default=True),
        Default.VOLATILE if _is_numbered(given, written, key) else _default(node, inner, here, reader),
        bool(is_primary),
        bool(given.flag("unique")),
        bool(given.flag("index")),
        target.rpartition(".")[0] or ("?" if key is not None else ""),
        "CheckConstraint" in inner,
        here.offset + node.start,
        here.offset + node.end,
    )


def _is_numbered(given: Arguments, written: str, key: ir.Call | None) -> bool:
    """Return whether SQLAlchemy makes a column a SERIAL: a key of integers, unless it says otherwise."""
    is_key = bool(given.flag("primary_key")) and key is None
    return is_key and written in {"bigint", "int", "smallint"} and given.flag("autoincrement", default=True) is True


def _default(node: ir.Call, inner: dict[str, ir.Call], here: Surroundings, reader: Reader) -> Default:
    if "Identity" in inner:
        return Default.IDENTITY
    if "Computed" in inner:
        return Default.GENERATED
    return default_of(keyword(node, "server_default"), here, reader)


def default_of(node: ir.Expr | None, here: Surroundings, reader: Reader) -> Default:
    """Return what kind of default `server_default` gives."""
    match node:
        case None | ir.Constant(value=None):
            return Default.NONE
        case ir.Text():
            return Default.CONSTANT
        case ir.Call() if called_name(node) in _CONSTANT:
            return Default.CONSTANT
        case ir.Call() if called_name(node) == "text":
            text = reader.text(node, here)
            return default_in(text) if text else Default.UNKNOWN
        case ir.Call() if "func" in reader.callee(node, here).split("."):
            return default_in(f"{called_name(node)}()")
    return Default.UNKNOWN
