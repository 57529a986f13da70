"""Which SQL the calls of a project send."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from archlint.ir.module import Flag, Unit
from archlint.project.flow import CallSite, call_sites
from archlint.project.project import UnitPlace
from archlint.project.sql.dialects import project_dialect, server_dialect
from archlint.project.sql.sinks import SENDING, Sink, arguments, function_of, known_sinks, likely_sinks, sql_call
from archlint.project.sql.statement import Statement
from archlint.project.sql.texts import Frame, Reader
from archlint.project.sql.wrappers import Wrappers
from archlint.syntax.sql_recognition import SINKS, begins_like_sql, looks_like_sql
from archlint.syntax.sql_shape import Shape, shapes
from archlint.syntax.string_values import last_name

if TYPE_CHECKING:
    from archlint.ir import nodes as ir
    from archlint.project.project import Project
    from archlint.project.sql.template import Template
    from archlint.project.symbols import FunctionDefinition, Module

_MAX_REMEMBERED = 10_000
"""Texts whose statements are kept: beyond it all are forgotten, so that a project of generated SQL stays small."""
Key = tuple[str, str, tuple[tuple[int, int], ...]]


class Sql:
    """Answers what calls send; texts that are the same are parsed once."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._reader = Reader(project)
        self._wrappers = Wrappers(project)
        self._shapes: dict[Key, tuple[Shape, ...]] = {}

    @property
    def dialect(self) -> str:
        """Return the one dialect that the configuration or else the settings of the project name, or ""."""
        self._project.memo.read(("dialect",))
        return self._dialect

    @cached_property
    def server(self) -> str:
        """Return the dialect of the database server as configuration, settings and drivers tell it, or ""."""
        return server_dialect(self._project)

    @cached_property
    def _dialect(self) -> str:
        return project_dialect(self._project)

    @cached_property
    def sink_names(self) -> frozenset[str]:
        """Return the last names of all callables that may be given SQL."""
        return SINKS | {name for row in self._project.knowledge.tables.sql_calls for name in row.names}

    def told(self, module: Module) -> str:
        """Return the dialect that the configuration gives to the SQL of a module, or ""."""
        self._project.memo.read(("dialect",))
        return self._project.told_dialects.get(module.path, "")

    def sink_parameters(self, function: FunctionDefinition) -> frozenset[str]:
        """Return the parameters of a function whose text it sends to a database, itself or through other functions."""
        return frozenset(self._wrappers.parameters(function))

    def texts(self, node: ir.Expr, frame: Frame) -> tuple[Template, ...]:
        """Return the texts that an expression may be, one for each way that assigns its name differently."""
        return self._reader.texts(node, frame)

    def text_of(self, node: ir.Expr, frame: Frame) -> Template | None:
        """Return the text of an expression as far as it can be known, or None where no part is, or it is not one."""
        found = self._reader.texts(node, frame)
        return found[0] if len(found) == 1 else None

    def statements(self, site: CallSite) -> tuple[Statement, ...]:
        """Return the statements that a call sends; none where it sends none or nothing is known of their text.

        Where a name is assigned differently on different ways, the statements of all ways are given.
        """
        frame = Frame(site.scope, site.functions, site.call.start)
        for sink in self.sinks(site):
            found = [
                statement
                for text in self._reader.texts(sink.argument, frame)
                if _is_sql(text.text, sink, site)
                for statement in self._statements(text, self.told(site.module) or sink.dialect)
                if sink.is_certain or _is_plausible(statement)
            ]
            if found:
                return tuple(found)
        return ()

    def sinks(self, site: CallSite) -> Iterator[Sink]:
        """Yield the arguments of a call that are, or may be, SQL."""
        row = sql_call(self._project, site.callee)
        if row is not None:
            yield from known_sinks(row, site.call)
            return
        callee = function_of(self._project, site.callee)
        if callee is not None:
            given = arguments(callee, site.call)
            if any(self._may_be_sql(node, site) for node in given.values()):
                parameters = self._wrappers.parameters(callee.definition)
                yield from (Sink(given[name], parameters[name]) for name in given if name in parameters)
        yield from likely_sinks(site.call)

    def _may_be_sql(self, node: ir.Expr, site: CallSite) -> bool:
        """Return whether an argument is a text that looks like SQL: only then is it worth following the function."""
        frame = Frame(site.scope, site.functions, site.call.start)
        return any(looks_like_sql(text.text, is_sent=False) for text in self._reader.texts(node, frame))

    def _statements(self, text: Template, driver: str) -> tuple[Statement, ...]:
        """Return the statements of a text; where only the settings tell the dialect, another one is tried as well."""
        dialect = driver or self.dialect
        found = self._parsed(text, dialect)
        if dialect and not driver and not all(shape.is_parsed for shape in found):
            other = self._parsed(text, "")
            if all(shape.is_parsed for shape in other):
                dialect, found = "", other
        return tuple(Statement.of(shape, text, dialect) for shape in found)

    def _parsed(self, text: Template, dialect: str) -> tuple[Shape, ...]:
        regions = tuple((start, end) for start, end, _ in text.holes)
        key = (text.text, dialect, regions)
        if key not in self._shapes:
            if len(self._shapes) >= _MAX_REMEMBERED:
                self._shapes.clear()
            self._shapes[key] = shapes(text.text, dialect or None, regions)
        return self._shapes[key]


def statements_of(project: Project, place: UnitPlace) -> Iterator[tuple[CallSite, Statement]]:
    """Yield the statements of a unit with the calls that send them; those only built come last.

    A unit without a string that begins like SQL and without a call of a name that may send some stays unread.
    """
    if place.unit.flags & Flag.SQL or _calls_sink(project, place.unit):
        yield from _of_unit(project, place)


def _calls_sink(project: Project, unit: Unit) -> bool:
    return any(name.rpartition(".")[2] in project.sql.sink_names for name in unit.calls)


def _of_unit(project: Project, place: UnitPlace) -> Iterator[tuple[CallSite, Statement]]:
    wanted = None if place.unit.flags & Flag.SQL else project.sql.sink_names
    sites = [(site, project.sql.statements(site)) for site in call_sites(project, place, wanted)]
    seen: set[tuple[str, int, int]] = set()
    for site, statements in sorted(sites, key=lambda pair: _only_builds(project, pair[0])):
        for statement in statements:
            origin = statement.template.pieces[0].origin
            key = (origin.module.path, origin.region[0], statement.start)
            if not (_only_builds(project, site) and key in seen):
                yield site, statement
            seen.add(key)


def _only_builds(project: Project, site: CallSite) -> bool:
    row = sql_call(project, site.callee)
    return row is not None and row.builds


def _is_plausible(statement: Statement) -> bool:
    """Return whether a text that only a name takes for SQL is some: prose in lower case names no table that is read."""
    has_table = bool(statement.reads or statement.writes or statement.holes)
    return has_table or not statement.text.lstrip()[:1].islower()


def _is_sql(text: str, sink: Sink, site: CallSite) -> bool:
    if sink.is_certain:
        return begins_like_sql(text)
    name = last_name(site.call.func)
    if looks_like_sql(text, is_sent=name.startswith("exec")):
        return True
    first, _, rest = text.strip().partition(" ")
    return name in SENDING and first.isupper() and bool(rest) and begins_like_sql(text)
