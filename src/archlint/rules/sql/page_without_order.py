"""ARC604: a page of rows that come in no order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.diagnostic import Confidence
from archlint.rule import Rule
from archlint.syntax import exp
from archlint.syntax.sql_bounds import gives_one_row, has_limit
from archlint.syntax.sql_shape import has_unknown_clause
from archlint.syntax.sql_sources import is_stored, query_of, sources

if TYPE_CHECKING:
    from archlint.rule import Found
    from archlint.syntax.sql import SqlContext

rule = Rule("ARC604")


@rule.sql
def unordered_page(query: exp.Select | exp.Union, context: SqlContext) -> Found:
    """Report OFFSET without ORDER BY, and with less confidence a LIMIT of several rows without it."""
    if context.is_migration:
        return
    offset = query.args.get("offset")
    has_offset = offset is not None and _number(offset) != "0" and offset.find(exp.Rand) is None
    if not has_offset and not (_gives_several(query) and _is_listed(query, context)):
        return
    if query.args.get("order") is not None or not _has_free_order(query, context):
        return
    words = ("OFFSET", "LIMIT") if has_offset else ("LIMIT", "FETCH")
    yield rule.at(
        context.word_span(words, _last_clause(query)),
        _message(query, has_offset=has_offset),
        confidence=Confidence.HIGH if has_offset else Confidence.LOW,
        scope=context.scope,
        anchor=words[0],
    )


def _message(query: exp.Expr, *, has_offset: bool) -> str:
    named = [one.name for one in sources(query) if is_stored(one)]
    rows = f"the rows of `{named[0]}`" if named else "the rows"
    if has_offset:
        return f"{rows} come in no fixed order: pages overlap and leave rows out without an ORDER BY on a unique key"
    return f"which of {rows} come is left to the database: LIMIT without ORDER BY"


def _gives_several(query: exp.Expr) -> bool:
    """Return whether a query is limited to several rows: one is mostly any row, none asks for the columns."""
    return has_limit(query) and _number(query.args["limit"]) not in {"0", "1"}


def _number(clause: exp.Expr) -> str:
    count = clause.args.get("expression") or clause.args.get("count")
    return count.name if isinstance(count, exp.Literal) else ""


def _is_listed(query: exp.Expr, context: SqlContext) -> bool:
    """Return whether the limited rows reach the result: a batch that is locked or written may be any rows."""
    tree = context.statement.tree
    if not isinstance(tree, exp.Query) or query.args.get("locks"):
        return False
    while query is not tree:
        parent = query.parent
        if not isinstance(parent, exp.Subquery | exp.From | exp.Query):
            return False
        query = parent
    return True


def _has_free_order(query: exp.Expr, context: SqlContext) -> bool:
    """Return whether several stored rows may come in any order; what is not known, or is ordered below, does not."""
    if has_unknown_clause(context.parsed, context.statement) or query.find_ancestor(exp.Exists) is not None:
        return False
    if isinstance(query, exp.Select) and gives_one_row(query):
        return False
    found = list(sources(query)) if isinstance(query, exp.Select) else list(query.find_all(exp.Table))
    if any(context.is_masked(one) for one in found if isinstance(one, exp.Table)):
        return False
    inner = [query_of(one) for one in found]
    if any(one is not None and one.find(exp.Order) is not None for one in inner):
        return False
    return any(one is not None for one in inner) or any(is_stored(one) for one in found)


def _last_clause(query: exp.Expr) -> exp.Expr:
    """Return the clause that the limit follows."""
    if not isinstance(query, exp.Select):
        return _last_clause(query.args["expression"])
    joins = query.args.get("joins") or ()
    clauses = (query.args.get("having"), query.args.get("group"), query.args.get("where"), *reversed(joins))
    return next((one for one in clauses if one is not None), query.args.get("from_")) or query
