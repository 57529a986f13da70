"""What schemas are given: by handlers whose response has a schema, and by explicit calls."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field

import msgspec

from archlint.ir import nodes as ir
from archlint.project.effects.effect import Step
from archlint.project.effects.passing import repeats
from archlint.project.inference.listening import Listener, State
from archlint.project.project import Project
from archlint.project.responses.schemas import Schemas
from archlint.project.rowwise.results import results_of
from archlint.project.symbols import FunctionDefinition
from archlint.project.templates.contexts import Contexts, Entry
from archlint.project.tree import called_name
from archlint.project.values import Instance, Items, Method, ProjectClass, Query, Stage, Value
from archlint.source import Role

_ASYNC = ("ext.asyncio", "AsyncSession")


class Answer(msgspec.Struct, frozen=True):
    """Rows that a schema is given, by an expression of a function; `repeats` says that there may be many.

    `route` is the label of the route whose response they are, "" where the code asks for the copy itself.
    """

    schema: Instance
    row: Instance
    repeats: bool
    entry: Entry
    function: FunctionDefinition
    step: Step
    route: str = ""


class Answers:
    """Finds what schemas are given."""

    def __init__(self, project: Project, schemas: Schemas, contexts: Contexts) -> None:
        self._project = project
        self._schemas = schemas
        self._contexts = contexts
        imports = {row.target for one in project.modules if one.role is Role.PRODUCTION for row in one.facts.imports}
        self._has_async = any(mark in target for target in imports for mark in _ASYNC)

    def found(self, roles: Container[Role]) -> Iterator[Answer]:
        """Yield what handlers and calls in files of some roles give: first many rows, then single ones."""
        found = [*self._of_routes(roles), *self._explicit(roles)]
        yield from sorted(found, key=lambda one: not one.repeats)

    def _of_routes(self, roles: Container[Role]) -> Iterator[Answer]:
        for route in self._project.routes.routes:
            function, model = route.handler.function, route.response_model
            if function is None or model is None or function.module.role not in roles or self._is_async(function):
                continue
            schema = Instance(model.name, model, arguments=route.response_arguments)
            if self._schemas.fields(schema):
                for node, value in results_of(self._project, function):
                    entry = Entry.inside(function, None, node, value)
                    yield from self._given(schema, entry, function, route.label)

    def _given(self, schema: Instance, entry: Entry, function: FunctionDefinition, route: str) -> Iterator[Answer]:
        """Yield the rows that a value has for a schema: it is the rows, or a mapping or object that holds them."""
        found = self._rows(entry.value)
        if found is not None:
            yield Answer(schema, found[0], found[1], entry, function, entry.step, route)
            return
        if self._is_row(entry.value):
            return
        fields = {one.name: one for one in self._schemas.fields(schema) if one.nested is not None}
        for name, held in self._contexts.of(function, None, entry.node).items() if fields else ():
            row, one = self._rows(held.value), fields.get(name)
            if row is not None and one is not None and one.nested is not None:
                yield Answer(one.nested, row[0], row[1], held, function, held.step, route)

    def _rows(self, value: Value) -> tuple[Instance, bool] | None:
        """Return the row that a value is or has many of, and whether it has many; None where that is not known."""
        if isinstance(value, Query):
            row, is_many = value.row(), value.limit != 1 and value.stage is not Stage.STATEMENT
        elif isinstance(value, Items):
            row, is_many = value.element, not value.is_constant
        else:
            row, is_many = value, False
        if not isinstance(row, Instance) or row.definition is None or row.loaded is None:
            return None
        return (row, is_many) if self._project.orm_of(row.definition) is not None else None

    def _is_row(self, value: Value) -> bool:
        """Return whether a value is a row, of which nobody knows how it came: its words are no fields of a schema."""
        definition = value.definition if isinstance(value, Instance) else None
        return definition is not None and self._project.orm_of(definition) is not None

    def _explicit(self, roles: Container[Role]) -> Iterator[Answer]:
        names = frozenset(name for row in self._project.knowledge.tables.row_schemas for name in row.reads)
        for place in self._project.units(roles):
            if names.isdisjoint(call.rpartition(".")[2] for call in place.unit.calls):
                continue
            for function in self._project.functions_at(place):
                if not self._is_async(function):
                    yield from self._validated(function, names)

    def _validated(self, function: FunctionDefinition, names: frozenset[str]) -> Iterator[Answer]:
        listener = _Validated(self._project, names)
        self._project.inference.walked(function, None, listener)
        for node, schema, value, is_repeated in listener.found:
            found = self._rows(value)
            if found is not None and schema.definition is not None and self._schemas.reads(schema.definition):
                entry = Entry.inside(function, None, node.args[0], value)
                step = Step(function.module, function.unit.start, node.start, node.end)
                yield Answer(schema, found[0], is_repeated or found[1], entry, function, step)

    def _is_async(self, function: FunctionDefinition) -> bool:
        """Return whether a function may use a session that loads nothing lazily, but raises an error instead."""
        return self._has_async and function.row.is_async


@dataclass
class _Validated(Listener):
    """Takes note of the calls that give a schema its row."""

    project: Project
    names: frozenset[str]
    found: list[tuple[ir.Call, Instance, Value, bool]] = field(default_factory=list)

    def called(self, node: ir.Call, state: State) -> None:
        if called_name(node) not in self.names or not node.args:
            return
        callee = self.project.inference.value(node.func, state.scope)
        if isinstance(callee, Method) and isinstance(callee.receiver, ProjectClass):
            definition = callee.receiver.definition
            schema = Instance(definition.name, definition, arguments=callee.receiver.arguments)
            value = self.project.inference.value(node.args[0], state.scope)
            self.found.append((node, schema, value, repeats(state)))
