"""ARC609: two tables in one query that nothing links."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archlint.rule import Rule
from archlint.syntax import exp
from archlint.syntax.sql_bounds import conjuncts, gives_one_row
from archlint.syntax.sql_shape import has_unknown_clause
from archlint.syntax.sql_sources import is_stored, query_of, sources

if TYPE_CHECKING:
    from archlint.rule import Found
    from archlint.syntax.sql import SqlContext

rule = Rule("ARC609")


@rule.sql
def unlinked_sources(select: exp.Select, context: SqlContext) -> Found:
    """Report a comma or a JOIN without a condition after which no condition links the two sides."""
    names = [one.alias_or_name.lower() for one in sources(select)]
    joins = [join for join in select.args.get("joins") or () if _is_bare(join, names)]
    if (
        not joins
        or not all(names)
        or has_unknown_clause(context.parsed, context.statement)
        or _has_one_row(select, context)
    ):
        return
    linked = _linked(select, names)
    for join in joins:
        name = join.this.alias_or_name.lower()
        before = names[: names.index(name)]
        if not before or linked[name] in {linked[one] for one in before}:
            continue
        other = next(iter(sources(select))).alias_or_name
        yield rule.at(
            context.head_span(join.this),
            f"nothing links `{join.this.alias_or_name}` to `{other}`: each row of one is joined to every row of the"
            " other; give the condition, or write CROSS JOIN where that is meant",
            scope=context.scope,
            anchor=f"{other} {join.this.alias_or_name}",
        )
        return


def _is_bare(join: exp.Join, names: list[str]) -> bool:
    """Return whether a join has no condition of its own and is not said to be a cross join.

    LATERAL and a list inside of a row (`FROM orders o, o.items i`) belong to the row that they stand beside.
    """
    if any(join.args.get(name) for name in ("on", "using", "method")) or isinstance(join.this, exp.Lateral):
        return False
    if join.this.text("db").lower() in names:
        return False
    return join.kind in {"", "INNER", "OUTER"} and (is_stored(join.this) or query_of(join.this) is not None)


def _has_one_row(select: exp.Select, context: SqlContext) -> bool:
    """Return whether a source may be a single row, or is named at run time: joining that to all is meant."""
    for one in sources(select):
        inner = query_of(one)
        if inner is None and not is_stored(one):
            return True
        if inner is not None and _may_be_one_row(inner):
            return True
        if isinstance(one, exp.Table) and context.is_masked(one.this):
            return True
    return False


def _may_be_one_row(query: exp.Expr) -> bool:
    if not isinstance(query, exp.Select) or query.args.get("limit") is not None:
        return True
    return gives_one_row(query) or any(isinstance(one, exp.EQ) for one in conjuncts(query))


def _linked(select: exp.Select, names: list[str]) -> dict[str, str]:
    """Return for each source the first name of those that conditions link it to."""
    groups = {name: name for name in names}
    for group in _groups(select, names):
        known = sorted({groups[name] for name in group if name in groups})
        groups = {name: known[0] if first in known else first for name, first in groups.items()}
    return groups


def _groups(select: exp.Select, names: list[str]) -> Iterator[list[str]]:
    """Yield names that an explicit join or a condition puts together; a column without table may be of any."""
    joins = select.args.get("joins") or ()
    before = names[0]
    for join in joins:
        name = join.this.alias_or_name.lower()
        if not _is_bare(join, names):
            yield [before, name]
        before = name
    # What an outer join is made on leaves the rows before it as they are.
    inner = [join.args["on"] for join in joins if join.args.get("on") is not None and not join.side]
    for condition in (*conjuncts(select), *inner):
        columns = list(condition.find_all(exp.Column))
        # More than one name before a column: a schema, or the field of a field of a row.
        yield [part.name.lower() for column in columns for part in column.parts[:-1]]
        if any(not column.table for column in columns):
            yield names
        elif len(columns) == 1 and isinstance(condition, exp.EQ):
            # One row that is found by a value: to join it to all rows is meant.
            table = columns[0].table.lower()
            yield [table, next((one for one in names if one != table), table)]
