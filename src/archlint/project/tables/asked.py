"""Which columns queries find rows by, and whether an index serves them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

import msgspec

from archlint.diagnostic import Span
from archlint.ir.render import render
from archlint.project.context import ProjectContext
from archlint.project.flow import CallSite, call_sites
from archlint.project.project import Project
from archlint.project.schema.model import Field, RelationKind, Table
from archlint.project.symbols import ClassDefinition
from archlint.project.tables.asking import Asked, asked
from archlint.project.tables.joining import Joins
from archlint.project.values import ABSENT, CHOSEN, CONSTANT, FROM, GIVEN, LISTED, TO, Method, Query, Stage
from archlint.source import Role

_FINDING = frozenset({GIVEN, LISTED, FROM, TO})
"""Kinds of conditions that an index serves."""
_PLAIN = _FINDING | {ABSENT, CONSTANT}
_SENDING = frozenset({"exec", "execute", "scalar", "scalars"})
_UNSENT = frozenset({Stage.STATEMENT, Stage.RESULT})
"""Stages of which a method sends nothing: it makes a part of another statement, or reads what has come."""
_BY_WORDS = "get"
_FORWARD = frozenset({RelationKind.FOREIGN_KEY, RelationKind.ONE_TO_ONE})
_JOINED = "joined"
"""The kind of a column that a query joins by: it finds rows where the other side is narrowed."""
_FINDS = "finds rows by"
_BY_ORDER = "sorts all rows by"
Conditions = dict[str, list[tuple[Field, str]]]
"""The columns that a query has conditions on, with their kinds, by table."""

_Lacking = tuple[Table, Field, str]


class Unserved(msgspec.Struct, frozen=True):
    """A column that queries find rows of a table by, none of whose indexes begins with one of their columns.

    `query` is what a message calls the query, `does` what that does with the column.
    """

    table: str
    column: Field
    query: str
    span: Span
    does: str = _FINDS


def unserved(project: Project, ctx: ProjectContext) -> Iterator[Unserved]:
    """Yield each such column once for each query, in the order of the files, those of ORMs first.

    A query is left out where not all of its conditions are known, and where one of its columns is the first of an
    index: what that leaves is soon read. Migrations ask once.
    """
    names = _SENDING.union(*[verbs.terminal_reads for verbs in project.knowledge.tables.orms])
    for place in project.units(ctx.roles, attributes=names, near_database=True):
        for site in call_sites(project, place, names) if place.module.role is not Role.MIGRATION else ():
            for query, further in _queries(site):
                yield from _of_query(project, ctx, site, query, further)
    for one in asked(project, ctx):
        yield from _of_statement(project, ctx, one)


def _queries(site: CallSite) -> Iterator[tuple[Query, frozenset[str]]]:
    """Yield the queries that a call sends, with the conditions that it adds itself: `get(mail=…)`."""
    receiver = site.callee.receiver if isinstance(site.callee, Method) else None
    if isinstance(receiver, Query) and receiver.stage in _UNSENT:
        return
    if isinstance(receiver, Query):
        words = site.call.keywords if site.method == _BY_WORDS and receiver.orm != "sqlalchemy" else ()
        if all(word.name is not None for word in words):
            yield receiver, frozenset(f"{GIVEN}:{word.name}" for word in words)
    elif site.method in _SENDING:
        yield from ((value, frozenset()) for value in site.arguments[:1] if isinstance(value, Query))


def _of_query(
    project: Project, ctx: ProjectContext, site: CallSite, query: Query, further: frozenset[str]
) -> Iterator[Unserved]:
    definition = query.definition
    if definition is None or query.related or query.relation or (query.filtered and not query.conditions):
        return
    joins = Joins(project, query)
    compared = joins.columns()
    if not joins.is_read or compared is None:
        return
    conditions: Conditions = defaultdict(list)
    for column in compared:
        conditions[column.table].append((column, _JOINED))
    for one in sorted(query.conditions | further):
        kind, _, path = one.partition(":")
        if one != CHOSEN and (path or kind != ABSENT):  # else it leaves almost all rows
            model, _, name = path.rpartition(".")
            of = joins.model(model) if model else definition
            if kind not in _PLAIN or of is None or not name or not _follow(project, of, name, kind, conditions):
                return
    span = ctx.span(site.place.module, site.place.unit.start, site.call)
    query_name = f"`{render(site.call)}` in `{site.place.scope}`"
    found = _of_joined(project, conditions) if compared else _of_path(project, definition, conditions)
    yield from (Unserved(table.name, column, query_name, span, does) for table, column, does in found)


def _of_path(project: Project, definition: ClassDefinition, conditions: Conditions) -> Iterator[_Lacking]:
    """Yield what the tables of a query lack that joins by paths alone."""
    model = project.schema.model(definition)
    own = conditions.get(model.table if model is not None else "", [])
    is_narrow = any(kind in _FINDING for _, kind in own) and _is_served(project, own)
    for found in [own] if is_narrow else conditions.values():
        yield from ((table, column, _FINDS) for table, column in _missing(project, found))


def _of_joined(project: Project, conditions: Conditions) -> Iterator[_Lacking]:
    """Yield what the tables of a query lack that joins them itself.

    Where an index narrows one of them, the joins find the rows of the others; else one that narrows is wanted.
    """
    if any(_is_narrow(project, rows) for rows in conditions.values()):
        for rows in conditions.values():
            yield from ((table, column, _FINDS) for table, column in _missing(project, rows))
        return
    alone = [[(one, kind) for one, kind in rows if kind != _JOINED] for rows in conditions.values()]
    ordered = sorted(alone, key=lambda rows: all(kind != GIVEN for _, kind in rows))
    found = (one for rows in ordered for one in _missing(project, rows))
    yield from ((table, column, _FINDS) for table, column in islice(found, 1))


def _is_narrow(project: Project, rows: list[tuple[Field, str]]) -> bool:
    """Return whether an index finds the rows of a table without any other table."""
    found = [(one, kind) for one, kind in rows if kind != _JOINED]
    return any(kind in _FINDING for _, kind in found) and _is_served(project, found)


def _follow(project: Project, definition: ClassDefinition, path: str, kind: str, conditions: Conditions) -> bool:
    """Put the columns of a condition to those of their tables (`owner__name`); False where one is not known."""
    field = project.schema.field(definition, path)
    if field is not None:
        conditions[field.table].append((field, kind))
        return True
    head, _, rest = path.partition("__")
    relation = project.schema.relation(definition, head) if rest else None
    key = project.schema.field(definition, head) if relation is not None else None
    if relation is None or key is None or relation.kind not in _FORWARD or relation.target is None:
        return False
    conditions[key.table].append((key, _JOINED))
    return _follow(project, relation.target, rest, kind, conditions)


def _of_statement(project: Project, ctx: ProjectContext, one: Asked) -> Iterator[Unserved]:
    tables = [project.catalogue.table(name) for name in one.asking.tables]
    known = [table for table in tables if table is not None]
    if len(known) != len(tables):
        return
    conditions: Conditions = defaultdict(list)
    fixed = set(one.asking.fixed)
    for name, qualifier in one.asking.sought:
        found = _column(project, known, name, qualifier)
        if found is None:
            return
        conditions[found[0].name].append((found[1], GIVEN if (name, qualifier) in fixed else _JOINED))
    for rows in conditions.values():
        for table, column in _missing(project, rows):
            yield Unserved(table.name, column, f"a query in {one.where}", one.span(ctx.source_of))
    yield from _of_order(project, ctx, one, known)


def _of_order(project: Project, ctx: ProjectContext, one: Asked, tables: list[Table]) -> Iterator[Unserved]:
    """Yield the column by which a query sorts all rows of a table to give the first ones."""
    if not (one.asking.is_top and one.asking.ordered and len(tables) == 1):
        return
    served = [name for name, _ in one.asking.ordered]
    column = tables[0].column(served[0])
    if column is not None and tables[0].is_whole and not project.catalogue.serves(tables[0], served):
        yield Unserved(tables[0].name, column, f"a query in {one.where}", one.span(ctx.source_of), _BY_ORDER)


def _column(project: Project, tables: list[Table], name: str, qualifier: str) -> tuple[Table, Field] | None:
    """Return the one column of some tables that a name means, with its table."""
    named = project.catalogue.table(qualifier) if qualifier else None
    among = [named] if named is not None else tables if not qualifier else []
    found = [(table, column) for table in among if (column := table.column(name)) is not None]
    return found[0] if len(found) == 1 else None


def _missing(project: Project, found: list[tuple[Field, str]]) -> Iterator[tuple[Table, Field]]:
    """Yield the first column that rows are found by, with its table, where no index serves any of them."""
    table = project.catalogue.table(found[0][0].table) if found else None
    if table is None or not table.is_whole or _is_served(project, found):
        return
    wanted = sorted(found, key=lambda each: (each[1] != GIVEN, each[0].column))
    columns = [one for one, kind in wanted if kind in _FINDING and one.type != "boolean" and one.table == table.name]
    yield from ((table, one) for one in columns[:1])


def _is_served(project: Project, found: list[tuple[Field, str]]) -> bool:
    table = project.catalogue.table(found[0][0].table)
    names = [one.column for one, _ in found]
    is_served = table is not None and project.catalogue.serves(table, names)
    return is_served or any(one.primary_key for one, _ in found)
