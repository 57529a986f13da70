"""The indexes that migrations make beside those that models declare, as far as a table and its first column tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from archlint.ir import nodes as ir
from archlint.project.project import Project
from archlint.project.tree import argument, called_name, nodes_in
from archlint.source import Role

_MAKING = frozenset({"create_index", "create_unique_constraint"})
_STATEMENT = re.compile(
    r'(?is)\bcreate\s+(?:unique\s+)?index\b[^;(]*?\bon\s+(?:only\s+)?(?:"?\w+"?\.)?"?(\w+)"?\s*(?:using\s+\w+\s*)?\(\s*"?(\w+)"?'
)
_BACKWARDS = "downgrade"


def migrated(project: Project) -> frozenset[tuple[str, str]]:
    """Return the tables and first columns of indexes that migrations make forwards.

    What a later one drops is among them: who asks wants to know that an index is missing. A table that only a
    surrounding block names is "".
    """
    found: set[tuple[str, str]] = set()
    for module in project.modules:
        for unit in module.facts.units if module.role is Role.MIGRATION else ():
            if unit.name != _BACKWARDS:
                found.update(_made_in(project.body(unit)))
    return frozenset(found)


def is_made(made: frozenset[tuple[str, str]], table: str, columns: Iterable[str]) -> bool:
    """Return whether migrations make an index of a table that begins with one of some columns, or may do so."""
    return any((table, one) in made or ("", one) in made for one in columns)


def _made_in(body: ir.Stmt) -> Iterator[tuple[str, str]]:
    for node, _ in nodes_in(body):
        if isinstance(node, ir.Text):
            yield from _STATEMENT.findall(node.value)
        elif isinstance(node, ir.Call) and called_name(node) in _MAKING:
            yield from _of_call(node)


def _of_call(call: ir.Call) -> Iterator[tuple[str, str]]:
    """Yield the table and first column of `create_index("name", "table", ["column"])`, or without its table."""
    table, columns = argument(call, 1, "table_name", "source"), argument(call, 2, "columns")
    if isinstance(table, ir.Collection):
        table, columns = None, table
    first = columns.items[0] if isinstance(columns, ir.Collection) and columns.items else None
    if isinstance(first, ir.Text):
        yield table.value if isinstance(table, ir.Text) else "", first.value
