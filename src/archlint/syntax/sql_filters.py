"""Which conditions of a statement could be answered from an index."""

from __future__ import annotations

from archlint.syntax import exp
from archlint.syntax.sql_bounds import conjuncts
from archlint.syntax.sql_sources import is_stored, sources

_COLUMN_STORES = frozenset({"bigquery", "clickhouse", "databricks", "duckdb", "snowflake", "spark"})
"""Dialects of databases that read columns whole and have no index to miss."""


def is_only_filter(node: exp.Expr, dialect: str) -> bool:
    """Return whether a condition, or an OR of conditions like it, is all that limits the rows of one stored table.

    What is joined may be found by a key, and each other condition may have an index: both end the question.
    """
    where = node.find_ancestor(exp.Where)
    tree = where.parent if where is not None else None
    if tree is None or dialect in _COLUMN_STORES or not _reads_one_table(tree):
        return False
    conditions = list(conjuncts(tree))
    return any(_holds(one, node) for one in conditions) and not any(
        _may_be_indexed(one) for one in conditions if not _holds(one, node)
    )


def _reads_one_table(tree: exp.Expr) -> bool:
    if isinstance(tree, exp.Select):
        found = list(sources(tree))
        return len(found) == 1 and is_stored(found[0])
    is_write = isinstance(tree, exp.Update | exp.Delete) and isinstance(tree.this, exp.Table)
    return is_write and not any(tree.args.get(name) for name in ("from_", "using", "joins", "tables"))


def _holds(condition: exp.Expr, node: exp.Expr) -> bool:
    """Return whether a condition is the node, or an OR whose every side no index answers in the way of the node."""
    bare = _bare(condition)
    if not isinstance(bare, exp.Or):
        return bare is node
    sides = [_bare(one) for one in bare.flatten()]
    return any(one is node for one in sides) and all(type(one) is type(node) for one in sides)


def _may_be_indexed(condition: exp.Expr) -> bool:
    """Return whether an index may find the rows of a condition: all but flags and what is excluded."""
    bare = _bare(condition)
    if isinstance(bare, exp.Not | exp.NEQ | exp.Boolean | exp.Column) or bare.args.get("negate"):
        return False
    is_flag = isinstance(bare, exp.EQ | exp.Is) and isinstance(bare.expression, exp.Boolean)
    return not is_flag and not (isinstance(bare, exp.Like | exp.ILike) and is_leading(bare))


def _bare(condition: exp.Expr) -> exp.Expr:
    while isinstance(condition, exp.Paren | exp.Escape):
        condition = condition.this
    return condition


def is_leading(condition: exp.Expr) -> bool:
    """Return whether the pattern of a LIKE is known to begin with a wildcard."""
    pattern = condition.args.get("expression")
    while isinstance(pattern, exp.DPipe | exp.Concat | exp.Paren):
        pattern = pattern.expressions[0] if isinstance(pattern, exp.Concat) else pattern.this
    if not isinstance(pattern, exp.Literal) or condition.args.get("negate"):
        return False
    return pattern.is_string and pattern.name.startswith("%")
