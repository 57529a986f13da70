"""ARC620: a table has no primary key."""

from __future__ import annotations

from archlint.diagnostic import Confidence
from archlint.project.context import ProjectContext
from archlint.project.project import Project
from archlint.project.tables.declared import Declared, declared
from archlint.rule import Found, Rule

rule = Rule("ARC620")


@rule.project
def table_without_primary_key(project: Project, ctx: ProjectContext) -> Found:
    """Report each table that is declared column by column, none of them a key."""
    for one in declared(project, ctx):
        if _has_no_key(one):
            pair = _unique(one)
            effect = "rows can be doubled, and nothing names one of them"
            if pair:
                columns = ", ".join(f"`{name}`" for name in pair)
                effect = f"the unique constraint on ({columns}) could be its key"
            yield rule.at(
                one.span,
                f"`{one.name}` has no primary key: {effect}",
                confidence=Confidence.LOW if pair else Confidence.HIGH,
                scope=one.name,
                anchor=one.name,
                tables=one.names,
            )


def _has_no_key(one: Declared) -> bool:
    """Return whether all columns are known and none is a key; a model of SQLAlchemy has one in any case."""
    table = one.table
    is_told = table.orm != "sqlalchemy" or table.place is not None
    return is_told and table.is_whole and bool(table.columns) and not table.primary_key


def _unique(one: Declared) -> tuple[str, ...]:
    found = [each.columns for each in one.table.constraints if each.kind == "unique" and not each.is_partial]
    found += [each.columns for each in one.table.indexes if each.unique and not each.is_partial]
    return next((each for each in found if each), ())
