"""What rules ask of the knowledge."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

from archlint.knowledge import loading, lookup
from archlint.knowledge.pinning import pinned
from archlint.knowledge.tables import Place, Tables, Type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archlint.knowledge.django_rows import DjangoGuard, RestRouter, RowHolder, ViewClass
    from archlint.knowledge.external_rows import (
        Message,
        RaisingClient,
        Retry,
        RetryingClient,
        RetryPart,
        Store,
        UnsafeCall,
    )
    from archlint.knowledge.failure_rows import FailureFamily
    from archlint.knowledge.lookup import Names
    from archlint.knowledge.orm_rows import DatabaseType, OrmVerbs, RelationField, SqlCall
    from archlint.knowledge.rows import (
        BlockingCall,
        ClientClass,
        DeadlineCall,
        DeadlineGuard,
        Decorator,
        Deferrable,
        HandlerClass,
        LogCall,
        LoggerType,
        Offloader,
        Registration,
        RouteCollector,
        RouteDecorator,
        RouteGuard,
        Sleep,
        TaskDecorator,
    )
    from archlint.knowledge.schema_rows import RowHook, RowSchema
    from archlint.knowledge.template_rows import TemplateCall, TemplateView
    from archlint.knowledge.versions import Pin


_RESOLVER = "resolver"


# Not slotted: each index is built when it is first asked for, and most runs ask few questions.
@dataclass(frozen=True)
class Knowledge:
    """The tables, by the questions that rules ask.

    Names are qualified: `requests.get`, `requests.Session.get` for a method of an instance,
    `boto3.client().get_object` where the type of the instance is a callable's result.
    An answer of None means that nothing is known. Versions are judged apart, with `admits` and `possible_defaults`.
    """

    tables: Tables
    own: Tables | None = None
    """The rows among them that a project itself declares."""

    @cached_property
    def digest(self) -> bytes:
        """Return 16 bytes that change with the rows."""
        return hashlib.blake2b(loading.encoded(self.tables), digest_size=16).digest()

    def extended(self, data: Mapping[str, object], origin: str) -> Knowledge:
        """Return the knowledge with a project's own rows, which win; raises `ValueError` where they are malformed."""
        return self.with_own(loading.tables_from(data, origin))

    def with_own(self, tables: Tables) -> Knowledge:
        """Return the knowledge with a project's own rows, which win."""
        own = tables if self.own is None else loading.joined((self.own, tables))
        return Knowledge(loading.joined((self.tables, tables)), own)

    def pinned(self, pins: Mapping[str, Pin]) -> Knowledge:
        """Return the knowledge without the rows that are about other versions than those that a project has."""
        tables = pinned(self.tables, pins)
        return self if tables is self.tables else Knowledge(tables, self.own)

    @cached_property
    def library_roots(self) -> frozenset[str]:
        """Return the first names of the libraries that archlint itself knows calls and clients of."""
        own = self.own or Tables()
        rows = [*self.tables.blocking, *self.tables.deadline_calls, *self.tables.routes]
        declared = (*own.blocking, *own.deadline_calls, *own.routes)
        names = [row.of for row in rows if row not in declared]
        names += [row.name for row in self.tables.clients if row not in own.clients]
        return frozenset(name.partition(".")[0] for name in names)

    @cached_property
    def loop_roots(self) -> frozenset[str]:
        """Return the first names of what calls plain functions on an event loop, or may: of resolvers nobody knows."""
        tables = self.tables
        handlers: tuple[RouteDecorator | HandlerClass, ...] = (*tables.routes, *tables.handler_classes)
        others: tuple[RouteCollector | Registration | TaskDecorator, ...]
        others = (*tables.route_collectors, *tables.registrations, *tables.tasks)
        found = [row for row in handlers if row.kind == _RESOLVER or row.sync_runs is Place.LOOP]
        rows = (*found, *(row for row in others if row.sync_runs is Place.LOOP))
        names = [name for row in rows for name in (row.name if isinstance(row, Type) else row.of, *row.aliases)]
        return frozenset(name.partition(".")[0] for name in names)

    @cached_property
    def own_names(self) -> frozenset[str]:
        """Return the qualified names that the project's own rows are about."""
        return lookup.declared(self.own) if self.own is not None else frozenset()

    def canonical(self, qualified: str) -> str:
        """Return the name with its classes as the tables call them, and calls replaced by what they return."""
        return self._names.canonical(qualified)

    def returns(self, qualified: str) -> str | None:
        """Return the canonical class of what a callable returns (a known class returns itself), or None."""
        return self._names.returns.get(self.canonical(qualified))

    def blocking(self, qualified: str) -> BlockingCall | None:
        """Return the row of a callable that holds its thread."""
        name = self.canonical(qualified)
        return self._blocking.get(name) or lookup.whole_class(self._blocking_classes, name)

    def blocking_names(self) -> frozenset[str]:
        """Return the exact names of blocking callables, aliases included, without the classes that block as a whole."""
        return self._blocking_names

    def offloader(self, qualified: str) -> Offloader | None:
        """Return the row of a callable that runs another one elsewhere; distinctive methods need no known receiver."""
        found = self._offloaders.get(self.canonical(qualified))
        if found is None and "." in qualified:
            return self._distinctive.get(qualified.rpartition(".")[2])
        return found

    def deadline_call(self, qualified: str) -> DeadlineCall | None:
        """Return where a call that waits for something outside takes its deadline."""
        return self._deadline_calls.get(self.canonical(qualified))

    def deadline_names(self) -> frozenset[str]:
        """Return the exact names of callables with a deadline and of clients, aliases and factories included."""
        return self._deadline_names

    def client_class(self, qualified: str) -> ClientClass | None:
        """Return the row of a client's class, by its name or by a callable that returns an instance."""
        return self._clients.get(self.returns(qualified) or "")

    def deadline_guard(self, qualified: str) -> DeadlineGuard | None:
        """Return the row of what bounds the calls that it surrounds."""
        return self._guards.get(self.canonical(qualified))

    def failures(self, qualified: str) -> FailureFamily | None:
        """Return how a call of a service fails, by its qualified name."""
        name = self.canonical(qualified)
        owners = ((row, (row.name, *row.aliases)) for row in self.tables.failures)
        return next((row for row, names in owners if name.startswith(tuple(f"{one}." for one in names))), None)

    def orm(self, name: str) -> OrmVerbs:
        """Return the vocabulary of an ORM or database interface; raises `KeyError` for a name that no row has."""
        return self._orms[name]

    def orm_of_model(self, qualified: str) -> OrmVerbs | None:
        """Return the ORM whose models derive from a class."""
        return self._model_bases.get(self.canonical(qualified))

    def database_type(self, qualified: str) -> DatabaseType | None:
        """Return the row of an engine, session, connection, cursor or query, by class or by what returns one."""
        return self._database_types.get(self.returns(qualified) or "")

    def sql_call(self, qualified: str) -> SqlCall | None:
        """Return the row of a callable that is given SQL as text."""
        return self._sql_calls.get(self.canonical(qualified))

    def sql_method(self, orm: str, name: str) -> SqlCall | None:
        """Return the row of a method that the models and queries of an ORM have, and that is given SQL as text."""
        return self._sql_methods.get((orm, name))

    def relation_field(self, qualified: str) -> RelationField | None:
        """Return the row of a field that relates two models."""
        return self._relations.get(self.canonical(qualified))

    def route_decorator(self, qualified: str) -> RouteDecorator | None:
        """Return the row of a decorator that makes a handler, a middleware or a hook."""
        return self._routes.get(self.canonical(qualified))

    def handler_class(self, qualified: str) -> HandlerClass | None:
        """Return the row of a class whose subclasses serve requests."""
        return self._handler_classes.get(self.canonical(qualified))

    def route_collector(self, qualified: str) -> RouteCollector | None:
        """Return the row of a class whose instances collect routes."""
        return self._route_collectors.get(self.returns(qualified) or "")

    def route_guard(self, qualified: str) -> RouteGuard | None:
        """Return the row of what refuses requests, or lifts that."""
        return self._route_guards.get(self.canonical(qualified))

    def registration(self, qualified: str) -> Registration | None:
        """Return the row of a callable that is given a handler, a dependency or a job."""
        return self._registrations.get(self.canonical(qualified))

    def task_decorator(self, qualified: str) -> TaskDecorator | None:
        """Return the row of a decorator that makes a task or a command."""
        return self._tasks.get(self.canonical(qualified))

    def decorator(self, qualified: str) -> Decorator | None:
        """Return the row of a decorator that leaves alone what a function returns."""
        return self._decorators.get(self.canonical(qualified))

    def logger_type(self, qualified: str) -> LoggerType | None:
        """Return the row of a logger's class, by its name or by a callable that returns one."""
        return self._loggers.get(self.returns(qualified) or "")

    def log_call(self, qualified: str) -> LogCall | None:
        """Return the row of a callable that writes a message out."""
        return self._log_calls.get(self.canonical(qualified))

    def sleep(self, qualified: str) -> Sleep | None:
        """Return the row of a callable that waits for a number of seconds."""
        return self._sleeps.get(self.canonical(qualified))

    def deferrable(self, qualified: str) -> Deferrable | None:
        """Return the row of a callable that does work for which no client has to wait."""
        return self._deferrable.get(self.canonical(qualified))

    def view_class(self, qualified: str) -> ViewClass | None:
        """Return the row of a class of Django or its libraries that answers requests."""
        return self._view_classes.get(qualified)

    def row_holder(self, qualified: str) -> RowHolder | None:
        """Return the row of the package whose class it is, where instances of it give rows."""
        return next((row for row in self.tables.row_holders if qualified.startswith(f"{row.name}.")), None)

    def template_call(self, qualified: str) -> TemplateCall | None:
        """Return the row of a callable that draws a template."""
        return self._template_calls.get(qualified)

    def template_view(self, qualified: str) -> TemplateView | None:
        """Return the row of a class whose subclasses draw a template."""
        return self._template_views.get(qualified)

    def row_schema(self, qualified: str) -> RowSchema | None:
        """Return the row of a class whose subclasses copy attributes of the rows that they are given."""
        return self._row_schemas.get(qualified)

    def row_hook(self, qualified: str) -> RowHook | None:
        """Return the row of a class of which the framework calls methods once per row."""
        return self._row_hooks.get(qualified)

    def rest_router(self, qualified: str) -> RestRouter | None:
        """Return the row of a class of routers of Django REST framework."""
        return self._rest_routers.get(qualified)

    def django_guard(self, qualified: str) -> DjangoGuard | None:
        """Return the row of what refuses requests in Django and its libraries."""
        return self._django_guards.get(qualified)

    def message(self, qualified: str) -> Message | None:
        """Return the row of a callable that hands a message to a queue."""
        return self._messages.get(self.canonical(qualified))

    def retry(self, qualified: str) -> Retry | None:
        """Return the row of a callable that makes a retry."""
        return self._retries.get(self.canonical(qualified))

    def retry_part(self, qualified: str) -> RetryPart | None:
        """Return the row of a callable that makes a part of a retry."""
        return self._retry_parts.get(self.canonical(qualified))

    def retrying_client(self, qualified: str) -> RetryingClient | None:
        """Return the row of a class of clients that send requests again by themselves."""
        return self._retrying_clients.get(self.canonical(qualified))

    def unsafe_call(self, qualified: str) -> UnsafeCall | None:
        """Return the row of a callable that does something once more each time it is called."""
        return self._unsafe_calls.get(self.canonical(qualified))

    def raises(self, qualified: str) -> bool:
        """Return whether a callable belongs to clients that raise an error for each answer that is none of success."""
        return self._is_of(qualified, self.tables.raising_clients)

    def is_store(self, qualified: str) -> bool:
        """Return whether a callable is one of a database or cache that a service has for itself."""
        return self._is_of(qualified, self.tables.stores)

    def _is_of(self, qualified: str, rows: tuple[Store | RaisingClient, ...]) -> bool:
        name = f"{self.canonical(qualified)}."
        return any(name.startswith(f"{row.name}.") for row in rows)

    @cached_property
    def member_names(self) -> frozenset[str]:
        """Return the last names of all methods and functions that a row mentions."""
        return lookup.member_names(self.tables)

    @cached_property
    def _names(self) -> Names:
        return lookup.names_of(self.tables)

    @cached_property
    def _blocking(self) -> dict[str, BlockingCall]:
        return lookup.by_member(self.tables.blocking)

    @cached_property
    def _blocking_names(self) -> frozenset[str]:
        return frozenset(self._blocking).union(f"builtins.{name}" for name in self._blocking if "." not in name)

    @cached_property
    def _blocking_classes(self) -> dict[str, BlockingCall]:
        return {owner: row for row in self.tables.blocking if row.every for owner in (row.of, *row.aliases)}

    @cached_property
    def _offloaders(self) -> dict[str, Offloader]:
        return lookup.by_member(self.tables.offloaders)

    @cached_property
    def _distinctive(self) -> dict[str, Offloader]:
        return {name: row for row in self.tables.offloaders if row.distinctive for name in row.names}

    @cached_property
    def _deadline_calls(self) -> dict[str, DeadlineCall]:
        return lookup.by_member(self.tables.deadline_calls)

    @cached_property
    def _deadline_names(self) -> frozenset[str]:
        clients = {name for row in self.tables.clients for name in (row.name, *row.aliases, *row.factories)}
        return frozenset(clients.union(self._deadline_calls))

    @cached_property
    def _clients(self) -> dict[str, ClientClass]:
        return lookup.by_name(self.tables.clients)

    @cached_property
    def _guards(self) -> dict[str, DeadlineGuard]:
        return lookup.by_member(self.tables.deadline_guards)

    @cached_property
    def _orms(self) -> dict[str, OrmVerbs]:
        return {row.name: row for row in self.tables.orms}

    @cached_property
    def _model_bases(self) -> dict[str, OrmVerbs]:
        return {base: row for row in self.tables.orms for base in row.model_bases}

    @cached_property
    def _database_types(self) -> dict[str, DatabaseType]:
        return lookup.by_name(one for row in self.tables.orms for one in row.types)

    @cached_property
    def _sql_calls(self) -> dict[str, SqlCall]:
        return lookup.by_member(self.tables.sql_calls)

    @cached_property
    def _sql_methods(self) -> dict[tuple[str, str], SqlCall]:
        return {(row.orm, name): row for row in self.tables.sql_calls if row.orm for name in row.names}

    @cached_property
    def _relations(self) -> dict[str, RelationField]:
        return {one.name: one for row in self.tables.orms for one in row.relations}

    @cached_property
    def _routes(self) -> dict[str, RouteDecorator]:
        return lookup.by_member(self.tables.routes)

    @cached_property
    def _handler_classes(self) -> dict[str, HandlerClass]:
        return lookup.by_name(self.tables.handler_classes)

    @cached_property
    def _route_collectors(self) -> dict[str, RouteCollector]:
        return lookup.by_name(self.tables.route_collectors)

    @cached_property
    def _route_guards(self) -> dict[str, RouteGuard]:
        return lookup.by_member(self.tables.route_guards)

    @cached_property
    def _registrations(self) -> dict[str, Registration]:
        return lookup.by_member(self.tables.registrations)

    @cached_property
    def _tasks(self) -> dict[str, TaskDecorator]:
        return lookup.by_member(self.tables.tasks)

    @cached_property
    def _decorators(self) -> dict[str, Decorator]:
        return lookup.by_member(self.tables.decorators)

    @cached_property
    def _loggers(self) -> dict[str, LoggerType]:
        return lookup.by_name(self.tables.loggers)

    @cached_property
    def _log_calls(self) -> dict[str, LogCall]:
        return lookup.by_member(self.tables.log_calls)

    @cached_property
    def _sleeps(self) -> dict[str, Sleep]:
        return lookup.by_member(self.tables.sleeps)

    @cached_property
    def _deferrable(self) -> dict[str, Deferrable]:
        return lookup.by_member(self.tables.deferrable)

    @cached_property
    def _messages(self) -> dict[str, Message]:
        return lookup.by_member(self.tables.messages)

    @cached_property
    def _retries(self) -> dict[str, Retry]:
        return lookup.by_member(self.tables.retries)

    @cached_property
    def _unsafe_calls(self) -> dict[str, UnsafeCall]:
        return lookup.by_member(self.tables.unsafe_calls)

    @cached_property
    def _retry_parts(self) -> dict[str, RetryPart]:
        return lookup.by_member(self.tables.retry_parts)

    @cached_property
    def _retrying_clients(self) -> dict[str, RetryingClient]:
        return {row.name: row for row in self.tables.retrying_clients}

    @cached_property
    def _template_calls(self) -> dict[str, TemplateCall]:
        return lookup.by_member(self.tables.template_calls)

    @cached_property
    def _template_views(self) -> dict[str, TemplateView]:
        return lookup.by_any_name(self.tables.template_views)

    @cached_property
    def _row_schemas(self) -> dict[str, RowSchema]:
        return lookup.by_any_name(self.tables.row_schemas)

    @cached_property
    def _row_hooks(self) -> dict[str, RowHook]:
        return lookup.by_any_name(self.tables.row_hooks)

    @cached_property
    def _view_classes(self) -> dict[str, ViewClass]:
        return lookup.by_any_name(self.tables.view_classes)

    @cached_property
    def _rest_routers(self) -> dict[str, RestRouter]:
        return lookup.by_any_name(self.tables.rest_routers)

    @cached_property
    def _django_guards(self) -> dict[str, DjangoGuard]:
        return lookup.by_member(self.tables.django_guards)


@cache
def knowledge() -> Knowledge:
    """Return what archlint itself knows."""
    return Knowledge(loading.load())


@cache
def knowledge_with(*own: Tables | None) -> Knowledge:
    """Return what archlint itself knows and the rows that a project declares; the later ones win."""
    known = knowledge()
    for tables in own:
        known = known if tables is None else known.with_own(tables)
    return known
