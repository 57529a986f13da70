"""Which indexes a table has, declared or implied by its constraints, and which of them do the work of others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from archlint.project.context import Written
from archlint.project.schema.model import Index, Table

_INDEXING = "mysql"
"""The server that makes an index for each foreign key: https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html"""


class Access(msgspec.Struct, frozen=True):
    """An index. `what` is what declares it, as a message says it; `rest` tells it from others over the same columns."""

    what: str
    columns: tuple[str, ...]
    is_unique: bool = False
    place: Written | None = None
    method: str = ""
    descending: frozenset[str] = frozenset()
    rest: str = ""

    @property
    def label(self) -> str:
        """Return what a message calls it: the unique constraint on (`a`, `b`)."""
        return f"{self.what} on ({', '.join(f'`{one}`' for one in self.columns)})"

    @property
    def is_plain(self) -> bool:
        """Return whether it is a B-tree over all rows and nothing but columns."""
        return not self.rest and not self.method


class Redundant(msgspec.Struct, frozen=True):
    """An index that the database keeps up without need, as another one does its work."""

    index: Access
    other: Access
    is_same: bool
    """Both have the same columns; else the other one has more behind them."""


def accesses(table: Table) -> tuple[Access, ...]:
    """Return the indexes of a table: those of its key, unique constraints and single fields first, then the others."""
    found = [Access("the primary key", table.primary_key, is_unique=True)] if table.primary_key else []
    for one in table.constraints:
        if one.kind == "unique" and one.columns:
            rest = one.variant or ("partial" if one.is_partial else "")
            found.append(Access("the unique constraint", one.columns, is_unique=True, place=one.place, rest=rest))
    fields = {(one.place.path, one.place.start) for one in table.columns if one.place is not None}
    for index in sorted(table.indexes, key=lambda each: (not each.unique, not _is_of(fields, each))):
        if index.columns:
            what = f"the {'unique ' if index.unique else ''}index{f' `{index.name}`' if index.name else ''}"
            rest = index.variant or ("partial" if index.is_partial else "")
            found.append(Access(what, index.columns, index.unique, index.place, index.method, index.descending, rest))
    return tuple(found)


def _is_of(fields: set[tuple[str, int]], index: Index) -> bool:
    return index.place is not None and (index.place.path, index.place.start) in fields


def serves(table: Table, columns: Iterable[str], server: str = "") -> bool:
    """Return whether an index finds rows by some columns: one of them is the first that it sorts by.

    A partial one counts, as its condition may be that of the queries. On MySQL each foreign key has an index.
    """
    wanted = frozenset(columns)
    if server == _INDEXING:
        keys = (one.columns[:1] for one in table.constraints if one.kind == "foreign_key")
        wanted_keys = any(wanted.issuperset(one) for one in keys if one)
        return wanted_keys or serves(table, wanted)
    return any(one.columns[0] in wanted for one in accesses(table))


def redundant(table: Table) -> Iterator[Redundant]:
    """Yield the indexes of a table whose work another one does."""
    found = accesses(table)
    for position, one in enumerate(found):
        same = next((each for each in found[:position] if _is_same(one, each)), None)
        longer = next((each for each in found if _is_longer(one, each)), None) if same is None else None
        if same is not None:
            yield Redundant(one, same, is_same=True)
        elif longer is not None:
            yield Redundant(one, longer, is_same=False)


def _is_same(one: Access, other: Access) -> bool:
    """Return whether two indexes differ in nothing but their names; a unique one does the work of one that is not."""
    ways = [(each.columns, each.method, each.descending, each.rest) for each in (one, other)]
    return ways[0] == ways[1] and (other.is_unique or not one.is_unique)


def _is_longer(one: Access, other: Access) -> bool:
    if one.is_unique or not one.is_plain or not other.is_plain or len(other.columns) <= len(one.columns):
        return False
    is_prefix = other.columns[: len(one.columns)] == one.columns
    return is_prefix and one.descending == other.descending.intersection(one.columns)
