"""ARC621: a primary key has 32 bits, or a column that points at a wider one has."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.diagnostic import Confidence, Diagnostic
from archlint.project.context import ProjectContext
from archlint.project.extent.growth import Growth
from archlint.project.migrations.migration import Step
from archlint.project.project import Project
from archlint.project.schema.model import Field
from archlint.project.tables.declared import Column, Declared, columns, declared, growth
from archlint.rule import Found, Rule

_NARROW = frozenset({"integer", "smallint"})
_SERVERS = frozenset({"mysql", "postgres"})
_NAMED = 3
_CONVENTION = 0.5

rule = Rule("ARC621")


@rule.project
def narrow_primary_key(project: Project, ctx: ProjectContext) -> Found:
    """Report each narrow key of a table that keeps what happens; where most keys are narrow, all of them at once."""
    tables = tuple(one for one in declared(project, ctx) if one.server in _SERVERS)
    narrow = [one for one in tables if one.key is not None and one.key.type in _NARROW and not one.key.references]
    growing = [one for one in narrow if growth(project, one) is Growth.LOG]
    if len(growing) > _NAMED and len(narrow) > _CONVENTION * len(tables):
        yield _all_at_once(growing)
    else:
        yield from (_one(ctx, each) for each in growing)
    yield from _pointing(project, ctx, tables)


def _one(ctx: ProjectContext, one: Declared) -> Diagnostic:
    key = one.key
    place = key.place if key is not None else None
    return rule.at(
        place.span(ctx.source_of) if place is not None else one.span,
        f"`{one.name}.{key.column if key is not None else 'id'}` ends at 2,147,483,647, and a row comes with "
        "each event: a 64 bit key now saves a rewrite of the table then",
        confidence=Confidence.MEDIUM,
        scope=one.name,
        anchor=one.name,
        tables=one.names,
    )


def _all_at_once(growing: list[Declared]) -> Diagnostic:
    names = ", ".join(f"`{one.name}`" for one in growing[:_NAMED])
    more = len(growing) - _NAMED
    return rule.at(
        growing[0].span,
        f"the primary keys of this project end at 2,147,483,647, those of tables that grow too: {names}"
        f"{f' and {more} more' if more > 0 else ''}; make 64 bit keys the default, and widen these first",
        confidence=Confidence.MEDIUM,
        scope="",
        anchor="narrow primary keys",
        tables=growing[0].names,
    )


def _pointing(project: Project, ctx: ProjectContext, tables: tuple[Declared, ...]) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each foreign key that is narrower than the key it points at."""
    for one in columns(tables):
        place = one.field.place
        pointed = _pointed(project, one) if one.field.type in _NARROW and one.field.references else None
        if place is not None and pointed is not None and pointed.type == "bigint":
            yield rule.at(
                place.span(ctx.source_of),
                f"{one.label} has 32 bits, and `{pointed.table}.{pointed.column}` that it points at has 64: "
                "it cannot hold the keys above 2,147,483,647",
                scope=one.declared.name,
                anchor=f"{one.declared.name}.{one.field.column}",
                tables=one.names,
            )


def _pointed(project: Project, one: Column) -> Field | None:
    """Return the column that a foreign key points at: migrations name its table alone where they mean its key."""
    table, _, name = one.field.references.rpartition(".")
    target = project.catalogue.table(table)
    if target is not None:
        return target.column(name)
    is_migrated = not one.declared.models and isinstance(one.field.place, Step)
    target = project.catalogue.table(one.field.references) if is_migrated else None
    return target.column(target.primary_key[0]) if target is not None and len(target.primary_key) == 1 else None
