"""What handlers answer with: objects whole, the environment, and what they put together."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.project.inference.listening import Evaluator, Listener, State
from archlint.project.inference.scopes import Scope
from archlint.project.leaks.exposed import Exposed
from archlint.project.leaks.holders import ALL_VARIABLES, shown_secrets
from archlint.project.leaks.sent.withheld import ENVIRONMENT, Sent, may_send, withheld
from archlint.project.leaks.traced import traced, where_shown
from archlint.project.project import Project
from archlint.project.responses.schemas import element_of
from archlint.project.routes.route import Mention, Route
from archlint.project.symbols import ClassDefinition, FunctionDefinition, Module
from archlint.project.tree import called_name, keyword
from archlint.project.values import Instance, Query

_ANSWERING = frozenset(
    {
        "HTMLResponse", "HttpResponse", "JSONResponse", "JsonResponse", "ORJSONResponse", "PlainTextResponse",
        "Response", "UJSONResponse", "json_response", "jsonable_encoder", "jsonify", "make_response",
    }
)  # fmt: skip
_CONTENT = ("content", "data")
_ROWS_TO_DICTS = "model_to_dict"
_COPYING = frozenset({"fastapi", "ninja"})
"""Frameworks that send all columns of a row that a handler returns without a schema."""


class Returned(msgspec.Struct, frozen=True):
    """An expression that a function returns, and what is known there."""

    node: ir.Expr
    module: Module
    scope: Scope
    evaluator: Evaluator
    function: ir.Function | ir.Lambda | None


def sent_results(project: Project, route: Route) -> Iterator[Sent]:
    """Yield the secrets in what the handler of a route returns."""
    function = route.handler.function
    for returned in _returned(project, function) if function is not None else ():
        for argument in _content(returned.node):
            for one in traced(returned.function, argument):
                for name, kind in _of_part(project, route, returned, one):
                    if not may_send(route, kind):
                        mention = _mention(returned, where_shown(argument, one))
                        yield Sent(name, kind, f"`{route.handler.name.rpartition('.')[2]}` sends", mention, route)


def _of_part(project: Project, route: Route, returned: Returned, one: Exposed) -> Iterator[tuple[str, str]]:
    kind = withheld(one.name) if isinstance(one.node, ir.Attribute) else ""
    if kind:
        if _is_kept(project, returned, one.node):
            yield one.name, kind
        return
    if route.response_model is None:
        yield from _columns(project, route, returned, one.node)
    for name in shown_secrets(project, returned, one.node):
        if name == ALL_VARIABLES:
            yield name, ENVIRONMENT
        elif route.response_model is None and withheld(name):
            yield name, withheld(name)


def _is_kept(project: Project, returned: Returned, node: ir.Expr) -> bool:
    """Return whether an attribute is read from a row of the database: nobody sent it just now."""
    base = returned.evaluator.value(node.value, returned.scope) if isinstance(node, ir.Attribute) else None
    return isinstance(base, Instance) and base.definition is not None and project.orm_of(base.definition) is not None


def _columns(project: Project, route: Route, returned: Returned, node: ir.Expr) -> Iterator[tuple[str, str]]:
    """Yield the columns of a row that is sent whole: by a framework that copies it, or as `model_to_dict` gives it."""
    if isinstance(node, ir.Call) and called_name(node) == _ROWS_TO_DICTS:
        if len(node.args) != 1 or node.keywords:
            return
        node = node.args[0]
    elif route.framework not in _COPYING or not _is_plain(returned.node):
        return
    value = element_of(returned.evaluator.value(node, returned.scope))
    row = value.row() if isinstance(value, Query) else value
    definition = row.definition if isinstance(row, Instance) else None
    model = project.schema.model(definition) if isinstance(definition, ClassDefinition) else None
    for field in model.fields if model is not None else ():
        if kind := withheld(field.name):
            yield field.name, kind


def _is_plain(node: ir.Expr) -> bool:
    """Return whether a row is returned as it is: what builds a response itself has to name what goes into it."""
    return not isinstance(node, ir.Call) or called_name(node) not in _ANSWERING


def _content(node: ir.Expr) -> Iterator[ir.Expr]:
    """Yield what is in a response: the arguments of what makes one, or the expression itself."""
    if isinstance(node, ir.Await):
        yield from _content(node.value)
    elif isinstance(node, ir.Collection) and node.kind == "tuple":
        yield from _content(node.items[0]) if node.items else ()
    elif isinstance(node, ir.Call) and called_name(node) in _ANSWERING:
        first = node.args[0] if node.args else next((one for one in (keyword(node, n) for n in _CONTENT) if one), None)
        yield from _content(first) if first is not None else ()
        if called_name(node) == "jsonify":
            yield from (word.value for word in node.keywords)
    else:
        yield node


def _mention(returned: Returned, node: ir.Expr) -> Mention:
    offset = returned.scope.offset
    return Mention(returned.module, offset + node.start, offset + node.end)


def _returned(project: Project, function: FunctionDefinition) -> list[Returned]:
    listener = _Results(project, function)
    project.inference.walked(function, None, listener)
    return listener.found


class _Results(Listener):
    sees_calls = False

    def __init__(self, project: Project, function: FunctionDefinition) -> None:
        self.found: list[Returned] = []
        self._inference = project.inference
        self._module = function.module

    def result(self, value: ir.Expr | None, is_yield: bool, state: State) -> None:
        if value is not None and not is_yield and len(state.functions) == 1:
            scope = state.scope.branch()
            self.found.append(Returned(value, self._module, scope, self._inference, state.functions[-1]))
