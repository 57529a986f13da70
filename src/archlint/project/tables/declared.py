"""The tables that a project makes itself, in models or in migrations alone, and where it says so."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.diagnostic import Span
from archlint.ir.module import Flag
from archlint.project.context import ProjectContext
from archlint.project.extent.growth import Growth
from archlint.project.project import Project
from archlint.project.schema.model import Field, Model, Place, Table
from archlint.project.symbols import Module
from archlint.project.tables.catalogue import Known
from archlint.syntax.sql_text import TEMPORARY_NAME

_OF_VIEWS = ("mv_", "v_", "view_", "vw_")
_STAGING = "staging"
_NO_ROWS = frozenset({"bigquery", "clickhouse", "databricks", "duckdb", "redshift", "snowflake"})
"""Dialects of such stores."""
_ANALYTICAL = (
    "clickhouse",
    "databricks",
    "duckdb",
    "pyathena",
    "snowflake",
    "sqlalchemy_bigquery",
)
"""Packages of stores of columns, in which tables have neither keys nor rows to be found by them."""


class Declared(msgspec.Struct, frozen=True):
    """A table with its models, if it has some; `names` is all that people call it.

    `server` is the dialect of the database that it is in, "" where nobody knows.
    """

    table: Table
    models: tuple[Model, ...]
    names: tuple[str, ...]
    server: str
    span: Span
    """The head of its class, or the first line of its `Table(…)` or `CREATE TABLE`."""

    @property
    def name(self) -> str:
        """Return the name of the table."""
        return self.table.name

    @property
    def key(self) -> Field | None:
        """Return the only column of the primary key, or None."""
        keys = [one for one in self.table.columns if one.primary_key]
        return keys[0] if len(keys) == 1 else None

    @property
    def is_between(self) -> bool:
        """Return whether rows only link rows of other tables: at most one column is neither such a link nor the key."""
        own = [one for one in self.table.columns if not one.references and not one.primary_key]
        return len(own) <= 1 and sum(bool(one.references) for one in self.table.columns) > 1


class Column(msgspec.Struct, frozen=True):
    """A column of a table, with the other tables that get it from the same line of an inherited class."""

    declared: Declared
    field: Field
    others: tuple[Declared, ...]

    @property
    def label(self) -> str:
        """Return what a message calls it: `orders.total`, and how many more tables have it."""
        more = len(self.others)
        also = f" (and in {more} more {'table' if more == 1 else 'tables'})" if more else ""
        return f"`{self.declared.name}.{self.field.column}`{also}"

    @property
    def names(self) -> tuple[str, ...]:
        """Return what people call the tables that have it."""
        return tuple(name for one in (self.declared, *self.others) for name in one.names)


def declared(project: Project, ctx: ProjectContext) -> Iterator[Declared]:
    """Yield the tables that models, `Table(…)` objects, migrations and DDL of the linted files make, by name.

    Left out are those of models that are not managed, those that several unrelated models claim, views, and those
    that only a function knows.
    """
    for known in project.catalogue.tables:
        table = known.table
        models = tuple(one for each in table.models if (one := project.schema.model(each)) is not None)
        if _is_made(project, table, models):
            module, span = _placed(ctx, known, models)
            if span is not None and project.role_of(span.path) in ctx.roles and not _is_analytical(known, module):
                yield Declared(table, models, project.schema.names_of(table.name), known.server, span)


def columns(tables: Iterator[Declared] | tuple[Declared, ...]) -> Iterator[Column]:
    """Yield the columns of tables that are written somewhere, each line of an inherited class once."""
    found: dict[tuple[str, int], list[tuple[Declared, Field]]] = {}
    for one in tables:
        for field in one.table.columns:
            if field.place is not None:
                found.setdefault((field.place.path, field.place.start), []).append((one, field))
    for rows in found.values():
        yield Column(*rows[0], tuple(one for one, _ in rows[1:]))


def growth(project: Project, one: Declared) -> Growth:
    """Return how a table grows."""
    models = one.table.models
    return (project.growth.of(models[0]) if models else project.growth.named(one.name)).growth


def _is_made(project: Project, table: Table, models: tuple[Model, ...]) -> bool:
    name = table.name.lower()
    if not name or name.startswith((*_OF_VIEWS, _STAGING)) or TEMPORARY_NAME.search(name):
        return False
    if not all(one.is_managed for one in models):
        return False
    return bool(table.models or table.place) and _are_related(project, models)


def _is_analytical(known: Known, module: Module | None) -> bool:
    if known.left is not None and known.left.migration.dialect.name in _NO_ROWS:
        return True
    return module is not None and any(row.target.startswith(_ANALYTICAL) for row in module.facts.imports)


def _are_related(project: Project, models: tuple[Model, ...]) -> bool:
    """Return whether one of the models is the one that all others derive from."""
    lines = [set(project.symbols.ancestors(one.definition)) | {one.definition} for one in models]
    return not models or any(all(one.definition in line for line in lines) for one in models)


def _placed(ctx: ProjectContext, known: Known, models: tuple[Model, ...]) -> tuple[Module | None, Span | None]:
    place = known.table.place
    if isinstance(place, Place):
        is_inside = bool(place.unit.flags & Flag.FUNCTION) and not models
        return (None, None) if is_inside else (place.module, place.span(ctx.source_of))
    if place is not None:
        return known.left.migration.module if known.left is not None else None, place.span(ctx.source_of)
    for one in models:
        for related in ctx.defined(one.definition) if not one.is_proxy else ():
            return one.definition.module, related.span
    return None, None
