"""What a call does to the world by itself, without a function of the project in between."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from archlint.diagnostic import Confidence
from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.knowledge.tables import Form, Place, TaskDecorator
from archlint.project.database import DatabaseCall, called_database, database_call, runs_over, wanted_names
from archlint.project.deadlines.unlimited import unlimited, waits_for_events
from archlint.project.effects.effect import Effect, EffectKind
from archlint.project.flow import CallSite
from archlint.project.holding import holding_call, holding_callee, name_of_callee
from archlint.project.inference import wrappers
from archlint.project.symbols import FunctionDefinition
from archlint.project.values import (
    Method,
    ProjectFunction,
    Query,
    Stage,
    Value,
    has_fixed_size,
)

if TYPE_CHECKING:
    from archlint.project.project import Project


MESSAGE = "message"
"""The detail of an enqueue that hands over a message, and no task of the project: its target is the library's."""


class PassedOn(msgspec.Struct, frozen=True):
    """A callable that a call passes on: where a function or a coroutine then runs, and whether the caller waits."""

    node: ir.Expr
    sync_runs: Place
    async_runs: Place
    waits: bool = False
    is_own: bool = False
    """Whether each call takes a thread or a process of its own."""

    def place_of(self, function: FunctionDefinition) -> Place:
        """Return where a function runs that is passed on."""
        return self.async_runs if function.row.is_async else self.sync_runs


class Direct:
    """Tells the direct effects of calls and of iterating."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._database_names = wanted_names(project)

    def of_call(self, site: CallSite) -> Iterator[Effect]:
        """Yield what a call does by itself."""
        name = wrappers.qualified(site.callee)
        if site.method in self._database_names:
            yield from self._database(site)
        if runs_over(site.callee):
            for argument in site.arguments:
                yield from self.of_iterating(argument)
        yield from self._blocking(site)
        if name:
            yield from self._external(site, name)
            if self._project.knowledge.message(name) is not None:
                yield Effect(EffectKind.ENQUEUE, name, MESSAGE)
            yield from self._logged(site, name)

    def sureness_of_call(self, site: CallSite) -> Confidence:
        """Return how sure it is that a call does what `of_call` says."""
        if runs_over(site.callee):
            return min(
                (self.sureness(one) for one in site.arguments), key=lambda one: one.rank, default=Confidence.HIGH
            )
        return Confidence.HIGH

    def of_callee(self, callee: Value) -> Iterator[Effect]:
        """Yield what calling a value does, as far as the callee alone tells."""
        found = called_database(self._project, callee)
        if found is not None:
            kind = EffectKind.WRITE if found.writes else EffectKind.QUERY
            yield Effect(kind, self._asked(found))
        row = holding_callee(self._project, callee)
        if row is not None:
            yield Effect(EffectKind.BLOCK, name_of_callee(self._project, callee), row.kind.value)

    def of_iterating(self, value: Value) -> Iterator[Effect]:
        """Yield what iterating over a value does: of a query, it asks the database."""
        if isinstance(value, Query) and not value.is_here and value.stage in (Stage.LAZY, Stage.MANAGER):
            if value.related and value.is_here is False and value.relation:
                yield Effect(EffectKind.LAZY_LOAD, value.model, value.relation)
            else:
                yield Effect(EffectKind.QUERY, value.model)

    def sureness(self, value: Value) -> Confidence:
        """Return how sure it is that iterating over a value asks the database: its rows may have been prefetched."""
        is_open = isinstance(value, Query) and value.related and value.is_here is None
        return Confidence.LOW if is_open else Confidence.HIGH

    def enqueued(self, callee: Value) -> FunctionDefinition | None:
        """Return the task that a call such as `send_mail.delay(…)` hands to a queue."""
        if not isinstance(callee, Method) or not isinstance(callee.receiver, ProjectFunction):
            return None
        row = self.task_of(callee.receiver.definition)
        return callee.receiver.definition if row is not None and callee.name in row.enqueue else None

    def task_of(self, function: FunctionDefinition) -> TaskDecorator | None:
        """Return the row of the decorator that makes a function a task."""
        inference = self._project.inference
        for decorator in function.row.decorators:
            name = wrappers.qualified(wrappers.decorator_of(inference, function, decorator))
            row = self._project.knowledge.task_decorator(name) if name else None
            if row is not None and row.kind == "task":
                return row
        return None

    def passed_on(self, site: CallSite) -> PassedOn | None:
        """Return the callable that a call passes on to run elsewhere."""
        name = wrappers.qualified(site.callee)
        registered = self._project.knowledge.registration(name) if name else None
        if registered is not None:
            node = _argument(site.call, registered.position, registered.keyword)
            runs = registered.sync_runs, registered.async_runs
            return PassedOn(node, *runs) if node is not None else None
        row = self._project.knowledge.offloader(name or f"?.{site.method}")
        node = _argument(site.call, row.position, row.keyword) if row is not None and not row.partial else None
        if row is None or node is None:
            return None
        waits = site.is_awaited or (row.form is Form.EITHER and site.is_result_awaited)
        return PassedOn(node, row.runs, row.runs, waits, is_own=row.own)

    def is_offloaded(self, function: FunctionDefinition) -> bool:
        """Return whether a decorator makes every call of a function run in a thread.

        So may one of the project that puts a coroutine in the place of what is none.
        """
        inference = self._project.inference
        for decorator in function.row.decorators:
            value = wrappers.decorator_of(inference, function, decorator)
            name = wrappers.qualified(value)
            row = self._project.knowledge.offloader(name) if name else None
            if row is not None and row.form is not Form.CALL and row.runs is Place.THREAD:
                return True
            wrapper = wrappers.wrapper_of(inference, value)
            if wrapper is not None and wrapper.row.is_async and not function.row.is_async:
                return True
        return False

    def _database(self, site: CallSite) -> Iterator[Effect]:
        found = database_call(self._project, site)
        if found is None:
            return
        kind = EffectKind.WRITE if found.writes else EffectKind.QUERY
        yield Effect(kind, self._asked(found))

    def _asked(self, call: DatabaseCall) -> str:
        """Return the model or table of a call; a class without a table of its own only stands for those below it."""
        if call.definition is None:
            return call.model
        definition = call.definition
        self._project.memo.read(("declares", definition.module, definition.row.name))
        model = self._project.memo.aside(lambda: self._project.schema.model(definition))
        return "" if model is not None and model.is_abstract else definition.name

    def _blocking(self, site: CallSite) -> Iterator[Effect]:
        row = holding_call(self._project, site)
        if row is not None:
            yield Effect(EffectKind.BLOCK, name_of_callee(self._project, site.callee), row.kind.value)

    def _external(self, site: CallSite, name: str) -> Iterator[Effect]:
        knowledge = self._project.knowledge
        receiver = wrappers.client_of(site.callee)
        client = knowledge.client_class(receiver.name) if receiver is not None else None
        member = name[len(receiver.name) + 1 :] if receiver is not None else ""
        is_client_call = client is not None and client.waits(member)
        if not (is_client_call or knowledge.deadline_call(name) is not None):
            return
        if waits_for_events(self._project, site.callee):
            return
        state = "no deadline" if unlimited(self._project, site) is not None else ""
        yield Effect(EffectKind.EXTERNAL, name, state)

    def _logged(self, site: CallSite, name: str) -> Iterator[Effect]:
        if self._project.knowledge.log_call(name) is None:
            return
        for node in (*site.call.args, *[word.value for word in site.call.keywords]):
            for part in node.parts if isinstance(node, ir.Format) else (node,):
                if isinstance(part, ir.Name | ir.Attribute):
                    yield Effect(EffectKind.LOG, dotted(part))


def _argument(call: ir.Call, position: int | None, keyword: str | None) -> ir.Expr | None:
    named = next((word.value for word in call.keywords if word.name == keyword), None) if keyword else None
    if named is not None:
        return named
    return call.args[position] if position is not None and position < len(call.args) else None


def is_repeated(value: Value) -> bool:
    """Return whether a loop over a value may have many turns: displays and ranges of constants do not grow."""
    return not has_fixed_size(value)
