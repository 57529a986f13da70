"""With which statuses the handlers of errors answer: their own, or those of a mapping of errors that they ask."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.ir import nodes as ir
from archlint.project.inference.scopes import Scope
from archlint.project.project import Project
from archlint.project.routes.refusing import status_of
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import expressions_in, expressions_of, statements_in
from archlint.project.values import ProjectClass, ProjectFunction

_MAX_CALLS = 2


def statuses(project: Project, handler: FunctionDefinition, error: ClassDefinition) -> frozenset[int]:
    """Return the statuses with which a handler answers an error of the project, as far as they are written."""
    node = project.function_node(handler)
    if node is None:
        return frozenset()
    own = {status for one in statements_in(node.body) if isinstance(one, ir.Return) for status in _written(one.value)}
    mapped = _mapped(project, handler, error, _MAX_CALLS)
    return frozenset(own) or (frozenset({mapped}) if mapped else frozenset())


def _written(value: ir.Expr | None) -> Iterator[int]:
    """Yield the statuses that stand in an answer: `(body, 403)`, `JSONResponse(body, status_code=403)`."""
    given: tuple[ir.Expr, ...] = ()
    if isinstance(value, ir.Collection):
        given = value.items[1:]
    elif isinstance(value, ir.Call):
        given = (*value.args, *[one.value for one in value.keywords])
    yield from (status for status in map(status_of, given) if status)


def _mapped(project: Project, function: FunctionDefinition, error: ClassDefinition, calls: int) -> int:
    """Return the status that a mapping in a function, or in one that it calls, has for an error; 0 without one."""
    node = project.function_node(function)
    scope = Scope(function.module, function.unit.start, function.owner)
    parts = [one for each in statements_in(node.body) for one in _parts(each)] if node is not None else []
    for one in parts:
        if isinstance(one, ir.Mapping):
            found = _status_in(project, one, scope, error)
            if found:
                return found
    for one in parts if calls else ():
        callee = project.inference.value(one.func, scope) if isinstance(one, ir.Call) else None
        if isinstance(callee, ProjectFunction) and callee.definition is not function:
            found = _mapped(project, callee.definition, error, calls - 1)
            if found:
                return found
    return 0


def _parts(statement: ir.Stmt) -> Iterator[ir.Expr]:
    for one in expressions_of(statement):
        yield from expressions_in(one)


def _status_in(project: Project, node: ir.Mapping, scope: Scope, error: ClassDefinition) -> int:
    """Return what a mapping has for the nearest class that an error is."""
    known: dict[ClassDefinition, int] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        found = project.inference.value(key, scope) if key is not None else None
        if isinstance(found, ProjectClass):
            known[found.definition] = status_of(value)
    ancestors = (one for one in project.symbols.ancestors(error) if isinstance(one, ClassDefinition))
    return next((known[one] for one in ancestors if one in known), 0)
