"""Which expressions become a part of the text of SQL, and in which position."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.module import Flag
from archlint.project.flow import CallSite, call_sites, mentions
from archlint.project.project import Project, UnitPlace
from archlint.project.sql import Frame, Position, Statement
from archlint.project.sql.sinks import sql_call
from archlint.project.sql.template import Origin
from archlint.project.tree import called_name, keyword
from archlint.project.values import Method, Query
from archlint.syntax.string_values import WRAPPERS

EXTRA = "extra"
_EXTRA_PARTS = ("where", "select", "tables")
"""What `QuerySet.extra` puts into the statement as it is."""


class Inserted(msgspec.Struct, frozen=True):
    """An expression whose text becomes a part of SQL that a call is given.

    `position` is None where it is the whole text; `table` is what the statement is about, "" where that is not known.
    """

    site: CallSite
    origin: Origin
    position: Position | None
    table: str = ""


def inserted(project: Project, place: UnitPlace) -> Iterator[Inserted]:
    """Yield what a unit puts into SQL, each expression once."""
    names = project.sql.sink_names | {EXTRA}
    if not (place.unit.flags & Flag.SQL or mentions(project, place, names)):
        return
    seen: set[tuple[str, int, int]] = set()
    for site in call_sites(project, place, None if place.unit.flags & Flag.SQL else names):
        for one in _of_call(project, site):
            key = (one.origin.module.path, *one.origin.region)
            if key not in seen:
                seen.add(key)
                yield one


def _of_call(project: Project, site: CallSite) -> Iterator[Inserted]:
    statements = project.sql.statements(site)
    if statements:
        for statement in statements:
            yield from _of_statement(site, statement)
    elif site.method == EXTRA:
        yield from _of_extra(site)
    else:
        yield from _of_fragments(project, site)


def _of_statement(site: CallSite, statement: Statement) -> Iterator[Inserted]:
    for hole in statement.holes:
        if hole.origin is not None:
            yield Inserted(site, hole.origin, hole.position, statement.table)


def _of_fragments(project: Project, site: CallSite) -> Iterator[Inserted]:
    """Yield what a library's callable is given that takes nothing but SQL: a whole text, or a part such as a condition.

    What the text around an expression says of its position is found where its origin is.
    """
    row = sql_call(project, site.callee)
    if row is None:
        return
    frame = Frame(site.scope, site.functions, site.call.start)
    for sink in project.sql.sinks(site):
        node = _unwrapped(sink.argument)
        yield Inserted(site, frame.origin(node), Position.CLAUSE if project.sql.texts(node, frame) else None)


def _unwrapped(node: ir.Expr) -> ir.Expr:
    """Return the text of a statement that is made of it where it is sent: `query` of `execute(text(query))`."""
    while isinstance(node, ir.Call) and called_name(node) in WRAPPERS and node.args:
        node = node.args[0]
    return node


def _of_extra(site: CallSite) -> Iterator[Inserted]:
    receiver = site.callee.receiver if isinstance(site.callee, Method) else None
    table = receiver.model.rpartition(".")[2] if isinstance(receiver, Query) else ""
    frame = Frame(site.scope, site.functions, site.call.start)
    for name in _EXTRA_PARTS:
        node = keyword(site.call, name)
        if isinstance(node, ir.Collection | ir.Mapping | ir.Name):
            yield Inserted(site, frame.origin(node), Position.CLAUSE, table)
