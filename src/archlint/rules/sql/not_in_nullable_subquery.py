"""ARC606: NOT IN over a subquery that may give NULL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.diagnostic import Confidence
from archlint.project.tables.asking import Asked, asked
from archlint.rule import Rule
from archlint.syntax import exp
from archlint.syntax.sql_outside import is_filled, looked_into
from archlint.syntax.sql_shape import has_unknown_clause

if TYPE_CHECKING:
    from archlint.diagnostic import Diagnostic
    from archlint.project.context import ProjectContext
    from archlint.project.project import Project
    from archlint.project.schema.model import Field
    from archlint.rule import Found
    from archlint.syntax.sql import SqlContext

rule = Rule("ARC606")


@rule.sql
def not_in_outer_join(node: exp.Not, context: SqlContext) -> Found:
    """Report `NOT IN (SELECT …)` where an outer join in the subquery gives NULL for certain rows."""
    found = looked_into(node)
    if found is None or not is_filled(found[1], found[0]):
        return
    given = found[1]
    if has_unknown_clause(context.parsed, context.statement) or context.is_masked(given):
        return
    named = context.text_of(given)
    yield rule.at(
        context.head_span(given),
        f"`{named}` is NULL for rows without a match, and with one NULL in its subquery `NOT IN` is true for no row: "
        "use NOT EXISTS",
        scope=context.scope,
        anchor=named,
    )


@rule.project
def not_in_nullable_column(project: Project, ctx: ProjectContext) -> Found:
    """Report `NOT IN (SELECT column …)` where the catalogue knows that the column may be NULL."""
    for one in asked(project, ctx):
        for name, table, start, end in one.asking.outside:
            known = project.catalogue.table(table)
            column = known.column(name) if known is not None else None
            if known is not None and column is not None and column.nullable and not column.primary_key:
                yield _told(ctx, one, (start, end), column, known.name)


def _told(ctx: ProjectContext, one: Asked, region: tuple[int, int], column: Field, table: str) -> Diagnostic:
    place = column.place
    return rule.at(
        one.positions(*region, ctx.source_of),
        f"`{table}.{column.column}` may be NULL, and with one NULL in its subquery `NOT IN` is true for no row: "
        "use NOT EXISTS",
        confidence=Confidence.HIGH,
        related=(ctx.written(place, "the column may be NULL"),) if place is not None else (),
        scope=one.scope,
        anchor=f"{table}.{column.column}",
    )
