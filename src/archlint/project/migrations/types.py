"""Which changes of type make PostgreSQL write a table anew, or at least convert all its rows."""

from __future__ import annotations

import re

_TYPE = re.compile(r"^([a-z ]+?)(?:\(([\d,]{1,30})\))?(\[\])*$")
_KNOWN = frozenset(
    {
        "bigint", "bigserial", "boolean", "bytea", "char", "date", "decimal", "doubleprecision", "double precision",
        "inet", "int", "interval", "json", "jsonb", "real", "serial", "smallint", "smallserial", "text", "time",
        "timestamp", "timestamptz", "timetz", "uuid", "varchar",
    }
)  # fmt: skip
_SAME = {"bigserial": "bigint", "double precision": "doubleprecision", "serial": "int", "smallserial": "smallint"}
_WIDE = frozenset({"text", "timestamp", "timestamptz", "varchar"})
"""To these a change may be free."""
_BY_SETTING = frozenset({("timestamp", "timestamptz"), ("timestamptz", "timestamp")})
"""Free where the time zone of the session is UTC, since PostgreSQL 12."""


def rewrites(before: str, after: str) -> bool:
    """Return whether all rows are written or converted for a change; False where a type is not known."""
    old, new = _parsed(before), _parsed(after)
    if old is None or new is None or old == new or (old[0], new[0]) in _BY_SETTING:
        return False
    (old_name, old_sizes), (new_name, new_sizes) = old, new
    if new_name in {"text", "varchar"} and old_name in {"text", "varchar"}:
        return bool(new_sizes) and not (old_sizes and new_sizes >= old_sizes)
    if old_name == new_name == "decimal":
        return bool(new_sizes) and not (_scale(old_sizes) == _scale(new_sizes) and new_sizes >= old_sizes)
    return old_name != new_name or (bool(new_sizes) and new_sizes < old_sizes)


def rewrites_most(after: str) -> bool:
    """Return whether rows of nearly all other types are written or converted for a new type, False where unknown."""
    new = _parsed(after)
    return new is not None and (bool(new[1]) or new[0] not in _WIDE)


def _scale(sizes: tuple[int, ...]) -> int | None:
    return (sizes[1] if len(sizes) > 1 else 0) if sizes else None


def _parsed(text: str) -> tuple[str, tuple[int, ...]] | None:
    """Return the name of a type and its sizes, None for what is not known."""
    match = _TYPE.match(text)
    if match is None or match.group(1) not in _KNOWN or text.endswith("]"):
        return None
    name = _SAME.get(match.group(1), match.group(1))
    return name, tuple(int(one) for one in match.group(2).split(",")) if match.group(2) else ()
