"""The tables of a statement: which it reads, which it writes, and what its aliases stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import msgspec

from archlint.syntax import exp
from archlint.syntax.sql_holes import is_masked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from archlint.syntax.sql_text import Region

_DEFINING = frozenset({"create", "alter", "drop", "truncatetable", "comment"})


class Table(msgspec.Struct, frozen=True, order=True):
    """A table, as it is written; `schema` is what qualifies it, or ""."""

    name: str
    schema: str = ""


class Column(msgspec.Struct, frozen=True, order=True):
    """A column, with the table that its qualifier stands for: "" where it has none and there are several tables."""

    name: str
    table: str = ""


class Tables(msgspec.Struct, frozen=True):
    """The tables of one statement, each once, in the order of the text; those named at run time are left out."""

    reads: tuple[Table, ...]
    writes: tuple[Table, ...]
    aliases: Mapping[str, str]

    @classmethod
    def of(cls, tree: exp.Expr, holes: Sequence[Region]) -> Tables:
        """Return the tables of a statement in which some regions are not known."""
        nodes = [node for node in tree.find_all(exp.Table) if not _is_derived(node)]
        nodes = sorted((node for node in nodes if not is_masked(_named(node), holes)), key=_start)
        named = {node.alias_or_name.lower(): node for node in nodes if node.alias}
        targets = {id(node) for node in _targets(tree)}
        written = [_target_of(node, named) for node in nodes if id(node) in targets]
        hidden = targets | {id(node) for node in written}
        if tree.key in _DEFINING:
            hidden |= {id(node) for node in nodes if node.find_ancestor(exp.Query) is None}
        reads = [node for node in nodes if id(node) not in hidden]
        aliases = {alias: node.name for alias, node in named.items()}
        return cls(_distinct(reads), _distinct(written), aliases | {"": _only(nodes)})

    def column(self, node: exp.Expr) -> Column:
        """Return a column with its table; the name of a column in USING belongs to both sides."""
        if isinstance(node, exp.Identifier):
            return Column(node.name)
        qualifier = node.text("table")
        return Column(node.name, self.aliases.get(qualifier.lower(), qualifier))


def _targets(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Yield the tables that the statement and the statements in its CTEs change."""
    for node in tree.find_all(exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Into):
        yield from node.args.get("tables") or ()
        yield _unwrapped(node.this)
    if tree.key in _DEFINING:
        listed = (tree.this, *tree.expressions, *(tree.args.get("tables") or ()))
        yield from (_unwrapped(node) for node in listed if isinstance(node, exp.Expr))


def _unwrapped(node: exp.Expr) -> exp.Expr:
    """Return the table that is followed by a list of columns, or that an index is on."""
    if isinstance(node, exp.Index):
        return node.args.get("table") or node
    return node.this if isinstance(node, exp.Schema) else node


def _target_of(node: exp.Table, named: Mapping[str, exp.Table]) -> exp.Table:
    """Return the table of a target that is named by its alias: `UPDATE o SET … FROM orders o`."""
    return named.get(node.name.lower(), node) if not node.alias and not node.db else node


def definition(node: exp.Table) -> exp.CTE | None:
    """Return the CTE that a table in a query stands for, or None where it is a table of the database or a function."""
    if not isinstance(node.this, exp.Identifier) or node.db:
        return None
    name = node.name.lower()
    scope: exp.Expr | None = node
    while scope is not None:
        clause = scope.args.get("with_")
        if clause is not None:
            ctes = [one for one in clause.expressions if one.alias.lower() == name]
            visible = [one for one in ctes if _is_visible(one, node, clause)]
            if visible:
                return cast("exp.CTE", visible[0])
        scope = scope.parent
    return None


def _is_derived(node: exp.Table) -> bool:
    """Return whether a table is a function, or the result of a CTE around it."""
    return not isinstance(node.this, exp.Identifier) or definition(node) is not None


def _is_visible(cte: exp.Expr, node: exp.Expr, clause: exp.Expr) -> bool:
    """Return whether a CTE hides the table of its name at a node: inside itself only a recursive one does."""
    return bool(clause.args.get("recursive")) or not any(one is cte for one in _around(node))


def _around(node: exp.Expr) -> Iterator[exp.Expr]:
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent


def _named(node: exp.Table) -> exp.Expr:
    """Return the part of a table whose holes matter: its own name."""
    return node.this if isinstance(node.this, exp.Expr) else node


def _start(node: exp.Table) -> int:
    return min((one.meta["start"] for one in node.walk() if "start" in one.meta), default=0)


def _distinct(nodes: Iterable[exp.Table]) -> tuple[Table, ...]:
    return tuple(dict.fromkeys(Table(node.name, node.db) for node in nodes))


def _only(nodes: Sequence[exp.Table]) -> str:
    """Return the name of the one table that a column without qualifier can belong to, or ""."""
    names = {node.name for node in nodes}
    return names.pop() if len(names) == 1 else ""
