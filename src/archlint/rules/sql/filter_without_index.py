"""ARC628: queries find rows by a column that no index serves."""

from __future__ import annotations

from archlint.diagnostic import Confidence, Diagnostic, Related
from archlint.project.context import ProjectContext
from archlint.project.extent.growth import Growth
from archlint.project.project import Project
from archlint.project.tables.asked import Unserved, unserved
from archlint.project.tables.declared import Declared, declared, growth
from archlint.project.tables.migrated import unplaced
from archlint.rule import Found, Rule

_SHOWN = 3
_SMALL = "sqlite"

rule = Rule("ARC628")


@rule.project
def filter_without_index(project: Project, ctx: ProjectContext) -> Found:
    """Report each column once, with the queries that find rows by it."""
    tables = {one.name: one for one in declared(project, ctx) if one.server != _SMALL and one.table.is_whole}
    found: dict[tuple[str, str], list[Unserved]] = {}
    for one in unserved(project, ctx):
        if one.table in tables and one.column.place is not None:
            found.setdefault((one.table, one.column.column), []).append(one)
    made = unplaced(project)
    for (table, column), rows in found.items():
        if growth(project, tables[table]) is not Growth.SMALL and column not in made:
            yield _told(project, ctx, tables[table], rows)


def _told(project: Project, ctx: ProjectContext, one: Declared, rows: list[Unserved]) -> Diagnostic:
    column, first = rows[0].column, rows[0]
    more = f", as {len(rows) - 1} more do" if len(rows) > 1 else ""
    return rule.at(
        column.place.span(ctx.source_of) if column.place is not None else one.span,
        f"{first.query} {first.does} `{one.name}.{column.column}`{more}, "
        "and no index begins with it: each reads the whole table",
        confidence=Confidence.MEDIUM if growth(project, one) in (Growth.LOG, Growth.TRAFFIC) else Confidence.LOW,
        related=tuple(Related(row.span, f"a query {row.does} it") for row in rows[:_SHOWN]),
        scope=one.name,
        anchor=f"{one.name}.{column.column}",
        tables=one.names,
    )
