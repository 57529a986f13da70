"""The rows that are about the versions that a project has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from archlint.knowledge.orm_rows import OrmVerbs
from archlint.knowledge.rows import Row
from archlint.knowledge.versions import admits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archlint.knowledge.tables import Tables
    from archlint.knowledge.versions import Pin


def pinned(tables: Tables, pins: Mapping[str, Pin]) -> Tables:
    """Return tables without the rows that the pins of a project exclude; the same tables where that is none."""
    changed: dict[str, Any] = {}
    for name in tables.__struct_fields__:
        rows = getattr(tables, name)
        kept = _kept(rows, pins) if isinstance(rows, tuple) else rows
        if kept is not rows:
            changed[name] = kept
    return msgspec.structs.replace(tables, **changed) if changed else tables


def _kept(rows: tuple[Row, ...], pins: Mapping[str, Pin]) -> tuple[Row, ...]:
    kept = [_narrowed(row, pins) for row in rows if admits(row.versions, pins.get(row.distribution))]
    is_same = len(kept) == len(rows) and all(one is row for one, row in zip(kept, rows, strict=True))
    return rows if is_same else tuple(kept)


def _narrowed(row: Row, pins: Mapping[str, Pin]) -> Row:
    """Return a row without those in it that are about other versions."""
    if not isinstance(row, OrmVerbs):
        return row
    types = _kept(row.types, pins)
    return row if types is row.types else msgspec.structs.replace(row, types=types)
