"""The whole program, from the facts of all files: symbols, models and inference, each built when it is asked for."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.migration import ScriptFacts
from archlint.ir.module import Flag, FunctionRow, ModuleFacts, Unit, decode_body
from archlint.ir.template import TemplateFacts
from archlint.knowledge import Knowledge, Pin
from archlint.knowledge.tables import DatabaseType, OrmVerbs
from archlint.project.gathered import Gathered
from archlint.project.inference import Inference
from archlint.project.near import Near
from archlint.project.questions.memo import Kind, Memo
from archlint.project.questions.naming import name_of
from archlint.project.schema import Orms, Schema
from archlint.project.symbols import ClassDefinition, FunctionDefinition, Module, Symbols
from archlint.project.tree import function_from, functions_in
from archlint.project.values import Instance
from archlint.source import Role

if TYPE_CHECKING:
    from archlint.project.bounds.limits import Limits
    from archlint.project.effects.call_graph import CallGraph
    from archlint.project.effects.callers import Callers
    from archlint.project.effects.effects import Effects
    from archlint.project.effects.places import Places
    from archlint.project.extent.growth import Tables
    from archlint.project.migrations.migrations import Migrations
    from archlint.project.outages.service_calls import ServiceCalls
    from archlint.project.routes.route import EntryPoint
    from archlint.project.routes.table import RouteTable
    from archlint.project.sql import Sql
    from archlint.project.tables.catalogue import Catalogue
    from archlint.project.turns.asked import InLoops
    from archlint.project.unit_sites import UnitSites

_KEPT_BODIES = 4096
"""Bodies kept decoded, which take some 25 MB; rules go from unit to unit, so that four times as many save a hundredth
of the time.
"""


class UnitPlace(msgspec.Struct, frozen=True):
    """A unit in its module."""

    module: Module
    unit: Unit

    @property
    def scope(self) -> str:
        """Return the dotted name of the unit below its module."""
        return ".".join(part for part in (self.unit.owner, self.unit.name) if part)


class Project:
    """The linked program. Rules ask it questions; nothing in it changes after it is made.

    `settled` are the paths of migrations that are as they were at the point since which migrations are judged.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - one for each kind of facts
        self,
        facts: Iterable[ModuleFacts],
        roles: Mapping[str, Role],
        knowledge: Knowledge,
        versions: Mapping[str, Pin] | None = None,
        templates: Iterable[TemplateFacts] = (),
        scripts: Iterable[ScriptFacts] = (),
        settled: Container[str] = (),
        dialects: Mapping[str, str] | None = None,
    ) -> None:
        self.knowledge = knowledge
        self.versions = versions or {}
        self.template_facts = tuple(sorted(templates, key=lambda one: one.path))
        self.scripts = tuple(sorted(scripts, key=lambda one: one.path))
        self.settled = settled
        self.told_dialects = dialects or {}
        self._roles = roles
        ordered = sorted(facts, key=lambda one: one.path)
        self.modules = tuple(Module(one, roles.get(one.path, Role.PRODUCTION)) for one in ordered)
        self._bodies: dict[int, ir.Stmt] = {}
        self._read: set[int] | None = None
        self._nested: dict[FunctionDefinition, Mapping[str, FunctionDefinition]] = {}

    @cached_property
    def symbols(self) -> Symbols:
        """Return the names of all files."""
        return Symbols(self.modules, self.knowledge.library_roots, self.knowledge.own_names)

    @cached_property
    def memo(self) -> Memo:
        """Return what remembers answers."""
        memo = Memo(name_of)
        memo.register(Kind("orm", self._orms.name, "", ""))
        memo.register(Kind("relates", self._orms.relates, False, False))
        return memo

    @cached_property
    def inference(self) -> Inference:
        """Return what answers the question what an expression evaluates to."""
        return Inference(self)

    @cached_property
    def unit_sites(self) -> UnitSites:
        """Return what stands in single units."""
        from archlint.project.unit_sites import UnitSites

        return UnitSites(self)

    @cached_property
    def effects(self) -> Effects:
        """Return what answers the question what functions do."""
        from archlint.project.effects.effects import Effects

        return Effects(self)

    @cached_property
    def call_graph(self) -> CallGraph:
        """Return who calls whom."""
        from archlint.project.effects.call_graph import CallGraph

        return CallGraph(self)

    @cached_property
    def callers(self) -> Callers:
        """Return what finds the callers of single functions."""
        from archlint.project.effects.callers import Callers

        return Callers(self)

    @cached_property
    def places(self) -> Places:
        """Return what answers the question where functions run."""
        from archlint.project.effects.places import Places

        return Places(self)

    @cached_property
    def in_loops(self) -> InLoops:
        """Return what answers the question which calls of loops may reach the database."""
        from archlint.project.turns.asked import InLoops

        return InLoops(self)

    @cached_property
    def services(self) -> ServiceCalls:
        """Return what answers the question which calls are those of services whose failures are known."""
        from archlint.project.outages.service_calls import ServiceCalls

        return ServiceCalls(self)

    @cached_property
    def limits(self) -> Limits:
        """Return what answers the question where limits of queries come from."""
        from archlint.project.bounds.limits import Limits

        return Limits(self)

    @cached_property
    def growth(self) -> Tables:
        """Return what answers the question how tables grow."""
        from archlint.project.extent.growth import Tables

        return Tables(self)

    @property
    def entry_points(self) -> tuple[EntryPoint, ...]:
        """Return the functions that something outside the program calls."""
        return self.routes.entry_points

    @cached_property
    def gathered(self) -> Gathered:
        """Return names from all over the project."""
        return Gathered(self)

    @property
    def relation_names(self) -> frozenset[str]:
        """Return the names of all attributes that lead from a row of one model to rows of another."""
        return self.gathered.relations

    @cached_property
    def schema(self) -> Schema:
        """Return the models and tables."""
        return Schema(self)

    @cached_property
    def routes(self) -> RouteTable:
        """Return the routes, and the other entry points."""
        from archlint.project.routes.table import RouteTable

        return RouteTable(self)

    @cached_property
    def sql(self) -> Sql:
        """Return what answers the question which SQL a call sends."""
        from archlint.project.sql import Sql

        return Sql(self)

    @cached_property
    def catalogue(self) -> Catalogue:
        """Return all tables, those that only migrations make included."""
        from archlint.project.tables.catalogue import Catalogue

        return Catalogue(self)

    @cached_property
    def migrations(self) -> Migrations:
        """Return the migrations of the database."""
        from archlint.project.migrations.migrations import Migrations

        return Migrations(self)

    def role_of(self, path: str) -> Role:
        """Return what a file of the project is for."""
        return self._roles.get(path, Role.PRODUCTION)

    @cached_property
    def near_database(self) -> Near:
        """Return the modules that may be given rows or a session: all of a project that has models.

        Of another one those that import a library of databases, over others too, and those that these import.
        """
        orms = self.knowledge.tables.orms
        names = [name for one in orms for name in (*one.model_bases, *[row.name for row in one.types])]
        packages = frozenset(name.partition(".")[0] for name in names)
        return Near(lambda: frozenset(self.modules) if self.gathered.has_models else self._importing(packages))

    def near(self, packages: frozenset[str]) -> Near:
        """Return the modules that import one of some packages, over others too, and those that these import.

        Where one of them is the project's own, these are all modules.
        """
        own = {one.name for one in self.modules}
        is_own = any(not own.isdisjoint(_and_above(name)) for name in packages)
        return Near(lambda: frozenset(self.modules) if is_own else self._importing(packages))

    def _importing(self, packages: frozenset[str]) -> frozenset[Module]:
        by_path = {one.path: one for one in self.modules}
        return frozenset(by_path[path] for path in self.gathered.importing(packages))

    @cached_property
    def imported_roots(self) -> frozenset[str]:
        """Return the first names of all that is imported anywhere: a library that is not among them is not used."""
        return frozenset(row.target.partition(".")[0] for one in self.modules for row in one.facts.imports)

    def units(
        self,
        roles: Container[Role],
        *,
        flags: Flag = Flag.NONE,
        attributes: frozenset[str] = frozenset(),
        near_database: bool = False,
    ) -> Iterator[UnitPlace]:
        """Yield the units of files of some roles with all flags and, where given, one of the attribute names.

        Their bodies stay unread.
        """
        wanted = int(flags)  # operators of plain numbers are ten times as fast
        for module in self.modules:
            is_wanted = module.role in roles and (not near_database or module in self.near_database)
            for unit in module.facts.units if is_wanted else ():
                has_flags = not wanted or unit.flags & wanted == wanted
                if has_flags and (not attributes or not attributes.isdisjoint(unit.attributes)):
                    yield UnitPlace(module, unit)

    def body(self, unit: Unit) -> ir.Stmt:
        """Return the statement of a unit; those asked for last are kept, another time it may be another object."""
        key = id(unit)
        if self._read is not None and unit.flags & Flag.FUNCTION:
            self._read.add(key)
        body = self._bodies.pop(key, None)
        if body is None:
            body = decode_body(unit.body)
            if len(self._bodies) >= _KEPT_BODIES:
                del self._bodies[next(iter(self._bodies))]
        self._bodies[key] = body
        return body

    @contextmanager
    def recording(self) -> Iterator[Collection[int]]:
        """Let it be noted of which units that are functions the bodies are read: what is given has their identities."""
        before, self._read = self._read, set()
        try:
            yield self._read
        finally:
            self._read = before

    def function_at(self, place: UnitPlace) -> FunctionDefinition | None:
        """Return the function that a unit is, or None."""
        found = place.module.functions.get(place.scope)
        return found if found is not None and found.row.start == place.unit.start else None

    def functions_at(self, place: UnitPlace) -> Iterator[FunctionDefinition]:
        """Yield the function that a unit is, and those that are defined in it."""
        pending = [one for one in (self.function_at(place),) if one is not None]
        while pending:
            found = pending.pop()
            yield found
            pending.extend(self.nested_functions(found).values())

    def function_node(self, definition: FunctionDefinition) -> ir.Function | None:
        """Return the IR of a function, which may stand in an `if` or a nested class, or None where there is none."""
        if definition.outer is not None:
            return self._nested_nodes(definition.outer).get(definition.row.name)
        unit = definition.unit
        return function_from(self.body(unit), definition.row.start - unit.start)

    def nested_functions(self, outer: FunctionDefinition) -> Mapping[str, FunctionDefinition]:
        """Return the functions that are defined directly in a function, by name; of several the last."""
        if outer not in self._nested:
            start = outer.unit.start
            self._nested[outer] = {
                name: FunctionDefinition(outer.module, _row(node, outer.row, start), outer)
                for name, node in self._nested_nodes(outer).items()
            }
        return self._nested[outer]

    def _nested_nodes(self, outer: FunctionDefinition) -> dict[str, ir.Function]:
        node = self.function_node(outer)
        return {one.name: one for one in functions_in(node.body)} if node is not None else {}

    def orm_of(self, definition: ClassDefinition) -> OrmVerbs | None:
        """Return the vocabulary of the ORM that a class is a model of, or None."""
        name = self.memo.ask("orm", definition)
        return self.knowledge.orm(name) if name else None

    def model_named(self, app: str, name: str) -> ClassDefinition | None:
        """Return the model with a class name; of several, the only one below a folder with the name of its app."""
        return self._orms.model_named(app, name)

    def database_type(self, instance: Instance) -> DatabaseType | None:
        """Return what is known of an engine, session, connection or cursor; a project's subclasses count."""
        return self._orms.database_type(instance)

    @cached_property
    def _orms(self) -> Orms:
        return Orms(self)


def _row(node: ir.Function, outer: FunctionRow, start: int) -> FunctionRow:
    """Return the row of a nested function; `start` is that of the unit in the file."""
    return FunctionRow(
        node.name,
        outer.owner,
        start + node.start,
        start + node.end,
        node.is_async,
        node.decorators,
        node.parameters,
        node.returns,
        outer.unit,
    )


def _and_above(name: str) -> list[str]:
    """Return a dotted name and those of what it is in."""
    parts = name.split(".")
    return [".".join(parts[:end]) for end in range(len(parts), 0, -1)]
