"""Which columns queries find rows by, and whether an index serves them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.project.context import ProjectContext
from archlint.project.flow import CallSite, call_sites
from archlint.project.project import Project
from archlint.project.schema.model import Field, Table
from archlint.project.symbols import ClassDefinition
from archlint.project.tables.serving import serves
from archlint.project.values import ABSENT, CONSTANT, FROM, GIVEN, LISTED, TO, Method, Query

_FINDING = frozenset({GIVEN, LISTED, FROM, TO})
"""Kinds of conditions that an index serves."""
_PLAIN = _FINDING | {ABSENT, CONSTANT}
_SENDING = frozenset({"exec", "execute", "scalar", "scalars"})
_BY_WORDS = "get"


class Unserved(msgspec.Struct, frozen=True):
    """A column that queries find rows of a table by, none of whose indexes begins with one of their columns."""

    table: str
    column: Field
    site: CallSite


def unserved(project: Project, ctx: ProjectContext) -> Iterator[Unserved]:
    """Yield each such column once for each query, in the order of the files.

    A query is left out where not all of its conditions are known, where it joins, and where one of its columns is the
    first of an index: what that leaves is soon read.
    """
    names = _SENDING.union(*[verbs.terminal_reads for verbs in project.knowledge.tables.orms])
    for place in project.units(ctx.roles, attributes=names, near_database=True):
        for site in call_sites(project, place, names):
            for query, further in _queries(site):
                yield from _of_query(project, site, query, further)


def _queries(site: CallSite) -> Iterator[tuple[Query, frozenset[str]]]:
    """Yield the queries that a call sends, with the conditions that it adds itself: `get(mail=…)`."""
    receiver = site.callee.receiver if isinstance(site.callee, Method) else None
    if isinstance(receiver, Query):
        words = site.call.keywords if site.method == _BY_WORDS and receiver.orm != "sqlalchemy" else ()
        if all(word.name is not None for word in words):
            yield receiver, frozenset(f"{GIVEN}:{word.name}" for word in words)
    elif site.method in _SENDING:
        yield from ((value, frozenset()) for value in site.arguments[:1] if isinstance(value, Query))


def _of_query(project: Project, site: CallSite, query: Query, further: frozenset[str]) -> Iterator[Unserved]:
    if query.definition is None or query.related or query.relation or (query.filtered and not query.conditions):
        return
    found = _columns(project, query.definition, query.conditions | further)
    model = project.schema.model(query.definition)
    table = project.schema.table(model.table) if model is not None else None
    if table is None or not found or not table.is_whole or _is_served(table, found):
        return
    wanted = [one for one, kind in found if kind in _FINDING and one.type != "boolean" and one.table == table.name]
    for one in wanted[:1]:
        yield Unserved(table.name, one, site)


def _columns(project: Project, definition: ClassDefinition, conditions: frozenset[str]) -> list[tuple[Field, str]]:
    """Return the columns of all conditions with their kinds, given ones first; none where one is not known."""
    found: list[tuple[Field, str]] = []
    for one in sorted(conditions):
        kind, _, path = one.partition(":")
        field = project.schema.field(definition, path) if path and kind in _PLAIN else None
        if field is None:
            return []
        found.append((field, kind))
    return sorted(found, key=lambda each: (each[1] != GIVEN, each[0].column))


def _is_served(table: Table, found: list[tuple[Field, str]]) -> bool:
    return serves(table, [one.column for one, _ in found]) or any(one.primary_key for one, _ in found)
