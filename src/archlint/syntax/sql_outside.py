"""Subqueries that `NOT IN` looks into: which column they give, and whether NULL may be among what it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.syntax import exp
from archlint.syntax.sql_bounds import conjuncts, parts_of
from archlint.syntax.sql_sources import is_stored, sources

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMPARING = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Like, exp.ILike, exp.Between, exp.In)
"""What is NULL where one side is, and stays that behind NOT."""


def looked_into(node: exp.Not) -> tuple[exp.Select, exp.Column] | None:
    """Return the query that `NOT IN (SELECT column …)` looks into, and its column, where NULL is not left out of it."""
    inner = node.this.unnest()
    query = inner.args.get("query") if isinstance(inner, exp.In) else None
    select = query.unnest() if isinstance(query, exp.Expr) else None
    if not isinstance(select, exp.Select) or len(select.expressions) != 1:
        return None
    given = select.expressions[0].unalias()
    if not isinstance(given, exp.Column) or isinstance(given.this, exp.Star) or _is_excluded(given, select):
        return None
    return select, given


def is_filled(given: exp.Column, select: exp.Select) -> bool:
    """Return whether an outer join fills a column with NULL where no row matches, and no condition drops that row."""
    joins = select.args.get("joins") or ()
    outer = {join.this.alias_or_name.lower() for join in joins if join.side == "LEFT"}
    table = given.table.lower()
    return table in outer and not any(_refuses_null(one, table) for one in _held(select))


def outside(tree: exp.Expr) -> Iterator[tuple[exp.Column, str]]:
    """Yield the columns of tables that `NOT IN` looks into, each with its table; those that nobody can place not."""
    for node in tree.find_all(exp.Not):
        found = looked_into(node)
        if found is None or is_filled(found[1], found[0]):
            continue
        select, given = found
        tables = [one for one in sources(select) if not given.table or one.alias_or_name.lower() == given.table.lower()]
        if len(tables) == 1 and is_stored(tables[0]):
            yield given, tables[0].name


def _is_excluded(given: exp.Column, select: exp.Select) -> bool:
    """Return whether a condition on the rows mentions the column: nearly none is true of NULL."""
    return any(
        column.name.lower() == given.name.lower() and column.table.lower() in ("", given.table.lower())
        for condition in _held(select)
        for column in condition.find_all(exp.Column)
    )


def _held(select: exp.Select) -> Iterator[exp.Expr]:
    """Yield the conditions that hold of every row of a query; those of an outer join do not."""
    yield from conjuncts(select)
    for join in select.args.get("joins") or ():
        if join.args.get("on") is not None and not join.side:
            yield from parts_of(join.args["on"])


def _refuses_null(condition: exp.Expr, table: str) -> bool:
    """Return whether a condition compares a column of a table, as it is: that is true of no row of NULLs."""
    is_negated = isinstance(condition, exp.Not)
    inner = condition.this.unnest() if is_negated else condition
    sides = [inner.args.get(name) for name in ("this", "expression")] if isinstance(inner, _COMPARING) else []
    if isinstance(inner, exp.Is) and (is_negated != bool(inner.args.get("negate"))) is _is_null(inner.expression):
        sides = [inner.this]
    return any(isinstance(one, exp.Column) and one.table.lower() == table for one in sides)


def _is_null(node: exp.Expr) -> bool:
    return isinstance(node, exp.Null)
