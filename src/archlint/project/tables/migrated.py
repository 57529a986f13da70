"""The indexes that migrations make beside those that models declare, as far as a table and its first column tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archlint.ir.migration import OperationKind, table_key
from archlint.project.migrations.migration import Step
from archlint.project.project import Project

_MAKING = frozenset({OperationKind.ADD_INDEX, OperationKind.ADD_PRIMARY_KEY, OperationKind.ADD_UNIQUE})


def migrated(project: Project) -> frozenset[tuple[str, str]]:
    """Return the tables and first columns of indexes that migrations make forwards; a table not known is "".

    What a later one drops is among them: who asks wants to know that an index is missing.
    """
    return frozenset(one for migration in project.migrations for step in migration.forward for one in _made(step))


def is_made(made: frozenset[tuple[str, str]], table: str, columns: Iterable[str]) -> bool:
    """Return whether migrations make an index of a table that begins with one of some columns, or may do so."""
    return any((table_key(table), one) in made or ("", one) in made for one in columns)


def _made(step: Step) -> Iterator[tuple[str, str]]:
    if step.kind in _MAKING:
        yield from ((step.key, name) for name in step.operation.columns[:1])
    for one in step.operation.definitions:
        if one.is_indexed or one.is_unique or one.is_primary:
            yield step.key, one.name
