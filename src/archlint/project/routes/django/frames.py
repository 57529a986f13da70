"""Expressions with what they need to be read: the module, the unit, and what a called function was given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.ir.module import Flag
from archlint.project.project import Project
from archlint.project.routes.route import Mention
from archlint.project.symbols import ClassDefinition, FunctionDefinition, Module
from archlint.project.tree import argument, target_names

_MAX_CALLS = 12
"""Calls of project functions that are followed into each other."""


class Frame(msgspec.Struct, frozen=True, eq=False):
    """Where an expression stands; `names` are what parameters and loop targets stand for, `body` that of a function."""

    module: Module
    offset: int
    owner: ClassDefinition | None = None
    body: tuple[ir.Stmt, ...] = ()
    names: Mapping[str, Given] = msgspec.field(default_factory=dict)
    calls: int = 0

    def mention(self, node: ir.Node) -> Mention:
        """Return the region of a node."""
        return Mention(self.module, self.offset + node.start, self.offset + node.end)

    def binding(self, target: ir.Expr, given: Given) -> Frame:
        """Return the frame in which a loop's target stands for an item; of tuples, part by part."""
        if isinstance(target, ir.Name):
            return replace(self, names={**self.names, target.id: given})
        if isinstance(target, ir.Collection) and isinstance(given.node, ir.Collection):
            parts = zip(target.items, given.node.items, strict=False)
            named = {one.id: Given(item, given.frame) for one, item in parts if isinstance(one, ir.Name)}
            return replace(self, names={**self.names, **named})
        return self

    def assigns(self, name: str) -> bool:
        """Return whether the function that is being called assigns a name itself."""
        return any(isinstance(one, ir.Assign) and _targets(one, name) for one in _statements(self.body))


class Given(msgspec.Struct, frozen=True, eq=False):
    """An expression and its frame."""

    node: ir.Expr
    frame: Frame

    @property
    def mention(self) -> Mention:
        """Return the region of the expression."""
        return self.frame.mention(self.node)

    def at(self, node: ir.Expr) -> Given:
        """Return another expression of the same frame."""
        return Given(node, self.frame)


Step = tuple[ir.Stmt, Frame, bool]
"""A simple statement, its frame, and whether it is certain to be reached."""


def module_statements(project: Project, module: Module) -> Iterator[tuple[ir.Stmt, Frame]]:
    """Yield the statements of a module that are no functions, each with its frame."""
    for unit in module.facts.units:
        if not unit.owner and not unit.flags & Flag.FUNCTION:
            yield project.body(unit), Frame(module, unit.start)


def class_statements(project: Project, definition: ClassDefinition) -> Iterator[tuple[ir.Stmt, Frame]]:
    """Yield the statements in the body of a class that are no functions."""
    for unit in definition.module.facts.units:
        if unit.owner == definition.row.name and not unit.flags & Flag.FUNCTION:
            yield project.body(unit), Frame(definition.module, unit.start, definition)


def called(project: Project, function: FunctionDefinition, call: Given) -> Frame | None:
    """Return the frame in which the body of a function is read that a call gives its arguments to, or None."""
    node = project.function_node(function)
    if node is None or call.frame.calls > _MAX_CALLS:
        return None
    module = function.module
    offset = module.facts.units[function.row.unit].start
    own = Frame(module, offset, module.classes.get(function.row.owner))
    names: dict[str, Given] = dict(_outer_names(function, call))
    parameters = list(node.parameters)
    if function.row.owner and parameters and not _is_static(node):
        parameters.pop(0)
    for index, parameter in enumerate(parameters):
        is_one = isinstance(call.node, ir.Call) and parameter.kind not in ("star", "starstar")
        given = argument(call.node, index, parameter.name) if is_one else None  # type: ignore[arg-type]
        if given is not None and parameter.kind != "keyword":
            names[parameter.name] = call.at(given)
        elif parameter.default is not None:
            names[parameter.name] = Given(parameter.default, own)
    return replace(own, body=node.body, names=names, calls=call.frame.calls + 1)


def _outer_names(function: FunctionDefinition, call: Given) -> Mapping[str, Given]:
    """Return the names that a nested function sees where the call stands in the function around it."""
    return call.frame.names if function.outer is not None else {}


def _is_static(node: ir.Function) -> bool:
    return any(isinstance(one, ir.Name) and one.id == "staticmethod" for one in node.decorators)


def _targets(statement: ir.Assign, name: str) -> bool:
    return any(name in target_names(target) for target in statement.targets)


def _statements(body: tuple[ir.Stmt, ...]) -> Iterator[ir.Stmt]:
    for statement in body:
        yield statement
        for inner in executed_blocks(statement):
            yield from _statements(inner)


def executed_blocks(statement: ir.Stmt) -> Iterator[tuple[ir.Stmt, ...]]:
    """Yield the bodies of a compound statement; those of nested functions and classes are left out."""
    if isinstance(statement, ir.If | ir.For | ir.While):
        yield statement.body
        yield statement.orelse
    elif isinstance(statement, ir.With):
        yield statement.body
    elif isinstance(statement, ir.Try):
        yield from (statement.body, *[one.body for one in statement.handlers], statement.orelse, statement.final)
    elif isinstance(statement, ir.Match):
        yield from (one.body for one in statement.cases)
