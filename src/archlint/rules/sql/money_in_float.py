"""ARC625: money is kept in a binary floating point number."""

from __future__ import annotations

from archlint.diagnostic import Confidence
from archlint.project.context import ProjectContext
from archlint.project.project import Project
from archlint.project.tables.declared import Column, columns, declared
from archlint.project.tables.words import Money, money
from archlint.rule import Found, Rule

_EXACT = {
    "django": "`DecimalField`", "peewee": "`DecimalField`", "sqlalchemy": "`Numeric`", "tortoise": "`DecimalField`",
}  # fmt: skip

rule = Rule("ARC625")


@rule.project
def money_in_float(project: Project, ctx: ProjectContext) -> Found:
    """Report each float column that its name, its table or the columns beside it tell to hold money."""
    for one in columns(declared(project, ctx)):
        meant = _meant(one) if one.field.type == "float" else Money.NO
        if meant is not Money.NO and one.field.place is not None:
            exact = _EXACT.get(one.declared.table.orm, "a decimal type")
            yield rule.at(
                one.field.place.span(ctx.source_of),
                f"{one.label} keeps money in a float, which cannot hold 0.10: sums drift, and equal amounts differ; "
                f"{exact} is exact",
                confidence=Confidence.HIGH if meant is Money.SURE else Confidence.MEDIUM,
                scope=one.declared.name,
                anchor=f"{one.declared.name}.{one.field.column}",
                tables=one.names,
            )


def _meant(one: Column) -> Money:
    beside = frozenset(each.column for each in one.declared.table.columns if each.column != one.field.column)
    return money(one.field.column, one.declared.name, beside)
