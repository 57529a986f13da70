"""ARC624: a column of times has no time zone."""

from __future__ import annotations

from archlint.diagnostic import Confidence, Diagnostic
from archlint.project.context import ProjectContext
from archlint.project.project import Project
from archlint.project.tables.declared import Column, columns, declared
from archlint.rule import Found, Rule

_ZONED = {
    "peewee": "`DateTimeTZField` of `playhouse.postgres_ext`", "sqlalchemy": "`DateTime(timezone=True)`",
}  # fmt: skip
_ZONED_THEMSELVES = frozenset({"django", "tortoise"})
_LOCAL = ("_local", "_naive", "_utc")
_SEVERAL = 3

rule = Rule("ARC624")


@rule.project
def timestamp_without_zone(project: Project, ctx: ProjectContext) -> Found:
    """Report each such column on PostgreSQL; where most columns of the project are like that, all at once."""
    on_postgres = (one for one in declared(project, ctx) if one.server == "postgres")
    found = [one for one in columns(on_postgres) if one.declared.table.orm not in _ZONED_THEMSELVES]
    naive = [one for one in found if one.field.type == "timestamp" and not one.field.name.endswith(_LOCAL)]
    zoned = [one for one in found if one.field.type == "timestamptz"]
    if len(naive) > max(_SEVERAL, len(zoned)):
        yield _told(ctx, naive[0], f"{naive[0].label} and {len(naive) - 1} more columns of times have", len(naive))
    else:
        yield from (_told(ctx, one, f"{one.label} has", 1) for one in naive)


def _told(ctx: ProjectContext, one: Column, subject: str, count: int) -> Diagnostic:
    place = one.field.place
    zoned = _ZONED.get(one.declared.table.orm, "")
    verb = "means" if count == 1 else "mean"
    return rule.at(
        place.span(ctx.source_of) if place is not None else one.declared.span,
        f"{subject} no time zone: what {'it' if count == 1 else 'they'} {verb} depends on the clock of who wrote it; "
        f"{f'{zoned} is' if zoned else 'use'} `timestamptz`",
        confidence=Confidence.HIGH if count == 1 else Confidence.MEDIUM,
        scope=one.declared.name if count == 1 else "",
        anchor=f"{one.declared.name}.{one.field.column}" if count == 1 else "times without zone",
        tables=one.names,
    )
