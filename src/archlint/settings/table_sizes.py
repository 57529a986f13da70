"""Which tables a project says are small, and which large."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from archlint.settings.schema import TableSize

FEW_ROWS = 1_000
"""Rows up to which a table is small."""
MANY_ROWS = 100_000
"""Rows from which a table is large."""
_PATTERN = frozenset("*?[")


def size_of(sizes: Mapping[str, TableSize | int], names: Iterable[str]) -> TableSize | None:
    """Return the size of the table with some names, None where nobody says it, or it is neither small nor large.

    A whole name wins over a pattern, a later pattern over an earlier one.
    """
    known = tuple(names)
    exact = [sizes[name] for name in known if name in sizes]
    matching = [size for pattern, size in sizes.items() if _matches(pattern, known)]
    found = [*exact, *reversed(matching)]
    if not found:
        return None
    return found[0] if isinstance(found[0], TableSize) else _of_rows(found[0])


def _matches(pattern: str, names: tuple[str, ...]) -> bool:
    return not _PATTERN.isdisjoint(pattern) and any(fnmatchcase(name, pattern) for name in names)


def _of_rows(rows: int) -> TableSize | None:
    if rows <= FEW_ROWS:
        return TableSize.SMALL
    return TableSize.LARGE if rows >= MANY_ROWS else None
