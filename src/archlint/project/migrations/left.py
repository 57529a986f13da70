"""The tables that the migrations of one line leave behind, with the places that made their columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec
from msgspec.structs import replace

from archlint.ir.migration import Operation, OperationKind, table_key
from archlint.project.migrations.drafts import Draft, add, change, change_index, name_constraints
from archlint.project.migrations.migration import Migration, Step, Tool
from archlint.project.schema.model import Table

_OF_INDEXES = frozenset({OperationKind.DROP_INDEX, OperationKind.RENAME_INDEX})


class Left(msgspec.Struct, frozen=True):
    """A table as the last migration leaves it, with the one that created it."""

    table: Table
    migration: Migration
    is_created: bool = True
    """Else migrations only change it: what they add is known, and nothing more."""


@dataclass(slots=True)
class _State:
    tables: dict[str, Draft] = field(default_factory=dict)
    passed: set[tuple[str, int, int]] = field(default_factory=set)
    """Where tables are created that are there: what stands in such a statement is not done, either."""

    def run(self, migration: Migration) -> None:
        for step in migration.forward:
            self._run(migration, step)

    def _run(self, migration: Migration, step: Step) -> None:
        one, place = step.operation, (step.path, step.operation.start, step.operation.end)
        if one.kind in _OF_INDEXES and not one.table:
            for each in self.tables.values() if one.name else ():
                change_index(each, one)
            return
        draft = self._found(one.table)
        if one.kind is OperationKind.CREATE_TABLE:
            if draft is None or not draft.is_created:
                self._create(migration, step, draft)
            else:
                self.passed.add(place)
        elif place in self.passed:
            return
        elif one.kind is OperationKind.DROP_TABLE:
            self._forget(draft)
        elif one.kind is OperationKind.RENAME_TABLE:
            self._rename(draft, one)
        elif one.table:
            if draft is None:
                draft = self.tables.setdefault(one.table.lower(), Draft(one.table, migration, step, is_created=False))
            change(draft, step)

    def _found(self, name: str) -> Draft | None:
        known = self.tables.get(name.lower())
        return known or self.tables.get(named([one.name for one in self.tables.values()], name).lower())

    def _create(self, migration: Migration, step: Step, before: Draft | None) -> None:
        one = step.operation
        if not one.table:
            return
        self._forget(before)
        draft = Draft(one.table, migration, step, is_whole=not one.is_open)
        if migration.tool is Tool.DJANGO and not any(column.is_primary for column in one.definitions):
            draft.is_whole = False  # the key that Django adds is none of the migration
        self.tables[one.table.lower()] = draft
        for column in one.definitions:
            add(draft, step, column)
        if before is not None and not before.is_created:  # what adds to it comes first where the order is not known
            draft.indexes += before.indexes
            draft.constraints += before.constraints
        draft.key = tuple(column.name for column in one.definitions if column.is_primary)

    def _forget(self, draft: Draft | None) -> None:
        if draft is not None:
            self.tables.pop(draft.name.lower(), None)

    def _rename(self, draft: Draft | None, one: Operation) -> None:
        self._forget(draft)
        if draft is not None and one.name:
            name_constraints(draft)
            head = draft.name.rpartition(".")[0] if "." not in one.name else ""
            draft.name = f"{head}.{one.name}".lstrip(".")
            draft.columns = {name: replace(each, table=draft.name) for name, each in draft.columns.items()}
            self.tables[draft.name.lower()] = draft


def left_by(migrations: Iterable[Migration]) -> Iterator[Left]:
    """Yield the tables that are there behind the last migration of a line, by name; temporary ones are none."""
    state = _State()
    for migration in migrations:
        if not migration.is_squashed:
            state.run(migration)
    for _, draft in sorted(state.tables.items()):
        yield Left(draft.table(), draft.migration, draft.is_created)


def named(tables: Iterable[str], name: str) -> str:
    """Return which table a name means, in any case, or "".

    Where only one of both says a schema, the rest of the name tells it, if it is the only one.
    """
    alike = [one for one in tables if table_key(one) == table_key(name)] if name else []
    same = [one for one in alike if one.lower() == name.lower()]
    found = same or [one for one in alike if "." not in one or "." not in name]
    return found[0] if len(found) == 1 else ""
