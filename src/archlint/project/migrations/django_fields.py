"""Fields of Django as the columns that they make on PostgreSQL."""

from __future__ import annotations

from archlint.ir import nodes as ir
from archlint.ir.migration import Column, Default
from archlint.project.migrations.reading import Arguments, Reader, Surroundings
from archlint.project.tree import called_name, keyword

_FIELDS = ("django.db.models.", "django.contrib.postgres.fields.")
_WORDS = {
    "binary": "bytea", "float": "doubleprecision", "integer": "int", "json": "jsonb", "timestamp": "timestamptz",
}  # fmt: skip
"""What PostgreSQL calls types that the catalogue knows by other names."""
_VARYING = "varchar"
_RELATIONS = frozenset({"ForeignKey", "OneToOneField"})
_KEYS = frozenset({"AutoField", "BigAutoField", "SmallAutoField"})
_CONDITIONED = frozenset({"PositiveBigIntegerField", "PositiveIntegerField", "PositiveSmallIntegerField"})
"""Their columns have a CHECK beside the type: a change from or to one is no mere change of type."""


def column_of(name: str, node: ir.Expr, here: Surroundings, reader: Reader) -> Column | None:
    """Return the column that a field makes, None where it makes none or is no field."""
    if not isinstance(node, ir.Call) or not name:
        return None
    full = reader.callee(node, here)
    kind = full.rpartition(".")[2]
    if is_many_to_many(node, here, reader):
        return None
    is_known = full.startswith(_FIELDS)
    given = Arguments(node, ("to",) if kind in _RELATIONS else (), here, reader)
    is_primary = bool(given.flag("primary_key")) or kind in _KEYS
    is_unique = kind == "OneToOneField" or bool(given.flag("unique"))
    return Column(
        given.text("db_column") or (f"{name}_id" if kind in _RELATIONS else name),
        _type(kind, given) if is_known else "",
        _is_nullable(given, is_known=is_known, is_primary=is_primary),
        _default(kind, given),
        is_primary,
        is_unique,
        not is_unique and _is_indexed(kind, given),
        _referenced(given) if kind in _RELATIONS else "",
        start=here.offset + node.start,
        end=here.offset + node.end,
    )


def is_many_to_many(node: ir.Call, here: Surroundings, reader: Reader) -> bool:
    """Return whether a field has a table between two models instead of a column."""
    return reader.callee(node, here).rpartition(".")[2] == "ManyToManyField"


def _is_nullable(given: Arguments, *, is_known: bool, is_primary: bool) -> bool | None:
    """Return whether a column is nullable; a field of the project's own may be so by itself."""
    if keyword(given.call, "null") is not None:
        return given.flag("null")
    row = given.reader.field_class(called_name(given.call))
    if row is not None and row.nullable:
        return True
    return False if is_known or is_primary else None


def _is_indexed(kind: str, given: Arguments) -> bool:
    row = given.reader.field_class(kind)
    is_by_itself = kind in _RELATIONS or (row is not None and row.indexed)
    return bool(given.flag("db_index", default=is_by_itself)) and given.flag("primary_key") is not True


def _type(kind: str, given: Arguments) -> str:
    if kind in _CONDITIONED:
        return ""
    row = given.reader.field_class(kind)
    if row is not None and row.type == _VARYING:
        return _sized(row.max_length or 0, keyword(given.call, "max_length"))
    if kind == "DecimalField":
        sizes = [keyword(given.call, one) for one in ("max_digits", "decimal_places")]
        known = [str(one.value) for one in sizes if isinstance(one, ir.Constant)]
        return f"decimal({','.join(known)})" if len(known) == len(sizes) else ""
    return _WORDS.get(row.type, row.type) if row is not None else ""


def _sized(usual: int, length: ir.Expr | None) -> str:
    """Return the type of a text of limited length, "" where the limit is not known."""
    size = length.value if isinstance(length, ir.Constant) else None if length is not None else usual
    if size is None and isinstance(length, ir.Constant):
        return _VARYING
    return f"{_VARYING}({size})" if size else ""


def _default(kind: str, given: Arguments) -> Default:
    if kind == "GeneratedField":
        return Default.GENERATED
    if kind in _KEYS:
        return Default.IDENTITY
    node = keyword(given.call, "db_default")
    if node is None or (isinstance(node, ir.Constant) and node.value is None):
        return Default.NONE
    return Default.CONSTANT if isinstance(node, ir.Text | ir.Constant) else Default.UNKNOWN


def _referenced(given: Arguments) -> str:
    target = given.text("to")
    return target.lower().replace(".", "_") if "." in target else "?"
