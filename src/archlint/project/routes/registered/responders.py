"""Who answers: functions, methods, partials and classes that are handed to a router."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.ir import nodes as ir
from archlint.knowledge.rows import HandlerClass, RouteCollector
from archlint.knowledge.tables import HTTP_VERBS, Place
from archlint.project.routes.registered.located import Located
from archlint.project.routes.registered.routers import Routers
from archlint.project.routes.route import Handler
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.values import UNKNOWN, ProjectClass

SOCKETS = frozenset({"add_api_websocket_route", "add_websocket_route", "websocket", "websocket_route"})
"""Methods of routers that register web sockets."""
_MAX_DEPTH = 6


def of_function(function: FunctionDefinition, view: ClassDefinition | None = None) -> Handler:
    """Return a function as a handler; a method is that of its class."""
    owner = function.owner if function.outer is None else None
    return Handler(function.local_name, function, view or owner)


def function_of(routers: Routers, place: Located, depth: int = 0) -> FunctionDefinition | None:
    """Return the function that an expression stands for, through partials and wrappers, or None."""
    node, project = place.node, routers.project
    if depth > _MAX_DEPTH:
        return None
    if isinstance(node, ir.Name) and place.frame is not None and node.id in place.frame.arguments:
        return function_of(routers, place.frame.arguments[node.id], depth + 1)
    if isinstance(node, ir.Name) and place.scope.names.get(node.id) == UNKNOWN:
        return _nested(routers, place, node.id)
    value = project.inference.value(node, place.scope)
    found = None if isinstance(value, ProjectClass) else routers.frames.called(value)
    if found is None and isinstance(node, ir.Call):
        wrapped = (function_of(routers, place.at(one), depth + 1) for one in node.args)
        return next((one for one in wrapped if one is not None), None)
    return found


def _nested(routers: Routers, place: Located, name: str) -> FunctionDefinition | None:
    project, module = routers.project, place.scope.module
    unit = next((one for one in module.facts.units if one.start == place.scope.offset), None)
    found = module.functions.get(f"{unit.owner}.{unit.name}".lstrip(".")) if unit is not None else None
    return project.nested_functions(found).get(name) if found is not None else None


def class_of(routers: Routers, place: Located) -> ClassDefinition | None:
    """Return the class that an expression stands for, `as_view()` of it and wrappers of that included, or None."""
    node = place.node
    value = routers.project.inference.value(node, place.scope)
    if isinstance(value, ProjectClass):
        return value.definition
    if isinstance(node, ir.Call):
        if isinstance(node.func, ir.Attribute) and node.func.name in ("as_view", "as_asgi"):
            return class_of(routers, place.at(node.func.value))
        inner = (class_of(routers, place.at(one)) for one in node.args)
        return next((one for one in inner if one is not None), None)
    if isinstance(node, ir.Name) and place.frame is not None and node.id in place.frame.arguments:
        return class_of(routers, place.frame.arguments[node.id])
    given = routers.assigned(routers.variable(place))
    return class_of(routers, given) if given is not None and isinstance(given.node, ir.Call) else None


def row_of_class(routers: Routers, definition: ClassDefinition) -> HandlerClass | None:
    """Return what is known of the library's class that a view inherits from, or None."""
    ancestors = routers.project.symbols.ancestors(definition)
    names = (one for one in ancestors if isinstance(one, str))
    rows = (routers.project.knowledge.handler_class(name) for name in names)
    return next((row for row in rows if row is not None), None)


def methods_of(routers: Routers, definition: ClassDefinition) -> Iterator[tuple[str, FunctionDefinition]]:
    """Yield the HTTP methods that a view class answers, with the method of the class or of its ancestors."""
    for verb in sorted(HTTP_VERBS):
        found = routers.frames.method(definition, verb)
        if found is not None:
            yield verb.upper(), found


def named_methods(verb: str) -> tuple[str, ...]:
    """Return the method that a method of a router is named after, () where its arguments tell."""
    if verb in HTTP_VERBS:
        return (verb.upper(),)
    return ("WEBSOCKET",) if verb in SOCKETS else ()


def listed_methods(routers: Routers, given: Located | None) -> tuple[str, ...]:
    """Return the methods that a list names, () where there is none or one of them is not known."""
    found = routers.texts.many(given) if given is not None else None
    return tuple(sorted(one.upper() for one in found or ()))


def place_of(function: FunctionDefinition | None, row: RouteCollector | HandlerClass) -> Place:
    """Return where a handler runs."""
    return row.async_runs if function is not None and function.row.is_async else row.sync_runs
