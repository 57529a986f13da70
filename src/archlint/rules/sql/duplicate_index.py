"""ARC623: an index does what another one does already."""

from __future__ import annotations

from archlint.diagnostic import Confidence, Diagnostic, Related
from archlint.project.context import ProjectContext
from archlint.project.project import Project
from archlint.project.tables.declared import Declared, declared
from archlint.project.tables.serving import Redundant, redundant
from archlint.rule import Found, Rule

rule = Rule("ARC623")


@rule.project
def duplicate_index(project: Project, ctx: ProjectContext) -> Found:
    """Report each index over the columns of another one, or over the first of them."""
    seen: set[tuple[str, int]] = set()
    for one in declared(project, ctx):
        for found in redundant(one.table):
            if _is_unasked(one, found):
                continue
            place = found.index.place or found.other.place
            where = (place.path, place.start) if place is not None else (one.span.path, one.span.start)
            if where not in seen:
                seen.add(where)
                yield _told(ctx, one, found)


def _told(ctx: ProjectContext, one: Declared, found: Redundant) -> Diagnostic:
    index, other = found.index, found.other
    span = index.place.span(ctx.source_of) if index.place is not None else one.span
    does = "has the same columns" if found.is_same else "begins with the same columns"
    related = (Related(other.place.span(ctx.source_of), f"{other.label} {does}"),) if other.place is not None else ()
    return rule.at(
        span,
        f"{index.label} of `{one.name}` serves no query that {other.label} does not: each write keeps both up to date",
        confidence=Confidence.HIGH if found.is_same else Confidence.MEDIUM,
        related=tuple(each for each in related if each.span.start != span.start),
        scope=one.name,
        anchor=f"{one.name} {index.what} {' '.join(index.columns)}",
        tables=one.names,
    )


def _is_unasked(one: Declared, found: Redundant) -> bool:
    """Return whether Django made the shorter index by itself: for a foreign key, or for LIKE beside `db_index=True`."""
    if found.is_same or one.table.orm != "django":
        return False
    fields = {(each.place.path, each.place.start) for each in one.table.columns if each.place is not None}
    place = found.index.place
    return place is None or (place.path, place.start) in fields
