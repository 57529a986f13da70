"""All tables that are known: those that models declare, and those that only migrations and scripts of DDL make."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from archlint.ir.migration import table_key
from archlint.project.migrations.left import Left, named
from archlint.project.migrations.migration import Step, Tool
from archlint.project.schema.model import Constraint, Index, Table
from archlint.project.tables.serving import accesses, serves

if TYPE_CHECKING:
    from archlint.project.project import Project


class Known(msgspec.Struct, frozen=True):
    """A table; `left` is what migrations leave of it, None where they say nothing of it.

    `server` is the dialect of the database that it is in, "" where nobody knows.
    """

    table: Table
    server: str = ""
    left: Left | None = None


class Catalogue:
    """Answers which tables there are, each once: a model says columns and types, migrations what they add to it."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def tables(self) -> tuple[Known, ...]:
        """Return all tables by name."""
        found: tuple[Known, ...] = self._project.memo.aside(lambda: tuple(self._all()))
        return found

    def table(self, name: str) -> Table | None:
        """Return a table by its name, in any case, or None; a schema may be left out where one table has the name."""
        found = named(self._alike.get(table_key(name), ()), name)
        return self._by_name[found].table if found else None

    def serves(self, table: Table, columns: Iterable[str]) -> bool:
        """Return whether an index of a table finds rows by some columns, in the database that it is in."""
        known = self._by_name.get(table.name)
        return serves(table, columns, known.server if known is not None else "")

    @cached_property
    def _by_name(self) -> Mapping[str, Known]:
        return {known.table.name: known for known in self.tables}

    @cached_property
    def _alike(self) -> Mapping[str, list[str]]:
        return _alike(self._by_name)

    def _all(self) -> Iterator[Known]:
        declared = {table.name: table for table in self._project.schema.tables}
        alike = _alike(declared)
        added: dict[str, Left] = {}
        others: dict[str, Left] = {}
        for left in sorted(self._project.migrations.left, key=_rank):
            name = named(alike.get(table_key(left.table.name), ()), left.table.name)
            if name:
                added.setdefault(name, left)
            elif left.is_created and left.table.columns and not self._is_modelled(left):
                others.setdefault(left.table.name.lower(), left)
        server = self._project.sql.server
        found = [Known(_joined(table, added.get(name)), server, added.get(name)) for name, table in declared.items()]
        found += [Known(left.table, left.migration.dialect.name or server, left) for left in others.values()]
        yield from sorted(found, key=lambda one: one.table.name)

    def _is_modelled(self, left: Left) -> bool:
        """Return whether the models of an app of Django are at hand: what they do not have is no table of theirs."""
        module = left.migration.module
        if left.migration.tool is not Tool.DJANGO or module is None:
            return False
        return self._project.schema.app_label(module) in self._apps

    @cached_property
    def _apps(self) -> frozenset[str]:
        return frozenset(one.app_label for one in self._project.schema.models if one.orm == "django")


def _alike(names: Iterable[str]) -> Mapping[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        found[table_key(name)].append(name)
    return found


def _rank(left: Left) -> tuple[bool, bool, bool, str]:
    """Return what puts the line first that says most of a table: one that creates it, in order, for PostgreSQL."""
    one = left.migration
    return not left.is_created, one.identity == one.path, not one.is_postgres, one.line


def _joined(table: Table, left: Left | None) -> Table:
    """Return a table of models with the indexes, constraints and defaults that only its migrations have."""
    if left is None:
        return table
    told = left.table
    defaults = {one.column for one in told.columns if one.has_default}
    key = told.key if set(told.key) == set(table.primary_key) else table.key
    return replace(
        table,
        columns=tuple(replace(one, has_default=True) if one.column in defaults else one for one in table.columns),
        indexes=(*table.indexes, *(one for one in told.indexes if _is_new(table, one, one.columns))),
        constraints=(*table.constraints, *(one for one in told.constraints if _is_news(table, one))),
        key=key,
    )


def _is_news(table: Table, one: Constraint) -> bool:
    """Return whether a constraint is known from migrations alone; foreign keys are what models are made of."""
    return one.kind in ("check", "exclusion", "unique") and _is_new(table, one, one.columns)


def _is_new(table: Table, one: Index | Constraint, columns: tuple[str, ...]) -> bool:
    """Return whether an index or constraint of migrations is another one than those of the models.

    What Django's own operations make the models say as well, and there it is as it is now.
    """
    is_own = table.orm == "django" and isinstance(one.place, Step) and one.place.text is None
    if is_own or not columns or any(table.column(name) is None for name in columns):
        return False
    return all(each.columns != columns for each in accesses(table))
