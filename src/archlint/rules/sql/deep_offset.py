"""ARC610: an OFFSET that grows with the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.diagnostic import Confidence
from archlint.rule import Rule
from archlint.syntax import exp
from archlint.syntax.sql_shape import has_unknown_clause
from archlint.syntax.sql_sources import is_stored, sources

if TYPE_CHECKING:
    from archlint.rule import Found
    from archlint.syntax.sql import SqlContext

DEEP = 1_000
"""Rows that are read and thrown away before it is worth a word."""

rule = Rule("ARC610")


@rule.sql
def growing_offset(offset: exp.Offset, context: SqlContext) -> Found:
    """Report an OFFSET that is a parameter, or a large number."""
    query, count = offset.parent, offset.args.get("expression")
    if context.is_migration or not isinstance(query, exp.Select) or count is None:
        return
    tables = [one.name for one in sources(query) if is_stored(one) and not context.is_masked(one)]
    if not tables or _is_one_row(query):
        return
    is_deep = isinstance(count, exp.Literal) and count.name.isdigit() and int(count.name) >= DEEP
    if not is_deep and count.find(exp.Placeholder, exp.Parameter, exp.Column, exp.Func) is None:
        return
    rows = f"{int(count.name):,} rows" if is_deep else "all rows before the page"
    yield rule.at(
        context.word_span(("OFFSET", "LIMIT"), query.args.get("order") or query.args["from_"]),
        f"OFFSET reads {rows} of `{tables[0]}` and throws them away: go on from the key of the last row instead",
        confidence=Confidence.HIGH if is_deep else _sureness(query, context),
        scope=context.scope,
        anchor=tables[0],
    )


def _sureness(query: exp.Select, context: SqlContext) -> Confidence:
    """Return how sure it is that pages lie deep: rows of one owner, or of a condition not known, may be few."""
    is_known = all(is_stored(one) for one in sources(query)) and not has_unknown_clause(
        context.parsed, context.statement
    )
    where = query.args.get("where")
    is_narrowed = where is not None and where.find(exp.EQ, exp.In) is not None
    return Confidence.MEDIUM if is_known and not is_narrowed else Confidence.LOW


def _is_one_row(query: exp.Select) -> bool:
    """Return whether one row is asked for: `LIMIT 1 OFFSET 1000` finds where a batch ends, and is no page."""
    limit = query.args.get("limit")
    count = limit.args.get("expression") if isinstance(limit, exp.Limit) else None
    return isinstance(count, exp.Literal) and count.name == "1"
