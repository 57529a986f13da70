"""The whole program, from the facts of all files: symbols, models and inference, each built when it is asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from archlint.diagnostic import Related, Span
from archlint.ir import nodes as ir
from archlint.ir.module import Flag, FunctionRow, ModuleFacts, Unit, decode_body
from archlint.knowledge import Knowledge, Pin
from archlint.knowledge.tables import DatabaseType, OrmVerbs
from archlint.project.inference import Inference
from archlint.project.symbols import ClassDefinition, FunctionDefinition, Module, Symbols, Variable
from archlint.project.tree import functions_in
from archlint.project.values import Instance
from archlint.source import Role, SourceFile

Options = TypeVar("Options")
_KEPT_BODIES = 2048
"""Bodies kept decoded: all of a project of 500,000 lines take 30 MB more, and of half as many a tenth is read twice."""
SelfAttribute = tuple[ir.Function, "ir.Expr | None", "ir.Expr | None"]


@dataclass(frozen=True, slots=True)
class UnitPlace:
    """A unit in its module."""

    module: Module
    unit: Unit

    @property
    def scope(self) -> str:
        """Return the dotted name of the unit below its module."""
        return ".".join(part for part in (self.unit.owner, self.unit.name) if part)


class Project:
    """The linked program. Rules ask it questions; nothing in it changes after it is made."""

    def __init__(
        self,
        facts: Iterable[ModuleFacts],
        roles: Mapping[str, Role],
        knowledge: Knowledge,
        versions: Mapping[str, Pin] | None = None,
    ) -> None:
        self.knowledge = knowledge
        self.versions = versions or {}
        ordered = sorted(facts, key=lambda one: one.path)
        self.modules = tuple(Module(one, roles.get(one.path, Role.PRODUCTION)) for one in ordered)
        self._bodies: dict[int, ir.Stmt] = {}
        self._orms: dict[int, OrmVerbs | None] = {}
        self._nested: dict[FunctionDefinition, Mapping[str, FunctionDefinition]] = {}

    @cached_property
    def symbols(self) -> Symbols:
        """Return the names of all files."""
        return Symbols(self.modules, self._library_roots)

    @cached_property
    def inference(self) -> Inference:
        """Return what answers the question what an expression evaluates to."""
        return Inference(self)

    @cached_property
    def imported_roots(self) -> frozenset[str]:
        """Return the first names of all that is imported anywhere: a library that is not among them is not used."""
        return frozenset(row.target.partition(".")[0] for one in self.modules for row in one.facts.imports)

    @cached_property
    def _library_roots(self) -> frozenset[str]:
        tables = self.knowledge.tables
        rows = [*tables.blocking, *tables.deadline_calls, *tables.routes]
        names = [row.of for row in rows] + [row.name for row in tables.clients]
        return frozenset(name.partition(".")[0] for name in names)

    def units(
        self, roles: Container[Role], *, flags: Flag = Flag.NONE, attributes: frozenset[str] = frozenset()
    ) -> Iterator[UnitPlace]:
        """Yield the units of files of some roles with all flags and, where given, one of the attribute names.

        Their bodies stay unread.
        """
        for module in self.modules:
            for unit in module.facts.units if module.role in roles else ():
                if unit.flags & flags == flags and (not attributes or not attributes.isdisjoint(unit.attributes)):
                    yield UnitPlace(module, unit)

    def body(self, unit: Unit) -> ir.Stmt:
        """Return the statement of a unit; those asked for last are kept, another time it may be another object."""
        key = id(unit)
        body = self._bodies.pop(key, None)
        if body is None:
            body = decode_body(unit.body)
            if len(self._bodies) >= _KEPT_BODIES:
                del self._bodies[next(iter(self._bodies))]
        self._bodies[key] = body
        return body

    def function_at(self, place: UnitPlace) -> FunctionDefinition | None:
        """Return the function that a unit is, or None."""
        found = place.module.functions.get(place.scope)
        return found if found is not None and found.row.start == place.unit.start else None

    def function_node(self, definition: FunctionDefinition) -> ir.Function | None:
        """Return the IR of a function, or None where its unit is none (a `def` inside an `if`)."""
        if definition.outer is not None:
            return self._nested_nodes(definition.outer).get(definition.row.name)
        body = self.body(definition.module.facts.units[definition.row.unit])
        return body if isinstance(body, ir.Function) and body.name == definition.row.name else None

    def nested_functions(self, outer: FunctionDefinition) -> Mapping[str, FunctionDefinition]:
        """Return the functions that are defined directly in a function, by name; of several the last."""
        if outer not in self._nested:
            start = outer.module.facts.units[outer.row.unit].start
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
        key = id(definition)
        if key not in self._orms:
            self._orms[key] = None
            names = (self._base_name(definition, one) for one in self.symbols.ancestors(definition))
            found = (self.knowledge.orm_of_model(name) for name in names)
            self._orms[key] = next((verbs for verbs in found if verbs is not None), None)
        return self._orms[key]

    def _base_name(self, definition: ClassDefinition, ancestor: ClassDefinition | str) -> str:
        """Return the qualified name of an ancestor; `db.Model` is looked up through the variable `db`."""
        if isinstance(ancestor, ClassDefinition):
            # `Base = declarative_base()` is no class of the project; its own classes carry no base name.
            return ancestor.name
        head, _, member = ancestor.rpartition(".")
        owner = self.symbols.find(head or ancestor, definition.module) if ancestor else None
        if owner is None:
            return ancestor
        value = self.inference.defined(owner) if isinstance(owner, Variable) else None
        if isinstance(value, Instance):
            return f"{value.name}().{member}" if head else f"{value.name}()"
        return ancestor

    def model_named(self, app: str, name: str) -> ClassDefinition | None:
        """Return the model with a class name; of several, the only one below a folder with the name of its app."""
        found = self._classes_by_name.get(name, [])
        if len(found) > 1:
            found = [one for one in found if app.rpartition(".")[2] in one.module.name.split(".")]
        return found[0] if len(found) == 1 else None

    @cached_property
    def _classes_by_name(self) -> dict[str, list[ClassDefinition]]:
        found: defaultdict[str, list[ClassDefinition]] = defaultdict(list)
        for module in self.modules:
            if module.role is not Role.TEST:
                for definition in module.classes.values():
                    found[definition.row.name].append(definition)
        return dict(found)

    def database_type(self, instance: Instance) -> DatabaseType | None:
        """Return what is known of an engine, session, connection or cursor; a project's subclasses count."""
        if instance.definition is None:
            return self.knowledge.database_type(instance.name)
        for ancestor in self.symbols.ancestors(instance.definition):
            row = self.knowledge.database_type(ancestor) if isinstance(ancestor, str) else None
            if row is not None:
                return row
        return None

    def self_attributes(self, init: FunctionDefinition) -> Mapping[str, SelfAttribute]:
        """Return what a method assigns to attributes of `self`: the method, the value, the annotation."""
        function = self.body(init.module.facts.units[init.row.unit])
        if not isinstance(function, ir.Function) or not function.parameters:
            return {}
        own = function.parameters[0].name
        found: dict[str, SelfAttribute] = {}
        for statement in function.body:
            if not isinstance(statement, ir.Assign):
                continue
            for target in statement.targets:
                if isinstance(target, ir.Attribute) and isinstance(target.value, ir.Name) and target.value.id == own:
                    found[target.name] = (function, statement.value, statement.annotation)
        return found


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


@dataclass(frozen=True, slots=True)
class ProjectContext:
    """What a project check may ask beside the project: the roles of files it is about, places in them, its options."""

    roles: Container[Role]
    source_of: Callable[[str], SourceFile]
    options_of: Callable[[str, type[Any]], Any]

    def span(self, module: Module, offset: int, node: ir.Node) -> Span:
        """Return where a node stands; `offset` is the start of its unit in the file."""
        return self.source_of(module.path).span(offset + node.start, offset + node.end)

    def related(self, module: Module, offset: int, node: ir.Node, message: str) -> Related:
        """Return a related place with its message."""
        return Related(self.span(module, offset, node), message)

    def defined(self, definition: ClassDefinition | None) -> tuple[Related, ...]:
        """Return the place where a class is defined, as related places; none for None."""
        if definition is None:
            return ()
        row = definition.row
        source = self.source_of(definition.module.path)
        start = max(source.text.find("class ", row.start, row.end), row.start)
        span = source.span(start, start + len("class ") + len(row.name.rpartition(".")[2]))
        return (Related(span, f"`{row.name}` is defined here"),)

    def options(self, code: str, shape: type[Options]) -> Options:
        """Return the options of a rule as a value of the given type."""
        chosen: Options = self.options_of(code, shape)
        return chosen
