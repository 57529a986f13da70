"""In which position of a statement a hole stands: a value, an identifier, or a clause."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from archlint.syntax import exp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archlint.syntax.sql_text import Region

_NAMING = frozenset({"table", "schema", "dot", "index", "columndef", "cte", "constraint", "use", "insert", "join"})
_LISTING = frozenset({"select", "ordered", "order", "group", "distinct"})
_CONNECTING = frozenset(
    {"where", "and", "or", "not", "having", "update", "cte", "subquery", "join", "alias", "onconflict"}
)
_COMPARING = frozenset({"eq", "neq", "gt", "gte", "lt", "lte", "like", "ilike", "is", "in", "between"})


class Position(str, Enum):
    """What may stand in a place of a statement."""

    VALUE = "value"
    IDENTIFIER = "identifier"
    CLAUSE = "clause"
    """A condition, a list of columns, a join, a part of any kind, or nothing: what is known is not the whole."""


def position(tree: exp.Expr, hole: Region) -> Position:
    """Return the position of a hole; one that left no node in the tree was skipped to parse the rest."""
    node = next((one for one in tree.walk() if _is_at(one, hole)), None)
    if node is None:
        return Position.CLAUSE
    if isinstance(node, exp.Literal):
        return Position.VALUE
    if not isinstance(node, exp.Identifier):
        return Position.IDENTIFIER
    parent = node.parent
    if isinstance(parent, exp.TableAlias | exp.Alias):
        return Position.CLAUSE  # `FROM t {joins} WHERE …`: what reads as an alias stands where clauses do
    if isinstance(parent, exp.Column) and not parent.args.get("table") and _is_all_of(node, hole):
        return _of_column(parent)
    is_query = isinstance(parent, exp.Table) and isinstance(parent.parent, exp.Subquery)
    return Position.CLAUSE if is_query else Position.IDENTIFIER


def is_masked(node: exp.Expr, holes: Sequence[Region]) -> bool:
    """Return whether a hole takes part in a node, so that its name or value is not known."""
    metas = [one.meta for one in node.walk() if "start" in one.meta]
    return any(meta["start"] < end and start <= meta["end"] for meta in metas for start, end in holes)


def _is_at(node: exp.Expr, hole: Region) -> bool:
    meta = node.meta
    return "start" in meta and meta["start"] < hole[1] and hole[0] <= meta["end"]


def _is_all_of(node: exp.Expr, hole: Region) -> bool:
    return bool(node.meta["start"] == hole[0] and node.meta["end"] + 1 == hole[1])


def _of_column(column: exp.Column) -> Position:
    """Return the position of a hole that reads as the name of a column."""
    node: exp.Expr = column
    parent = node.parent
    while isinstance(parent, exp.Paren):
        node, parent = parent, parent.parent
    if parent is None or parent.key in _CONNECTING:
        return Position.CLAUSE
    if parent.key in _LISTING or isinstance(parent, exp.AggFunc):
        return Position.IDENTIFIER
    return Position.IDENTIFIER if _is_left(node, parent) else Position.VALUE


def _is_left(node: exp.Expr, parent: exp.Expr) -> bool:
    """Return whether a node is what is compared or set, and no column is on the other side."""
    if parent.key not in _COMPARING or parent.this is not node:
        return False
    return not isinstance(parent.args.get("expression"), exp.Column)
