"""What earlier migrations of a line have made of a column: its definition, and what is proven of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import msgspec
from msgspec import structs

from archlint.ir.migration import Column, Operation, OperationKind, table_key
from archlint.project.migrations.migration import Migration, Step


@dataclass(slots=True)
class History:
    """The state of a schema as far as the migrations of one line have told it, in their order."""

    columns: defaultdict[str, dict[str, Column]] = field(default_factory=lambda: defaultdict(dict))
    groups: set[tuple[str, tuple[str, ...]]] = field(default_factory=set)
    checks: dict[tuple[str, str], str] = field(default_factory=dict)
    """The columns that constraints prove not to be null; "" for those that prove nothing."""
    proven: set[tuple[str, str]] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    """The tables of which this migration validates a constraint that no migration here adds."""
    indexes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def told(self, migration: Migration) -> Migration:
        """Return a migration with what was known before each of its steps, and take note of what they do."""
        self.unknown.clear()
        return replace(migration, forward=tuple(one for step in migration.forward for one in self._told(step)))

    def _told(self, step: Step) -> Iterator[Step]:
        resolved = self._resolved(step.operation, step.key)
        found = [self._with_proof(one, step.key) if one.kind is OperationKind.SET_NOT_NULL else one for one in resolved]
        self._apply(step.operation, step.key)
        if step.kind is OperationKind.ADD_INDEX and step.operation.name:
            self.indexes[step.operation.name] = step.operation.columns
        elif step.kind is OperationKind.RENAME_INDEX and step.operation.before in self.indexes:
            self.indexes[step.operation.name] = self.indexes.pop(step.operation.before)
        yield from (structs.replace(step, operation=one) for one in found)

    def _with_proof(self, one: Operation, key: str) -> Operation:
        """Return a SET NOT NULL with what is proven; a CHECK of Django names the field, not its column."""
        names = [*one.columns[:1], *(name.removesuffix("_id") for name in one.columns[:1] if one.definitions)]
        is_proven = key in self.unknown or any((key, name) in self.proven for name in names)
        return msgspec.structs.replace(one, proves_not_null=is_proven)

    def _resolved(self, one: Operation, key: str) -> Iterator[Operation]:
        known = self.columns[key].get(one.columns[0]) if one.columns and key in self.columns else None
        match one.kind:
            case OperationKind.REDEFINE_COLUMN:
                yield from _changes(one, known) if known is not None else (_as(one, OperationKind.UNKNOWN),)
            case OperationKind.CHANGE_TYPE if not one.before and known is not None:
                yield msgspec.structs.replace(one, before=known.type)
            case OperationKind.UNKNOWN if one.is_unique and (key, tuple(sorted(one.columns))) not in self.groups:
                yield _as(one, OperationKind.ADD_UNIQUE)
            case OperationKind.ADD_PRIMARY_KEY if one.using_index:
                yield one
                nullable = [name for name in self.indexes.get(one.name, ()) if self._is_nullable(key, name)]
                yield from (_as(one, OperationKind.SET_NOT_NULL, columns=(name,)) for name in nullable)
            case _:
                yield one

    def _is_nullable(self, key: str, name: str) -> bool:
        column = self.columns[key].get(name) if key in self.columns else None
        return column is not None and column.nullable is True

    def _apply(self, one: Operation, key: str) -> None:  # noqa: C901 - one answer a kind of operation
        columns = self.columns[key] if key else {}
        match one.kind:
            case OperationKind.CREATE_TABLE:
                columns.clear()
                columns.update({column.name: column for column in one.definitions})
            case OperationKind.ADD_COLUMN | OperationKind.REDEFINE_COLUMN:
                columns.update({column.name: column for column in one.definitions})
            case OperationKind.CHANGE_TYPE:
                for column in one.definitions:
                    known = columns.get(column.name, column)
                    columns[column.name] = msgspec.structs.replace(known, type=column.type)
            case OperationKind.SET_NOT_NULL | OperationKind.DROP_NOT_NULL:
                self._nullable(columns, one, is_nullable=one.kind is OperationKind.DROP_NOT_NULL)
            case OperationKind.DROP_COLUMN:
                for name in one.columns:
                    columns.pop(name if name in columns else f"{name}_id", None)
            case OperationKind.RENAME_COLUMN:
                _rename(columns, one)
            case OperationKind.RENAME_TABLE:
                self.columns[table_key(one.name)] = dict(columns)
            case OperationKind.UNKNOWN if one.is_unique:
                self.groups.add((key, tuple(sorted(one.columns))))
            case OperationKind.ADD_CHECK | OperationKind.ADD_FOREIGN_KEY | OperationKind.VALIDATE_CONSTRAINT:
                self._prove(one, key)
            case OperationKind.RENAME_CONSTRAINT | OperationKind.DROP_CONSTRAINT:
                self._forget(one, key)

    def _nullable(self, columns: dict[str, Column], one: Operation, *, is_nullable: bool) -> None:
        for name in one.columns:
            if name in columns:
                columns[name] = msgspec.structs.replace(columns[name], nullable=is_nullable)

    def _forget(self, one: Operation, key: str) -> None:
        """Take note of a constraint that is gone, or has another name."""
        if one.kind is OperationKind.DROP_CONSTRAINT:
            self.proven.discard((key, self.checks.pop((key, one.name), "")))
        elif (key, one.before) in self.checks:
            self.checks[key, one.name] = self.checks.pop((key, one.before))

    def _prove(self, one: Operation, key: str) -> None:
        if one.kind is OperationKind.VALIDATE_CONSTRAINT and (key, one.name) not in self.checks:
            self.unknown.add(key)
        elif one.kind is not OperationKind.VALIDATE_CONSTRAINT:
            self.checks[key, one.name] = one.columns[0] if one.proves_not_null and one.columns else ""
        column = self.checks.get((key, one.name))
        if column and not one.not_valid:
            self.proven.add((key, column))


def _rename(columns: dict[str, Column], one: Operation) -> None:
    for name in one.columns:
        suffix = "" if name in columns else "_id"
        known = columns.pop(f"{name}{suffix}", None)
        if known is not None and one.name:
            new = f"{one.name}{suffix}"
            columns[new] = msgspec.structs.replace(known, name=new)


def _changes(one: Operation, known: Column) -> Iterator[Operation]:
    """Yield what a new definition of a column changes."""
    column = one.definitions[0]
    found = []
    if column.type and known.type and column.type != known.type:
        found.append(msgspec.structs.replace(_as(one, OperationKind.CHANGE_TYPE), before=known.type))
    if known.nullable is True and column.nullable is False:
        found.append(_as(one, OperationKind.SET_NOT_NULL))
    elif known.nullable is False and column.nullable is True:
        found.append(_as(one, OperationKind.DROP_NOT_NULL))
    if column.is_unique and not (known.is_unique or known.is_primary):
        found.append(_as(one, OperationKind.ADD_UNIQUE))
    elif column.is_indexed and not (known.is_indexed or known.is_unique or known.is_primary):
        found.append(_as(one, OperationKind.ADD_INDEX))
    yield from found or (_as(one, OperationKind.UNKNOWN),)


def _as(one: Operation, kind: OperationKind, columns: tuple[str, ...] | None = None) -> Operation:
    named = one.columns if columns is None else columns
    return msgspec.structs.replace(one, kind=kind, columns=named, is_unique=kind is OperationKind.ADD_UNIQUE)
