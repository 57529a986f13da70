"""All migrations of a project, line by line, in the order in which they run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

from archlint.project.migrations.alembic import Alembic, has_branch_label, is_revision
from archlint.project.migrations.dialects import Dialects
from archlint.project.migrations.django import Django, is_migration
from archlint.project.migrations.history import History
from archlint.project.migrations.left import Left, left_by
from archlint.project.migrations.migration import Migration, Tool
from archlint.project.migrations.order import ordered
from archlint.project.migrations.reading import Reader
from archlint.project.migrations.scripts import Scripts
from archlint.source import Role

if TYPE_CHECKING:
    from archlint.project.project import Project

LineKey = tuple[Tool, str]


class Migrations:
    """Answers which migrations there are; each says what it does, and what was there before."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def __iter__(self) -> Iterator[Migration]:
        """Yield all migrations."""
        for line in self.lines.values():
            yield from line

    def judged(self, roles: Container[Role]) -> Iterator[Migration]:
        """Yield the migrations of files of some roles that rules look at."""
        yield from (one for one in self if self.is_judged(one, roles))

    def is_judged(self, migration: Migration, roles: Container[Role]) -> bool:
        """Return whether rules look at a migration: not at those that have run where rows are, for all we know.

        A squashed one changes nothing there: it stands for others.
        """
        is_settled = migration.is_squashed or migration.path in self._project.settled
        return migration.role in roles and not is_settled

    @cached_property
    def lines(self) -> Mapping[LineKey, tuple[Migration, ...]]:
        """Return the migrations that follow each other, by tool and line, in the order in which they run."""
        found: Mapping[LineKey, tuple[Migration, ...]] = self._project.memo.aside(self._lines)
        return found

    @cached_property
    def left(self) -> tuple[Left, ...]:
        """Return the tables that each line leaves behind, and those of scripts of DDL that are no migrations."""
        found: tuple[Left, ...] = self._project.memo.aside(lambda: tuple(self._left()))
        return found

    def _left(self) -> Iterator[Left]:
        defining = list(Scripts(self._project, Dialects(self._project)).defining())
        whole = {one.line for one in defining if one.created}
        for (_, line), members in self.lines.items():
            if line.rpartition("/")[0] not in whole:  # else they bring databases up to what the scripts above define
                yield from left_by(members)
        for _, scripts in groupby(defining, key=lambda one: one.line):
            yield from left_by(scripts)

    def heads(self, line: LineKey) -> tuple[Migration, ...]:
        """Return the migrations of a line that none follows; what a squashed one replaces does not count.

        There are none where a part of the line is not known, or branches are meant to stay apart.
        """
        members = self.lines[line]
        if line in self._apart or any(name not in self._names[line] for one in members for name in one.follows):
            return ()
        replaced = {name for one in members for name in one.replaces}
        followed = {name for one in members if one.identity not in replaced for name in one.follows}
        done = followed | replaced
        return tuple(one for one in members if one.identity not in done and followed.isdisjoint(one.replaces))

    @cached_property
    def _names(self) -> Mapping[LineKey, frozenset[str]]:
        return {key: frozenset(one.identity for one in members) for key, members in self.lines.items()}

    @cached_property
    def _apart(self) -> frozenset[LineKey]:
        """Return the lines of Alembic with a revision whose name is not known, or with labels of branches."""
        modules = [one for one in self._project.modules if one.role is Role.MIGRATION and is_revision(one)]
        known = {one.path for key, members in self.lines.items() if key[0] is Tool.ALEMBIC for one in members}
        reader = Reader(self._project)
        apart = (one for one in modules if one.path not in known or has_branch_label(one, reader))
        return frozenset((Tool.ALEMBIC, one.folder) for one in apart)

    def _lines(self) -> Mapping[LineKey, tuple[Migration, ...]]:
        lines: defaultdict[LineKey, list[Migration]] = defaultdict(list)
        for one in self._all():
            lines[one.tool, one.line].append(one)
        return {key: _told(ordered(lines[key])) for key in sorted(lines)}

    def _all(self) -> Iterator[Migration]:
        reader, dialects = Reader(self._project), Dialects(self._project)
        django, alembic = Django(self._project, reader, dialects), Alembic(self._project, reader, dialects)
        modules = [one for one in self._project.modules if one.role is Role.MIGRATION]
        elsewhere = (one for one in self._project.modules if self._project.schema.holds_migrations(one))
        named = [one for one in elsewhere if one.role is not Role.MIGRATION]
        of_django = [one for one in (*modules, *named) if is_migration(one, reader)]
        yield from django.migrations(of_django)
        yield from filter(None, (alembic.migration(one) for one in modules if is_revision(one)))
        yield from Scripts(self._project, dialects).migrations()


def _told(members: Iterable[Migration]) -> tuple[Migration, ...]:
    history = History()
    return tuple(history.told(one) for one in members)
