"""All rows of `rules/knowledge/*.yaml`, by subject."""

from __future__ import annotations

import msgspec

from archlint.knowledge.django_rows import DjangoGuard, RestRouter, RowHolder, ViewClass
from archlint.knowledge.external_rows import Message, RaisingClient, Retry, RetryingClient, RetryPart, Store, UnsafeCall
from archlint.knowledge.failure_rows import FailureFamily, Outage
from archlint.knowledge.orm_rows import BulkWay, DatabaseType, OrmVerbs, RelationField, SqlCall
from archlint.knowledge.rows import (
    HTTP_VERBS,
    STANDARD_LIBRARY,
    BlockingCall,
    Blocks,
    ClientClass,
    DeadlineCall,
    DeadlineGuard,
    Decorator,
    Default,
    Deferrable,
    Deferred,
    Factory,
    Form,
    HandlerClass,
    LogCall,
    LoggerType,
    Members,
    Offloader,
    Place,
    Registration,
    RouteCollector,
    RouteDecorator,
    RouteGuard,
    Row,
    Sleep,
    TaskDecorator,
    Type,
)
from archlint.knowledge.schema_rows import RowHook, RowSchema
from archlint.knowledge.template_rows import TemplateCall, TemplateView

__all__ = [
    "HTTP_VERBS",
    "STANDARD_LIBRARY",
    "BlockingCall",
    "Blocks",
    "BulkWay",
    "ClientClass",
    "DatabaseType",
    "DeadlineCall",
    "DeadlineGuard",
    "Decorator",
    "Default",
    "Deferrable",
    "Deferred",
    "DjangoGuard",
    "Factory",
    "FailureFamily",
    "Form",
    "HandlerClass",
    "LogCall",
    "LoggerType",
    "Members",
    "Message",
    "Offloader",
    "OrmVerbs",
    "Outage",
    "Place",
    "RaisingClient",
    "Registration",
    "RelationField",
    "RestRouter",
    "Retry",
    "RetryPart",
    "RetryingClient",
    "RouteCollector",
    "RouteDecorator",
    "RouteGuard",
    "Row",
    "RowHolder",
    "RowHook",
    "RowSchema",
    "Sleep",
    "SqlCall",
    "Store",
    "Tables",
    "TaskDecorator",
    "TemplateCall",
    "TemplateView",
    "Type",
    "UnsafeCall",
    "ViewClass",
]


class Tables(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """All rows, by subject. A project's own knowledge has the same shape."""

    blocking: tuple[BlockingCall, ...] = ()
    offloaders: tuple[Offloader, ...] = ()
    deadline_calls: tuple[DeadlineCall, ...] = ()
    clients: tuple[ClientClass, ...] = ()
    deadline_guards: tuple[DeadlineGuard, ...] = ()
    orms: tuple[OrmVerbs, ...] = ()
    sql_calls: tuple[SqlCall, ...] = ()
    routes: tuple[RouteDecorator, ...] = ()
    handler_classes: tuple[HandlerClass, ...] = ()
    route_collectors: tuple[RouteCollector, ...] = ()
    route_guards: tuple[RouteGuard, ...] = ()
    registrations: tuple[Registration, ...] = ()
    tasks: tuple[TaskDecorator, ...] = ()
    loggers: tuple[LoggerType, ...] = ()
    log_calls: tuple[LogCall, ...] = ()
    logger_names: frozenset[str] = frozenset()
    sleeps: tuple[Sleep, ...] = ()
    factories: tuple[Factory, ...] = ()
    failures: tuple[FailureFamily, ...] = ()
    decorators: tuple[Decorator, ...] = ()
    view_classes: tuple[ViewClass, ...] = ()
    rest_routers: tuple[RestRouter, ...] = ()
    row_holders: tuple[RowHolder, ...] = ()
    django_guards: tuple[DjangoGuard, ...] = ()
    template_calls: tuple[TemplateCall, ...] = ()
    template_views: tuple[TemplateView, ...] = ()
    row_schemas: tuple[RowSchema, ...] = ()
    row_hooks: tuple[RowHook, ...] = ()
    deferrable: tuple[Deferrable, ...] = ()
    messages: tuple[Message, ...] = ()
    stores: tuple[Store, ...] = ()
    retries: tuple[Retry, ...] = ()
    retry_parts: tuple[RetryPart, ...] = ()
    retrying_clients: tuple[RetryingClient, ...] = ()
    raising_clients: tuple[RaisingClient, ...] = ()
    unsafe_calls: tuple[UnsafeCall, ...] = ()
