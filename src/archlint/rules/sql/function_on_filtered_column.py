"""ARC608: a condition on a part of a date, as the only one, where a range would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.diagnostic import Confidence
from archlint.rule import Rule
from archlint.syntax import exp
from archlint.syntax.sql_filters import is_only_filter
from archlint.syntax.sql_shape import has_unknown_clause

if TYPE_CHECKING:
    from archlint.rule import Found
    from archlint.syntax.sql import SqlContext

rule = Rule("ARC608")


@rule.sql
def part_of_date(node: exp.EQ | exp.GT | exp.GTE | exp.LT | exp.LTE, context: SqlContext) -> Found:
    """Report `date(column) = …` and the like: an index on the column cannot answer it, a range it can."""
    column = _cut_column(node.this)
    if context.is_migration or column is None or node.expression.find(exp.Column) or context.is_masked(node.this):
        return
    if not is_only_filter(node, context.dialect) or has_unknown_clause(context.parsed, context.statement):
        return
    yield rule.at(
        context.head_span(node.this),
        f"an index on `{column.name}` is of no use to a condition on a part of it:"
        f" compare `{column.name}` with the begin and the end of the time that is meant",
        confidence=Confidence.MEDIUM,
        scope=context.scope,
        anchor=column.name,
    )


def _cut_column(node: exp.Expr) -> exp.Column | None:
    """Return the column of which a day, a year or the like is taken: parts that follow each other without a gap.

    Of months and weekdays there are many, which no single range holds.
    """
    if isinstance(node, exp.Extract):
        is_year = node.name.upper() == "YEAR"
        return node.expression if is_year and isinstance(node.expression, exp.Column) else None
    if isinstance(node, exp.Cast):
        is_day = node.to.is_type("date")
        return node.this if is_day and isinstance(node.this, exp.Column) else None
    if isinstance(node, exp.Date | exp.TsOrDsToDate | exp.TimestampTrunc | exp.DateTrunc | exp.Year):
        inner = node.this
        while isinstance(inner, exp.TsOrDsToDate | exp.TsOrDsToTimestamp):
            inner = inner.this
        return inner if isinstance(inner, exp.Column) and not node.expressions else None
    return None
