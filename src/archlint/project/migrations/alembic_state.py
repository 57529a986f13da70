"""What the revisions of Alembic make of tables: the names of their columns behind the last revision.

A line of revisions that ends in several heads, or that may change tables in a way that nobody can read, has no state.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.ir.migration import OperationKind, table_key
from archlint.project.migrations.alembic import is_revision
from archlint.project.migrations.migration import Migration, Step, Tool
from archlint.project.tree import called_name, nodes_in

if TYPE_CHECKING:
    from archlint.project.project import Project
    from archlint.project.symbols import Module

Columns = Mapping[str, frozenset[str]]
"""From the key of a table to the names of its columns in lower case."""

_DEFINING = re.compile(r"(?i)\b(?:alter|create)\s+table\b|\badd\s+column\b")
_TOOL = "alembic"
_WHOLE = "create_all"
_READING = frozenset({"open", "read", "read_bytes", "read_text", "readlines"})
_DARK = frozenset({OperationKind.RUN_CODE, OperationKind.UNKNOWN})
_NAMED = frozenset({OperationKind.CREATE_TABLE, OperationKind.RENAME_COLUMN, OperationKind.RENAME_TABLE})


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
    is_unread = any(step.kind in _DARK and not step.key for step in migration.forward)
    return is_unread and any(
        _may_define(node) for unit in module.facts.units for node, _ in nodes_in(project.body(unit))
    )


def _may_define(node: ir.Node) -> bool:
    if isinstance(node, ir.Text):
        return _DEFINING.search(node.value) is not None
    if isinstance(node, ir.Call):
        return called_name(node) in _READING
    return isinstance(node, ir.Masked)


@dataclass(slots=True)
class _Replay:
    """The tables behind the steps so far; `blurred` are those of which something was not read.

    What is altered and not among `created` was there before the first revision.
    """

    tables: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    created: set[str] = field(default_factory=set)
    anywhere: set[str] = field(default_factory=set)
    blurred: set[str] = field(default_factory=set)

    def run(self, step: Step) -> bool:
        """Take note of a step; return False where it may be about any table."""
        one, key = step.operation, step.key
        if not key:
            self.anywhere.update(one.columns if one.kind is OperationKind.ADD_COLUMN else ())
            return one.kind not in _NAMED and (one.kind is not OperationKind.ADD_COLUMN or bool(one.columns))
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

    def _rename(self, key: str, name: str) -> None:
        self.tables[name] |= self.tables.pop(key, set())
        for group in (self.blurred, self.created):
            if key in group:
                group.add(name)
