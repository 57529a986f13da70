"""Where the rows of a query come from: the tables, CTEs, derived tables and functions in its FROM and its joins."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.syntax import exp
from archlint.syntax.sql_tables import definition

_SYSTEM_SCHEMAS = frozenset(
    {"information_schema", "pg_catalog", "pg_toast", "performance_schema", "mysql", "sys", "system"}
)
_SYSTEM_PREFIXES = ("pg_", "sqlite_")
_MAX_DEPTH = 50


class OpenStar(msgspec.Struct, frozen=True):
    """A star in the list of columns, and the tables of the database whose columns it gives."""

    node: exp.Expr
    tables: tuple[exp.Table, ...]


def sources(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Yield what stands in FROM and in the joins of a query, in the order of the text."""
    start = tree.args.get("from_")
    if start is None:
        return
    yield from _with_joined(start.this)
    for join in tree.args.get("joins") or ():
        yield from _with_joined(join.this)
    yield from tree.args.get("laterals") or ()


def is_stored(node: exp.Expr) -> bool:
    """Return whether a source is a table of the application: no function, no CTE, no catalogue of the database."""
    if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier):
        return False
    if node.db.lower() in _SYSTEM_SCHEMAS or node.name.lower().startswith(_SYSTEM_PREFIXES):
        return False
    return definition(node) is None


def query_of(node: exp.Expr) -> exp.Query | None:
    """Return the query that a source stands for, or None where it is a table, a function or a list of rows."""
    if isinstance(node, exp.Lateral):
        node = node.this
    inner: object = None
    if isinstance(node, exp.Subquery):
        inner = node.this
    elif isinstance(node, exp.Table):
        cte = definition(node)
        inner = cte.this if cte is not None else None
    return inner if isinstance(inner, exp.Query) else None


def open_stars(query: exp.Expr) -> Iterator[OpenStar]:
    """Yield the stars that reach the result of a query, through CTEs and derived tables, from a table.

    What a function or a list of rows gives is not looked at, and rows that are compared as a whole need all columns.
    """
    yield from _open_stars(query, ())


def _open_stars(query: exp.Expr, around: tuple[exp.Expr, ...]) -> Iterator[OpenStar]:
    if len(around) > _MAX_DEPTH or any(one is query for one in around):
        return
    within = (*around, query)
    if isinstance(query, exp.Subquery):
        yield from _open_stars(query.this, within)
    elif isinstance(query, exp.Union):
        yield from _open_stars(query.left, within)
        yield from _open_stars(query.right, within)
    elif isinstance(query, exp.Select):
        for star in filter(_is_star, query.expressions):
            given = [one for one in sources(query) if _gives(star, one)]
            tables = tuple(one for one in given if isinstance(one, exp.Table) and is_stored(one))
            if tables:
                yield OpenStar(star, tables)
            for one in given:
                inner = query_of(one)
                if inner is not None and not _names_columns(one):
                    yield from _open_stars(inner, within)


def _with_joined(node: exp.Expr) -> Iterator[exp.Expr]:
    """Yield a source and those that are joined to it in the same brackets."""
    inner = node.this if isinstance(node, exp.Subquery | exp.Paren) else None
    if isinstance(inner, exp.Table | exp.Subquery):
        yield from _with_joined(inner)
    else:
        yield node
    for join in node.args.get("joins") or ():
        yield from _with_joined(join.this)


def _is_star(node: exp.Expr) -> bool:
    return isinstance(node, exp.Star) or (isinstance(node, exp.Column) and isinstance(node.this, exp.Star))


def _gives(star: exp.Expr, source: exp.Expr) -> bool:
    qualifier = star.text("table").lower()
    return not qualifier or source.alias_or_name.lower() == qualifier


def _names_columns(source: exp.Expr) -> bool:
    """Return whether the columns of a source are listed beside its name: `FROM (…) AS t (a, b)`, `WITH t (a, b) AS`."""
    if source.args.get("alias") is not None and source.args["alias"].args.get("columns"):
        return True
    cte = definition(source) if isinstance(source, exp.Table) else None
    return cte is not None and bool(cte.args["alias"].args.get("columns"))
