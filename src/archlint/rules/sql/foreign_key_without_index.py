"""ARC622: no index serves a foreign key."""

from __future__ import annotations

from archlint.diagnostic import Confidence, Diagnostic
from archlint.project.context import ProjectContext, Written
from archlint.project.extent.growth import Growth
from archlint.project.project import Project
from archlint.project.schema.model import Constraint, Place
from archlint.project.tables.declared import Declared, declared, growth
from archlint.project.tables.migrated import unplaced
from archlint.project.tables.serving import serves
from archlint.rule import Found, Rule

_INDEXING = frozenset({"mysql", "sqlite"})
"""Dialects of databases that index foreign keys themselves, or are too small to need it."""

rule = Rule("ARC622")


@rule.project
def foreign_key_without_index(project: Project, ctx: ProjectContext) -> Found:
    """Report each foreign key whose columns are not the first ones of an index, a key or a unique constraint."""
    seen: set[tuple[str, int]] = set()
    made = unplaced(project)
    for one in declared(project, ctx):
        for key in one.table.constraints if one.table.is_whole and one.server not in _INDEXING else ():
            place = key.place
            if key.kind != "foreign_key" or place is None or not key.columns or serves(one.table, key.columns):
                continue
            where = (place.path, place.start)
            if where not in seen and made.isdisjoint(key.columns):
                seen.add(where)
                yield _unserved(project, ctx, one, key, place)


def _unserved(project: Project, ctx: ProjectContext, one: Declared, key: Constraint, place: Written) -> Diagnostic:
    names = ", ".join(f"`{one.name}.{column}`" for column in key.columns)
    target = f"`{_target(one, key)}`" if _target(one, key) else "the table that it points at"
    return rule.at(
        place.span(ctx.source_of),
        f"no index serves {names}: each DELETE in {target}, and each query for what belongs to one row there, "
        f"reads all of `{one.name}`",
        confidence=_confidence(project, one),
        scope=one.name,
        anchor=f"{one.name} {', '.join(key.columns)}",
        tables=one.names,
    )


def _target(one: Declared, key: Constraint) -> str:
    """Return the table that a key points at, or its model where the ORM names that."""
    pointed = key.references.partition(",")[0]
    if not one.models and not isinstance(one.table.place, Place):
        return pointed
    head, _, last = pointed.rpartition(".")
    return head if one.table.orm == "sqlalchemy" else last


def _confidence(project: Project, one: Declared) -> Confidence:
    """Return how sure it is that the index is missing.

    A table that does not grow may do without, what Django makes was switched off; what links two tables is read from
    both sides.
    """
    if one.table.orm == "django" or one.server != "postgres":
        return Confidence.LOW
    is_read = one.is_between or growth(project, one) in (Growth.LOG, Growth.TRAFFIC)
    return Confidence.MEDIUM if is_read else Confidence.LOW
