"""What the revisions of Alembic make of tables: the names of their columns behind the last revision.

A line of revisions that ends in several heads, or that may change tables in a way that nobody can read, has no state.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.ir.migration import Operation, OperationKind, may_define_columns, table_key
from archlint.project.migrations.alembic import is_revision
from archlint.project.migrations.alembic_calls import ADDING
from archlint.project.migrations.migration import Migration, Step, Tool
from archlint.project.tree import called_name, nodes_in

if TYPE_CHECKING:
    from archlint.project.project import Project
    from archlint.project.symbols import Module

Columns = Mapping[str, frozenset[str]]
"""From the key of a table to the names of its columns in lower case."""

_TOOL = "alembic"
_WHOLE = "create_all"
_READING = frozenset({"open", "read", "read_bytes", "read_text", "readlines"})
_DARK = frozenset({OperationKind.RUN_CODE, OperationKind.UNKNOWN})
_OF_ROWS = frozenset(
    {"analyze", "comment", "delete", "drop", "grant", "insert", "lock", "revoke", "select", "set", "truncate", "update",
     "vacuum", "with"}
)  # fmt: skip
"""First words of statements that define no column, whatever stands in their holes."""
_BACK = "downgrade"
_Region = tuple[int, int]


def revised(project: Project) -> Columns:
    """Return the columns of the tables that revisions make, as far as they are known as a whole."""
    found: dict[str, frozenset[str]] = {}
    helpers = _helpers(project)
    for key, members in project.migrations.lines.items():
        if key[0] is Tool.ALEMBIC:
            state = _state(project, members, helpers) if len(project.migrations.heads(key)) == 1 else None
            if state is None or not found.keys().isdisjoint(state):  # which database a model is in, nobody knows
                return {}
            found |= state
    return found


def _state(project: Project, members: tuple[Migration, ...], helpers: frozenset[str]) -> Columns | None:
    replay = _Replay()
    for one in members:
        if one.module is None or _is_dark(project, one, one.module, helpers):
            return None
        if not all(replay.run(step) for step in one.forward):
            return None
    known = replay.created - replay.blurred
    tables = {key: names | replay.anywhere for key, names in replay.tables.items() if key in known}
    return {key: frozenset(name.lower() for name in names) for key, names in tables.items()}


def _helpers(project: Project) -> frozenset[str]:
    """Return the names of modules beside the revisions that may run operations for them."""
    others = (one for one in project.modules if not is_revision(one))
    return frozenset(one.name for one in others if any(row.target.split(".")[0] == _TOOL for row in one.facts.imports))


def _is_dark(project: Project, migration: Migration, module: Module, helpers: frozenset[str]) -> bool:
    """Return whether a revision may add columns where nobody can see it."""
    targets = {row.target for row in module.facts.imports}
    if any(one in helpers or one.rpartition(".")[0] in helpers for one in targets):
        return True
    used = {name for unit in module.facts.units for name in unit.attributes}
    if _WHOLE in used:
        return True
    unread = [step for step in migration.forward if step.kind in _DARK and not step.key and not _is_harmless(step)]
    return any(one.text is not None for one in unread) or (bool(unread) and _has_more(project, migration, module))


def _is_harmless(step: Step) -> bool:
    """Return whether a statement gives no table a column, as far as its text is known."""
    if step.text is None:
        return False
    start, end = step.operation.start, step.operation.end
    said = step.text.text[start:end]
    is_whole = not any(first < end and start < last for first, last, _ in step.text.holes)
    is_of_rows = said.split(maxsplit=1)[:1] and said.split(maxsplit=1)[0].lower() in _OF_ROWS
    return bool(step.operation.what) or (not may_define_columns(said) and bool(is_whole or is_of_rows))


def _has_more(project: Project, migration: Migration, module: Module) -> bool:
    """Return whether something in the file may define columns beside the texts that were read as steps."""
    read = frozenset(_read(migration))
    back = module.functions.get(_BACK)
    units = (one for one in module.facts.units if back is None or one != back.unit)
    return any(
        _may_define(node) and (unit.start + node.start, unit.start + node.end) not in read
        for unit in units
        for node, _ in nodes_in(project.body(unit))
    )


def _read(migration: Migration) -> Iterator[_Region]:
    """Yield where the literals stand that make up the texts of steps."""
    for step in (*migration.forward, *(migration.backward or ())):
        for piece in step.text.pieces if step.text is not None else ():
            if piece.origin.module is migration.module:
                yield piece.origin.region


def _may_define(node: ir.Node) -> bool:
    if isinstance(node, ir.Text):
        return may_define_columns(node.value)
    if isinstance(node, ir.Call):
        return called_name(node) in _READING
    return isinstance(node, ir.Masked) and node.may_define


@dataclass(slots=True)
class _Replay:
    """The tables behind the steps so far; `blurred` are those of which something was not read.

    What is altered and not among `created` was there before the first revision.
    """

    tables: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    created: set[str] = field(default_factory=set)
    anywhere: set[str] = field(default_factory=set)
    blurred: set[str] = field(default_factory=set)
    has_dropped: bool = False
    """A table whose name is not known was dropped."""

    def run(self, step: Step) -> bool:
        """Take note of a step; return False where it may be about any table."""
        one, key = step.operation, step.key
        if not key:
            return self._anywhere(one)
        if one.kind is OperationKind.CREATE_TABLE:
            self.created.add(key)
            self.blurred |= {key} if one.is_open else set()
        match one.kind:
            case OperationKind.CREATE_TABLE | OperationKind.ADD_COLUMN:
                self.tables[key].update(column.name for column in one.definitions)
            case OperationKind.DROP_COLUMN:
                self.tables[key].difference_update(one.columns)
            case OperationKind.RENAME_COLUMN:
                self.tables[key].add(one.name)
            case OperationKind.RENAME_TABLE:
                self._rename(key, table_key(one.name))
            case OperationKind.DROP_TABLE:
                self.tables.pop(key, None)
            case OperationKind.UNKNOWN if not one.is_unique:
                self.blurred.add(key)
        return True

    def _anywhere(self, one: Operation) -> bool:
        """Take note of what is done to a table whose name is not known."""
        match one.kind:
            case OperationKind.CREATE_TABLE:  # one that is known already is not created again
                return not self.has_dropped
            case OperationKind.DROP_TABLE:
                self.has_dropped = True
            case OperationKind.ADD_COLUMN | OperationKind.RENAME_COLUMN:
                names = one.columns if one.kind is OperationKind.ADD_COLUMN else (one.name,)
                self.anywhere.update(names)
                return all(names) and bool(names)
            case OperationKind.RENAME_TABLE:
                self.blurred.add(table_key(one.name))
                return bool(one.name)
            case OperationKind.UNKNOWN:
                return one.what != ADDING
        return True

    def _rename(self, key: str, name: str) -> None:
        self.tables[name] |= self.tables.pop(key, set())
        for group in (self.blurred, self.created):
            if key in group:
                group.add(name)
