"""The functions that decorators are given and call before or after what they decorate: `@policy(check_owner)`."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.ir import nodes as ir
from archlint.project.project import Project
from archlint.project.routes.registered.located import Located
from archlint.project.routes.registered.routers import Routers
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import attributes_of_receiver, blocks, expressions_in, expressions_of
from archlint.project.values import ProjectClass, ProjectFunction, Value


def asked(routers: Routers, place: Located, callee: Value) -> Iterator[FunctionDefinition]:
    """Yield the functions of the project that a decorator is given and calls."""
    node = place.node
    if not isinstance(node, ir.Call):
        return
    maker, called = _maker(routers, callee)
    frame = routers.frames.frame(maker, place) if maker is not None else None
    for name, given in frame.arguments.items() if frame is not None and called else ():
        value = routers.project.inference.value(given.node, given.scope)
        if name in called and isinstance(value, ProjectFunction):
            yield value.definition


def _maker(routers: Routers, callee: Value) -> tuple[FunctionDefinition | None, frozenset[str]]:
    """Return the function that takes what a decorator is given, and the parameters of it that are called."""
    project = routers.project
    if isinstance(callee, ProjectFunction):
        called = {one.id for one in _called(project, callee.definition) if isinstance(one, ir.Name)}
        return callee.definition, frozenset(called)
    if not isinstance(callee, ProjectClass):
        return None, frozenset()
    init = routers.frames.method(callee.definition, "__init__")
    call = routers.frames.method(callee.definition, "__call__")
    body = project.function_node(init) if init is not None else None
    if call is None or body is None:
        return None, frozenset()
    held = {one.name for one in _called(project, call) if isinstance(one, ir.Attribute)}
    kept = attributes_of_receiver(body).items()
    return init, frozenset(one.id for name, one in kept if name in held and isinstance(one, ir.Name))


def _called(project: Project, function: FunctionDefinition) -> Iterator[ir.Expr]:
    """Yield what a function and those in it call."""
    node = project.function_node(function)
    pending: list[ir.Stmt] = list(node.body) if node is not None else []
    while pending:
        statement = pending.pop()
        for part in expressions_of(statement):
            yield from (one.func for one in expressions_in(part) if isinstance(one, ir.Call))
        for block in blocks(statement):
            pending.extend(block)
