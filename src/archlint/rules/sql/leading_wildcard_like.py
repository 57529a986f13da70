"""ARC607: a LIKE whose pattern begins with a wildcard, as the only condition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.diagnostic import Confidence
from archlint.rule import Rule
from archlint.syntax import exp
from archlint.syntax.sql_filters import is_leading, is_only_filter
from archlint.syntax.sql_shape import has_unknown_clause

if TYPE_CHECKING:
    from archlint.rule import Found
    from archlint.syntax.sql import SqlContext

rule = Rule("ARC607")


@rule.sql
def unanchored_pattern(node: exp.Like | exp.ILike, context: SqlContext) -> Found:
    """Report a pattern that no sorted index answers, in a query that has nothing else to find its rows by."""
    column = node.this.find(exp.Column)
    if context.is_migration or column is None or not is_leading(node) or not is_only_filter(node, context.dialect):
        return
    where = node.find_ancestor(exp.Where)
    table = where.parent.find(exp.Table) if where is not None and where.parent is not None else None
    is_first = where is not None and _first_pattern(where) is node
    if table is None or not is_first or context.is_masked(column) or context.is_masked(table):
        return
    if has_unknown_clause(context.parsed, context.statement):
        return
    yield rule.at(
        context.head_span(node),
        f"`{column.name}` is searched for a text in its middle: every row of `{table.name}` is read, unless it has a"
        " trigram or full-text index",
        confidence=Confidence.LOW if _is_fixed(node, context) else Confidence.MEDIUM,
        scope=context.scope,
        anchor=f"{table.name}.{column.name}",
    )


def _is_fixed(node: exp.Like | exp.ILike, context: SqlContext) -> bool:
    """Return whether the text that is searched for is written out: nobody types it in, as into a search."""
    return isinstance(node.expression, exp.Literal) and not context.is_masked(node.expression)


def _first_pattern(where: exp.Where) -> exp.Expr | None:
    """Return the pattern by which a condition with several is reported."""
    return next((one for one in where.find_all(exp.Like, exp.ILike, bfs=False) if is_leading(one)), None)
