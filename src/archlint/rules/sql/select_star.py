"""ARC603: a query that gives all columns of a table, whichever there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.diagnostic import Confidence
from archlint.rule import Rule
from archlint.syntax import exp
from archlint.syntax.sql_sources import open_stars, sources
from archlint.syntax.sql_text import is_for_sqlc

if TYPE_CHECKING:
    from archlint.rule import Found
    from archlint.syntax.sql import SqlContext
    from archlint.syntax.sql_sources import OpenStar

rule = Rule("ARC603")


@rule.sql
def all_columns(query: exp.Select | exp.Union, context: SqlContext) -> Found:
    """Report each star through which the result of a statement has the columns of a table."""
    if context.is_migration or not _is_result(query, context) or _wants_no_rows(query) or _is_written_out(context):
        return
    seen: set[int] = set()
    for star in open_stars(query):
        names = _known_tables(star, context)
        if not names or id(star.node) in seen:
            continue
        seen.add(id(star.node))
        written = f"{star.node.text('table')}.*" if star.node.text("table") else "*"
        listed = " and ".join(f"`{name}`" for name in names)
        have = "has" if len(names) == 1 else "have"
        yield rule.at(
            context.span(star.node),
            f"`SELECT {written}` gives whatever columns {listed} {have} when it runs: name those that are used",
            confidence=Confidence.MEDIUM,
            scope=context.scope,
            anchor=f"{written} {' '.join(names)}",
        )


def _is_result(query: exp.Expr, context: SqlContext) -> bool:
    """Return whether a query is the statement, or what a view shows or an INSERT copies.

    What a subquery gives is known where it is used; a table that is made from a query, or for it, is a copy of what
    there is.
    """
    while isinstance(query.parent, exp.Subquery):
        query = query.parent
    parent = query.parent
    if query is context.statement.tree:
        return True
    if isinstance(parent, exp.Create):
        return str(parent.args.get("kind")).upper() == "VIEW"
    if not isinstance(parent, exp.Insert) or parent is not context.statement.tree:
        return False
    target = parent.find(exp.Table)
    return target is not None and not _is_copy(target.name.lower(), query, context)


def _is_copy(target: str, query: exp.Expr, context: SqlContext) -> bool:
    """Return whether a table is filled with one that has its columns: it is made for it, or called as the other is."""
    names = [one.name.lower() for one in sources(query)]
    return target in context.created_tables or any(name in target or target in name for name in names if name)


def _wants_no_rows(query: exp.Expr) -> bool:
    """Return whether a query is asked for the names of its columns alone."""
    limit = query.args.get("limit")
    count = limit.args.get("expression") if isinstance(limit, exp.Limit) else None
    return isinstance(count, exp.Literal) and count.name == "0"


def _is_written_out(context: SqlContext) -> bool:
    """Return whether something else says which columns are meant: sqlc, or the model in `Order.objects.raw(…)`."""
    if context.embedded is None:
        return is_for_sqlc(context.parsed.text)
    return context.embedded.sink.rpartition(".")[2] == "raw"


def _known_tables(star: OpenStar, context: SqlContext) -> list[str]:
    """Return the tables behind a star: none where one is named at run time, and not those that the text creates."""
    if any(context.is_masked(table.this) for table in star.tables):
        return []
    found = (".".join(part.name for part in table.parts if not context.is_masked(part)) for table in star.tables)
    return [name for name in dict.fromkeys(found) if _is_lasting(name.rpartition(".")[2], context)]


def _is_lasting(table: str, context: SqlContext) -> bool:
    return not context.is_temporary(table) and table.lower() not in context.created_tables
