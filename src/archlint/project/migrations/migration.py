"""Migrations as plain values: what each does to the database, step by step, and what is known of its surroundings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from archlint.diagnostic import Confidence
from archlint.ir.migration import VIEW, Operation, OperationKind, table_key
from archlint.source import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from archlint.diagnostic import Span
    from archlint.project.sql.template import Template
    from archlint.project.symbols import Module
    from archlint.source import SourceFile

POSTGRES = "postgres"


class Tool(str, Enum):
    """What runs a migration."""

    DJANGO = "django"
    ALEMBIC = "alembic"
    SCRIPT = "sql"


class Dialect(msgspec.Struct, frozen=True):
    """The database that is meant, as sqlglot names it, or ""; `is_told` says that more than the drivers tell it."""

    name: str = ""
    is_told: bool = False

    @property
    def confidence(self) -> Confidence:
        """Return how sure a finding is that is true of this database only."""
        return Confidence.HIGH if self.is_told else Confidence.MEDIUM


class Step(msgspec.Struct, frozen=True):
    """One operation of a migration.

    Its offsets count in `text` where it stands in a string of Python, else in the file.
    `in_transaction` says whether it runs in a transaction with the steps beside it; None where nobody knows. Of a
    BEGIN or COMMIT it is the state that it finds.
    """

    operation: Operation
    path: str
    in_transaction: bool | None
    text: Template | None = None

    @property
    def kind(self) -> OperationKind:
        """Return what the operation does."""
        return self.operation.kind

    @property
    def table(self) -> str:
        """Return the table as it is written, or ""."""
        return self.operation.table

    @property
    def key(self) -> str:
        """Return the name of the table for comparisons, or ""."""
        return table_key(self.operation.table)

    @property
    def start(self) -> int:
        """Return the offset in the file, where a text begins and the offset in it together: no other step has it."""
        origin = self.text.pieces[0].origin.region[0] if self.text is not None else 0
        return origin + self.operation.start

    def span(self, source_of: Callable[[str], SourceFile]) -> Span:
        """Return where the operation stands, as far as its first line goes."""
        start, end = self.operation.start, self.operation.end
        if self.text is not None:
            span = self.text.span(start, end, source_of)
            start, end = span.start, span.end
        source = source_of(self.path)
        line = source.line_at(start)
        return source.span(start, max(min(end, source.starts[line - 1] + len(source.line_text(line))), start))


@dataclass(frozen=True, eq=False)
class Migration:
    """One migration. `line` names the migrations that follow each other; within it `identity` is unique.

    `follows` are the identities right before it. `backward` are the steps of the way back: none where it does
    nothing, None where there is none. `refuses` says that the way back only raises, on purpose. `version` is the
    number that only one script of its line may have, or "".
    `module` is None for scripts.
    """

    path: str
    tool: Tool
    line: str
    identity: str
    follows: tuple[str, ...]
    forward: tuple[Step, ...]
    backward: tuple[Step, ...] | None
    dialect: Dialect
    role: Role = Role.MIGRATION
    refuses: bool = False
    replaces: tuple[str, ...] = ()
    module: Module | None = None
    version: str = ""

    @cached_property
    def created(self) -> frozenset[str]:
        """Return the keys of the tables and materialized views that the migration creates: nobody uses them yet."""
        found: set[str] = set()
        for step in self.forward:
            is_kept = step.kind is OperationKind.CREATE_OTHER and step.operation.what != VIEW
            if step.kind is OperationKind.CREATE_TABLE:
                found.add(step.key)
            elif is_kept or (step.kind is OperationKind.RENAME_TABLE and step.key in found):
                found.add(table_key(step.operation.name))
        return frozenset(found - {""})

    @cached_property
    def on_existing(self) -> tuple[Step, ...]:
        """Return the forward steps that are about tables which were there before, and whose name is known."""
        return tuple(step for step in self.forward if step.key and step.key not in self.created)

    @property
    def is_squashed(self) -> bool:
        """Return whether it stands for others, all of which it does at once in new databases."""
        return bool(self.replaces) or (self.tool is Tool.DJANGO and "_squashed_" in self.identity)

    @property
    def is_postgres(self) -> bool:
        """Return whether it runs on PostgreSQL, as far as is known."""
        return self.dialect.name == POSTGRES
