"""ARC606: NOT IN over a subquery that may give NULL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.diagnostic import Confidence
from archlint.rule import Rule
from archlint.syntax import exp
from archlint.syntax.sql_bounds import conjuncts
from archlint.syntax.sql_shape import has_unknown_clause
from archlint.syntax.sql_sources import is_stored, sources

if TYPE_CHECKING:
    from archlint.rule import Found
    from archlint.syntax.sql import SqlContext

KEY_NAMES = frozenset({"id", "pk", "uuid", "guid", "rowid", "ctid", "oid", "key"})

rule = Rule("ARC606")


@rule.sql
def not_in_subquery(node: exp.Not, context: SqlContext) -> Found:
    """Report `NOT IN (SELECT …)` where the subquery gives NULL for certain rows, or gives a column that may be NULL."""
    inner = node.this.unnest()
    query = inner.args.get("query") if isinstance(inner, exp.In) else None
    select = query.unnest() if isinstance(query, exp.Expr) else None
    if not isinstance(select, exp.Select) or len(select.expressions) != 1:
        return
    given = select.expressions[0].unalias()
    confidence = _sureness(given, select)
    if confidence is None or has_unknown_clause(context.parsed, context.statement) or context.is_masked(given):
        return
    named = context.text_of(given)
    when = "is NULL for rows without a match" if confidence is Confidence.HIGH else "may be NULL"
    yield rule.at(
        context.head_span(given),
        f"`{named}` {when}, and with one NULL in its subquery `NOT IN` is true for no row: use NOT EXISTS",
        confidence=confidence,
        scope=context.scope,
        anchor=named,
    )


def _sureness(given: exp.Expr, select: exp.Select) -> Confidence | None:
    """Return how sure it is that a column may be NULL: what an outer join leaves empty is, other columns are guesses.

    None where it is a key by its name, or where the subquery leaves NULL out: a comparison is not true of it either.
    """
    if not isinstance(given, exp.Column) or isinstance(given.this, exp.Star) or _is_excluded(given, select):
        return None
    joins = select.args.get("joins") or ()
    outer = {join.this.alias_or_name.lower() for join in joins if join.side == "LEFT"}
    if given.table and given.table.lower() in outer:
        return Confidence.HIGH
    if given.name.lower() in KEY_NAMES or not all(is_stored(one) for one in sources(select)):
        return None
    return Confidence.LOW


def _is_excluded(given: exp.Column, select: exp.Select) -> bool:
    """Return whether a condition on the rows mentions the column: nearly none is true of NULL."""
    inner = (join.args["on"] for join in select.args.get("joins") or () if join.args.get("on") and not join.side)
    return any(
        column.name.lower() == given.name.lower() and column.table.lower() in ("", given.table.lower())
        for condition in (*conjuncts(select), *inner)
        for column in condition.find_all(exp.Column)
    )
