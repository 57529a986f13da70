"""Values, places and effects in plain English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from archlint.knowledge.tables import Place
from archlint.project.effects.effect import Effect, EffectKind
from archlint.project.inference.shipped import FILE
from archlint.project.project import Project
from archlint.project.values import (
    MAYBE,
    OPEN,
    Bound,
    Choice,
    External,
    Instance,
    Items,
    Literal,
    Method,
    Nothing,
    Parts,
    ProjectClass,
    ProjectFunction,
    ProjectModule,
    Query,
    Stage,
    Super,
    Symbol,
    Unknown,
    Value,
)

NOT_KNOWN = "not known"
_DEEPEST = 4

PLACES: Mapping[Place, str] = MappingProxyType(
    {
        Place.LOOP: "on the event loop that serves all requests",
        Place.OWN_LOOP: "on an event loop of its own",
        Place.THREAD: "in a thread of a pool that requests share",
        Place.WORKER: "in the worker that serves this one request",
        Place.PROCESS: "in a process of a pool",
        Place.TASK: "in a worker of a task queue",
        Place.COMMAND: "in a command",
        Place.STARTUP: "at start-up",
        Place.IMPORT: "while a module is imported",
        Place.TEST: "in a test",
        Place.MIGRATION: "in a migration",
        Place.UNSUPPORTED: "where its framework does not support it",
    }
)
"""Where something runs."""

_EFFECTS = {
    EffectKind.QUERY: "queries {}",
    EffectKind.WRITE: "writes {}",
    EffectKind.LAZY_LOAD: "loads {} lazily",
    EffectKind.EXTERNAL: "calls {}",
    EffectKind.BLOCK: "blocks in {}",
    EffectKind.TRANSACTION: "opens a transaction",
    EffectKind.ENQUEUE: "enqueues {}",
    EffectKind.LOG: "logs {}",
    EffectKind.RAISE: "raises {}",
}
_NAMELESS = {
    EffectKind.QUERY: "the database",
    EffectKind.WRITE: "the database",
    EffectKind.LAZY_LOAD: "a relation",
    EffectKind.EXTERNAL: "an external system",
    EffectKind.ENQUEUE: "a task",
    EffectKind.RAISE: "an error",
}


def effect_phrase(effect: Effect) -> str:
    """Return what an effect does, as a predicate: "queries `shop.models.Order`"."""
    target = f"`{effect.target}`" if effect.target else _NAMELESS.get(effect.kind, "something")
    detail = f" ({effect.detail})" if effect.detail else ""
    return _EFFECTS[effect.kind].format(target) + detail


def value_phrase(project: Project, value: Value, depth: int = 0) -> str:  # noqa: PLR0911 - one answer a kind of value
    """Return what a value is, as one phrase: "an instance of `shop.models.Order`"."""
    match value:
        case Unknown():
            return NOT_KNOWN
        case External(name):
            return f"`{name}`"
        case ProjectModule(module):
            return f"the module `{module.name}`"
        case ProjectClass(definition):
            return f"the class `{definition.name}`"
        case ProjectFunction(definition):
            return f"the function `{definition.name}`"
        case Instance():
            return _instance(project, value)
        case Query():
            return _query(value)
        case Literal(constant):
            return "a string" if isinstance(constant, str) else f"`{constant!r}`"
        case Items() | Parts() | Method() | Choice():
            return "a nested value" if depth > _DEEPEST else _compound(project, value, depth + 1)
        case _:
            return _through(value)


def _through(value: Symbol | Bound | Super | Nothing) -> str:
    """Return what something is that only stands for another value."""
    if isinstance(value, Symbol):
        given = f"the parameter `{value.parameter}`"
        return f"what comes through {given}" if value.operations else given
    if isinstance(value, Bound):
        return f"the method `{value.definition.name}`"
    return f"what `{value.owner.name}` inherits" if isinstance(value, Super) else NOT_KNOWN


def _compound(project: Project, value: Items | Parts | Method | Choice, depth: int) -> str:
    if value == FILE:
        return "a file that comes with the code"
    if isinstance(value, Method):
        return f"the method `{value.name}` of {value_phrase(project, value.receiver, depth)}"
    if isinstance(value, Parts):
        return f"a tuple: {', '.join(value_phrase(project, one, depth) for one in value.values)}"
    if isinstance(value, Choice):
        return f"one of {', '.join(value_phrase(project, one, depth) for one in value.values)}"
    kind = "a collection whose size does not depend on data" if value.is_constant else "a collection"
    if isinstance(value.element, Unknown | Literal):  # of several constants only one is remembered
        return kind
    return f"{kind}, each {value_phrase(project, value.element, depth)}"


def _instance(project: Project, value: Instance) -> str:
    row = project.database_type(value)
    said = f"an instance of `{value.name}`"
    if row is None and _paths(value.loaded or frozenset()):
        return f"{said}, with {_paths(value.loaded or frozenset())} loaded"
    if row is None:
        return said
    return f"{said}, {'an asynchronous' if row.is_async else 'a'} database {row.kind}"


def _query(query: Query) -> str:
    model = f"`{query.model}`" if query.model else "an unknown model"
    marks = [
        text
        for holds, text in (
            (query.related, "of a relation"),
            (query.filtered, "with a condition"),
            (query.limit is not None, f"at most {query.limit} rows"),
            (query.bounded and query.limit is None, "with a limit"),
            (bool(_paths(query.eager)), f"with {_paths(query.eager)} loaded"),
        )
        if holds
    ]
    return ", ".join([_staged(query, model), *marks])


def _paths(paths: frozenset[str]) -> str:
    return ", ".join(f"`{path}`" for path in sorted(paths) if not path.endswith((MAYBE, OPEN)))


def _staged(query: Query, model: str) -> str:
    if query.stage is Stage.MANAGER:
        return f"a manager of {model}"
    if query.stage is Stage.STATEMENT:
        return f"a statement that {'changes' if query.writes else 'selects'} {model}"
    if query.stage is Stage.RESULT:
        return f"the result of a query of {model}"
    return f"a {'queryset' if query.orm == 'django' else 'query'} of {model}"
