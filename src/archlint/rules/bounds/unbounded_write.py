"""ARC208: one statement, or one transaction, updates or deletes a part of a table that grows with it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import msgspec

from archlint.diagnostic import Confidence, Related
from archlint.ir.render import render
from archlint.project.context import ProjectContext
from archlint.project.extent.growth import Growing, Growth
from archlint.project.extent.part import Part, is_only_aged, part_of
from archlint.project.extent.running import Ground, ground
from archlint.project.extent.statements import model_written, part_written
from archlint.project.flow import CallSite, call_sites, names_in
from archlint.project.project import Project, UnitPlace
from archlint.project.signals import Signals
from archlint.project.sql import Verb
from archlint.project.symbols import ClassDefinition
from archlint.project.values import Method, Query, Stage
from archlint.project.views.flows import Entries, started
from archlint.rule import Found, Rule, Units

_SENDING = frozenset({"exec", "execute", "scalars"})
_WRITING = frozenset({"adelete", "aupdate", "delete", "update"})
_ROWS = {Part.AGED: "every old", Part.DUE: "every outdated", Part.OPEN: "a growing share of", Part.WHOLE: "every"}

rule = Rule("ARC208")


class _Write(msgspec.Struct, frozen=True):
    """A statement that changes rows: its verb, its model or table, which rows.

    `leaves` says that the rows it changed meet its condition no more, so that it never takes a row twice;
    `loads_for` is what Django loads all rows for before it deletes them, "" where it sends one statement.
    """

    verb: str
    name: str
    model: ClassDefinition | None
    part: Part
    leaves: bool = False
    loads_for: str = ""

    @property
    def manner(self) -> str:
        """Return how it is done, as a predicate's end."""
        return (
            f"in one transaction, and loads them first for {self.loads_for}" if self.loads_for else "in one statement"
        )


@rule.units
def unbounded_write(project: Project, ctx: ProjectContext) -> Units:
    """Report each update and delete whose condition leaves more rows the longer the program runs."""
    wanted = _WRITING | project.sql.sink_names
    look = partial(_unbounded, project, ctx, Entries(project, ctx), Signals(project), wanted)
    return Units(look, attributes=wanted, names=wanted, modules=project.near_database)


def _unbounded(
    project: Project, ctx: ProjectContext, entries: Entries, signals: Signals, wanted: frozenset[str], place: UnitPlace
) -> Found:
    growth = project.growth
    for site in call_sites(project, place, wanted):
        for write in _writes(project, signals, site):
            is_timed = write.part is Part.AGED
            growing = growth.of(write.model, is_timed=is_timed) if write.model else growth.named(write.name)
            confidence = _confidence(project, place, write, growing)
            if confidence is not None:
                yield rule.at(
                    ctx.span(site.module, site.offset, site.call),
                    f"`{render(site.call)}` {write.verb} {_ROWS[write.part]} `{write.name}` {write.manner}",
                    confidence=confidence,
                    related=_related(ctx, write, growing),
                    flow=_chain(project, ctx, entries, site, write),
                    scope=place.scope,
                    anchor=render(site.call.func),
                    tables=project.schema.names_of(write.model.name if write.model else write.name),
                )


def _writes(project: Project, signals: Signals, site: CallSite) -> Iterator[_Write]:
    """Yield what a call changes without a bound: rows of a query, of a statement that it sends, of SQL.

    What differs from turn to turn of a loop takes a portion in each.
    """
    if any(not names_in(site.call).isdisjoint(loop.varying) for loop in site.loops):
        return
    query = _query_written(site)
    if query is not None:
        part = part_of(project, query)
        if part is not Part.BOUNDED:
            verb = {"delete": "deletes", "update": "updates"}.get(site.method.removeprefix("a"), "changes")
            leaves = verb == "updates" and not is_only_aged(project, query)
            model = query.definition if verb == "deletes" and query.orm == "django" else None
            loads_for = signals.loads_first(model) if model is not None else ""
            yield _Write(verb, query.model.rpartition(".")[2], query.definition, part, leaves, loads_for)
    elif site.method not in _WRITING:
        for one in project.sql.statements(site):
            part = part_written(project, one)
            if part is not Part.BOUNDED:
                verb = "deletes" if one.verb is Verb.DELETE else "updates"
                yield _Write(verb, one.table, model_written(project, one), part, verb == "updates")


def _query_written(site: CallSite) -> Query | None:
    """Return the rows that a call changes: those of the query that it is called on, or of the statement it is given."""
    receiver = site.callee.receiver if isinstance(site.callee, Method) else None
    if isinstance(receiver, Query) and receiver.stage in (Stage.LAZY, Stage.MANAGER):
        return receiver if site.method in _WRITING else None
    given = site.arguments[0] if site.method in _SENDING and site.call.args else None
    is_sent = isinstance(given, Query) and given.writes and given.stage is Stage.STATEMENT
    return given if is_sent and isinstance(given, Query) else None


def _confidence(project: Project, place: UnitPlace, write: _Write, growing: Growing) -> Confidence | None:
    """Return how sure it is that the statement takes more rows each month, None where nothing says so."""
    if growing.growth is Growth.SMALL or (write.part is Part.WHOLE and write.verb != "updates"):
        return None  # a table that is cleared is cleared on purpose
    is_known = growing.growth is not Growth.UNKNOWN
    is_log = growing.growth is Growth.LOG
    if not write.leaves and ((write.part is Part.AGED and is_known) or (write.part is Part.DUE and is_log)):
        function = project.function_at(place)
        where = ground(project, function) if function is not None else Ground.UNKNOWN
        return Confidence.LOW if where is Ground.REQUEST else Confidence.MEDIUM
    return Confidence.LOW if is_known or write.part in (Part.AGED, Part.DUE) else None


def _related(ctx: ProjectContext, write: _Write, growing: Growing) -> tuple[Related, ...]:
    at = growing.created.place if growing.created is not None else None
    if growing.created is None or at is None:
        return ctx.defined(write.model)
    what = f"`{growing.created.name}` says when a row was made"
    return (*ctx.defined(write.model), ctx.written(at, what))


def _chain(
    project: Project, ctx: ProjectContext, entries: Entries, site: CallSite, write: _Write
) -> tuple[Related, ...]:
    function = project.function_at(site.place)
    before = started(project, ctx, entries, function) if function is not None else ()
    how = "one transaction" if write.loads_for else "one statement"
    what = f"{how} for all rows that the condition leaves"
    return (*before, ctx.related(site.module, site.offset, site.call, what))
