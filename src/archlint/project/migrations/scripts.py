"""Migrations as .sql files: which files are some, which belong together, and in which order they run."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from archlint.ir.migration import OperationKind, ScriptFacts
from archlint.project.migrations.migration import Migration, Step, Tool
from archlint.source import Role

if TYPE_CHECKING:
    from archlint.project.migrations.dialects import Dialects
    from archlint.project.project import Project

_ROLES = frozenset({Role.MIGRATION, Role.PRODUCTION, Role.COMMAND})
_DEFINING = _ROLES | {Role.GENERATED}
"""Those of scripts that add keys and indexes; what is generated creates no table, as it may be a copy of another."""
_ADDING = frozenset(
    {
        OperationKind.ADD_CHECK, OperationKind.ADD_COLUMN, OperationKind.ADD_FOREIGN_KEY, OperationKind.ADD_INDEX,
        OperationKind.ADD_PRIMARY_KEY, OperationKind.ADD_UNIQUE, OperationKind.CREATE_TABLE,
    }
)  # fmt: skip
_MOVING = frozenset({OperationKind.DROP_COLUMN, OperationKind.RENAME_COLUMN, OperationKind.RENAME_TABLE})
_MAKING = _MOVING | {OperationKind.CREATE_TABLE}
_VERSION = r"\d+(?:[._-]\d+)*"
_FLYWAY = re.compile(rf"(?i)^(?P<way>[VU])(?P<version>{_VERSION})__")
_NUMBERED = re.compile(rf"^[Vv]?(?P<version>{_VERSION})[A-Za-z_.-]")
_DIRECTION = re.compile(r"(?i)^(?P<stem>.*?)[._-](?P<way>up|down|rollback|undo)\.(?:p|pg)?sql$")
_DIESEL = re.compile(r"(?i)^(?P<way>up|down)\.sql$")
_DATABASE = re.compile(
    r"(?i)[._](postgres(?:ql)?|pg|mysql|sqlite3?|cockroach(?:db)?|mariadb|autocommit)"
    r"(?:[._](?:up|down|rollback|undo))?(?=\.(?:p|pg)?sql$)"
)


class _Script(msgspec.Struct, frozen=True):
    """A script in its line: `version` sorts, and scripts with one name are the two ways of one migration.

    `is_versioned` says that the tool refuses two of one version.
    """

    facts: ScriptFacts
    line: str
    name: str
    version: str
    is_backward: bool
    is_versioned: bool = False

    @property
    def order(self) -> tuple[list[int], str]:
        return [int(one) for one in re.findall(r"\d+", self.version)], self.name


@dataclass(slots=True)
class Scripts:
    """Reads the scripts of a project."""

    project: Project
    dialects: Dialects

    def migrations(self) -> Iterator[Migration]:
        """Yield the migrations, line by line, in the order in which they run."""
        for line, scripts in sorted(self._lines().items()):
            if _is_line(scripts):
                yield from self._of_line(line, scripts)

    def defining(self) -> Iterator[Migration]:
        """Yield the scripts that define tables and are no migrations, folder by folder, what creates tables first.

        Nobody knows in which order they run: only what they add counts, and what each does to tables of its own.
        """
        found: defaultdict[str, list[ScriptFacts]] = defaultdict(list)
        lines = self._lines().values()
        alone = {one.facts.path for scripts in lines if not _is_line(scripts) for one in scripts if not one.is_backward}
        for facts in self.project.scripts:
            role = self.project.role_of(facts.path)
            if facts.path in alone or (role in _DEFINING and _script(facts) is None):
                found[_line(facts.path)].append(facts)
        for folder, rows in sorted(found.items()):
            yield from self._of_folder(folder, rows)

    def _lines(self) -> Mapping[str, list[_Script]]:
        lines: defaultdict[str, list[_Script]] = defaultdict(list)
        for facts in self.project.scripts:
            role = self.project.role_of(facts.path)
            found = _script(facts) if role in _ROLES else None
            # A way back may be empty on purpose, and is one as long as there is something that it undoes.
            if found is not None and (role is Role.MIGRATION or facts.may_define or found.is_backward):
                lines[found.line].append(found)
        return lines

    def _of_folder(self, folder: str, rows: Sequence[ScriptFacts]) -> Iterator[Migration]:
        for is_creating in (True, False):
            for facts in rows:
                steps = list(_steps(facts, is_backward=False))
                own = {one.key for one in steps if one.kind is OperationKind.CREATE_TABLE}
                added = (one for one in steps if one.kind in _ADDING or (one.kind in _MOVING and one.key in own))
                told = tuple(one for one in added if (one.kind in _MAKING) is is_creating)
                dialect = self.dialects.of_script(facts, rows)
                role = self.project.role_of(facts.path)
                if is_creating and role is Role.GENERATED:
                    continue
                yield Migration(facts.path, Tool.SCRIPT, folder, facts.path, (), told, None, dialect, role)

    def _of_line(self, line: str, scripts: Sequence[_Script]) -> Iterator[Migration]:
        ways = _ways(scripts)
        before: tuple[str, ...] = ()
        for one in sorted((one for one in scripts if not one.is_backward), key=lambda one: one.order):
            back = next((other for other in ways[one.name] if other.is_backward), None)
            yield self._migration(line, one, back, before, [other.facts for other in scripts])
            before = (one.name,)

    def _migration(
        self, line: str, one: _Script, back: _Script | None, before: tuple[str, ...], others: Sequence[ScriptFacts]
    ) -> Migration:
        backward = tuple(_steps(back.facts, is_backward=False)) if back is not None else None
        if any(section.is_backward for section in one.facts.sections):
            backward = tuple(_steps(one.facts, is_backward=True))
        return Migration(
            one.facts.path,
            Tool.SCRIPT,
            line,
            one.name,
            before,
            tuple(_steps(one.facts, is_backward=False)),
            backward,
            self.dialects.of_script(one.facts, others),
            self.project.role_of(one.facts.path),
            version=one.version if one.is_versioned or back is not None or one.facts.tool else "",
        )


def _ways(scripts: Iterable[_Script]) -> Mapping[str, list[_Script]]:
    found: defaultdict[str, list[_Script]] = defaultdict(list)
    for one in scripts:
        found[one.name].append(one)
    return found


def _is_line(scripts: Sequence[_Script]) -> bool:
    """Return whether scripts are migrations that follow each other: one numbered file alone defines tables."""
    ways = _ways(scripts)
    forward = [one for one in scripts if not one.is_backward]
    return len(forward) > 1 or any(one.facts.tool or len(ways[one.name]) > 1 for one in forward)


def same_versions(members: Iterable[Migration]) -> Iterator[tuple[Migration, Migration]]:
    """Yield the pairs of migrations of one version, where that must be unique."""
    seen: dict[str, Migration] = {}
    for one in members:
        if one.version and one.version in seen:
            yield seen[one.version], one
        seen.setdefault(one.version, one)


def _line(path: str) -> str:
    """Return the folder of a script, with the database that its name tells: two of them are no one schema."""
    folder, _, name = path.rpartition("/")
    database = _DATABASE.search(name)
    return f"{folder} {database.group(1).lower()}" if database is not None else folder


def _script(facts: ScriptFacts) -> _Script | None:
    """Return the place of a script among migrations, or None where its name is not that of one."""
    folder, _, name = facts.path.rpartition("/")
    line = _line(facts.path)
    diesel = _DIESEL.match(name)
    if diesel is not None:
        above, _, own = folder.rpartition("/")
        version = _NUMBERED.match(own)
        is_backward = diesel["way"].lower() == "down"
        return _Script(facts, above, own, version["version"], is_backward) if version is not None else None
    flyway = _FLYWAY.match(name)
    if flyway is not None:
        is_backward = flyway["way"].upper() == "U"
        return _Script(facts, line, name[1:], _counted(flyway["version"]), is_backward, is_versioned=True)
    numbered = _NUMBERED.match(name)
    direction = _DIRECTION.match(name)
    stem = direction["stem"] if direction is not None else name
    is_backward = direction is not None and direction["way"].lower() != "up"
    above, _, own = folder.rpartition("/")
    if own.isdigit():  # a folder for each version: `delta/72/01_index.sql`, `delta/16/users.sql`
        sub = f"{own}.{numbered['version']}" if numbered is not None else own
        return _Script(facts, above, f"{own}/{stem}", sub, is_backward)
    if numbered is None:
        return None
    return _Script(facts, line, stem, numbered["version"], is_backward)


def _counted(version: str) -> str:
    """Return a version in one spelling: Flyway takes `2_1`, `2.1`, `2.01` and `2.1.0` for one."""
    numbers = [str(int(one)) for one in re.findall(r"\d+", version)]
    while len(numbers) > 1 and numbers[-1] == "0":
        numbers.pop()
    return ".".join(numbers)


def _steps(facts: ScriptFacts, *, is_backward: bool) -> Iterator[Step]:
    for section in facts.sections:
        if section.is_backward != is_backward:
            continue
        in_transaction = section.in_transaction
        for one in section.operations:
            yield Step(one, facts.path, in_transaction)
            if one.kind is OperationKind.BEGIN:
                in_transaction = True
            elif one.kind is OperationKind.COMMIT:
                in_transaction = False  # that of the tool has ended with it
