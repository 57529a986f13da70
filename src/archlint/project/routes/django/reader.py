"""Reads names, texts and conditions of Django's modules as the interpreter would, without running it."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.inference.scopes import Scope
from archlint.project.project import Project
from archlint.project.routes.django import texts
from archlint.project.routes.django.frames import (
    Frame,
    Given,
    Step,
    called,
    class_statements,
    executed_blocks,
    module_statements,
)
from archlint.project.routes.django.lists import Lists
from archlint.project.routes.django.settings import DjangoSettings
from archlint.project.symbols import FunctionDefinition, Variable
from archlint.project.tree import names_in, uncalled
from archlint.project.values import UNKNOWN, Bound, External, ProjectClass, ProjectFunction, ProjectModule, Value

_MAX_DEPTH = 60
_MAX_TURNS = 500
"""Turns of a loop that are unrolled."""
Result = TypeVar("Result")


class Reader:
    """Follows names, statements and functions of the project to the expressions that a list or a text is made of."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.settings = DjangoSettings(project, self)
        self.lists = Lists(self)
        self._texts: set[int] = set()
        self._depth = 0

    def value(self, node: ir.Expr, frame: Frame) -> Value:
        """Return what inference knows of an expression, with what the names of its frame were given."""
        if isinstance(node, ir.Name) and node.id in frame.names:
            given = frame.names[node.id]
            return UNKNOWN if self._is_deep() else self._deeper(self.value, given.node, given.frame)
        names: dict[str, Value] = {}
        if not isinstance(node, ir.Name) and frame.names and not self._is_deep():
            read = names_in(node)
            given_names = [(name, one) for name, one in frame.names.items() if name in read]
            names = {name: self._deeper(self.value, one.node, one.frame) for name, one in given_names}
        value = self.project.inference.value(node, Scope(frame.module, frame.offset, frame.owner, names))
        # A name that nothing binds at the level of the module (`if …: views = import_module(…)`) passes for a built-in.
        is_unbound = isinstance(value, External) and not _is_bound(value.name.partition(".")[0], node, frame)
        return UNKNOWN if is_unbound else value

    def external(self, node: ir.Expr, frame: Frame) -> str:
        """Return the qualified name of a thing of a library, or an empty text."""
        value = self.value(node, frame)
        return value.name if isinstance(value, External) else ""

    def text(self, node: ir.Expr, frame: Frame) -> str | None:
        """Return the text that an expression gives, by its defaults where the environment may say otherwise."""
        if self._is_deep() or id(node) in self._texts:  # `prefix = prefix + prefix` is not followed into itself
            return None
        self._texts.add(id(node))
        try:
            return self._deeper(texts.text, self, Given(node, frame))
        finally:
            self._texts.discard(id(node))

    def items(self, given: Given) -> Iterator[Given]:
        """Yield the items of a list as far as they can be told; what cannot be followed is yielded as it is."""
        if not self._is_deep():
            yield from self._deeper(lambda: list(self.lists.items_of(given)))

    def origin(self, given: Given) -> Given:
        """Return the expression that a name stands for, through assignments and imports; else the expression itself."""
        seen = 0
        while seen < _MAX_DEPTH:
            found = self.assigned(given)
            if found is None or found.node is given.node:
                return given
            given, seen = found, seen + 1
        return given

    def variable(self, node: ir.Expr, frame: Frame) -> Variable | None:
        """Return the variable of a module or class that a name stands for, or None."""
        found = None
        if isinstance(node, ir.Name):
            found = self.project.symbols.member(frame.module, [node.id])
        elif isinstance(node, ir.Attribute):
            base = self.value(node.value, frame)
            if isinstance(base, ProjectModule):
                found = self.project.symbols.member(base.module, [node.name])
            elif isinstance(base, ProjectClass):
                found = base.definition.module.variables.get(f"{base.definition.row.name}.{node.name}")
        return found if isinstance(found, Variable) else None

    def results(self, call: Given) -> Iterator[Given]:
        """Yield what the called function of the project returns or yields, in the frame of that call."""
        callee = self.value(call.node.func, call.frame) if isinstance(call.node, ir.Call) else UNKNOWN
        if isinstance(callee, ProjectFunction | Bound):
            yield from self.body_results(callee.definition, call)

    def body_results(self, function: FunctionDefinition, call: Given) -> Iterator[Given]:
        """Yield what a function returns or yields where a call gives its arguments."""
        frame = called(self.project, function, call)
        if frame is None:
            return
        for statement, inner, _ in self.flow((one, frame) for one in frame.body):
            if isinstance(statement, ir.Return) and statement.value is not None:
                yield Given(statement.value, inner)
            elif isinstance(statement, ir.Evaluate) and isinstance(statement.value, ir.Yield):
                yield from _yielded(statement.value, inner)

    def frame_of(self, function: FunctionDefinition) -> Frame:
        """Return the frame in which the decorators and the body of a function stand."""
        return Frame(function.module, function.unit.start, function.owner)

    def decorators(self, function: FunctionDefinition) -> Iterator[tuple[str, Given]]:
        """Yield the decorators of a function with their qualified names, "" for one of the project."""
        frame = self.frame_of(function)
        for one in function.row.decorators:
            yield self.external(uncalled(one), frame), Given(one, frame)

    def flow(self, statements: Iterable[tuple[ir.Stmt, Frame]], *, certain: bool = True) -> Iterator[Step]:
        """Yield the simple statements that may be executed, in order; loops over known items are unrolled."""
        for statement, frame in statements:
            if isinstance(statement, ir.If):
                taken = self.truth(statement.test, frame)
                if taken is not False:
                    yield from self._block(statement.body, frame, certain and taken is True)
                if taken is not True:
                    yield from self._block(statement.orelse, frame, certain and taken is False)
            elif isinstance(statement, ir.For):
                for item in islice(self.items(Given(statement.iterable, frame)), _MAX_TURNS):
                    yield from self._block(statement.body, frame.binding(statement.target, item), certain)
            elif isinstance(statement, ir.Try | ir.With):
                first, *others = executed_blocks(statement)
                yield from self._block(first, frame, certain)
                for block in others:
                    yield from self._block(block, frame, certain=False)
            else:
                yield statement, frame, certain

    def truth(self, node: ir.Expr, frame: Frame) -> bool | None:
        """Return whether a condition holds whatever the environment says, or None."""
        if isinstance(node, ir.Constant):
            return bool(node.value)
        if isinstance(node, ir.Unary) and node.op == "not":
            inner = self.truth(node.operand, frame)
            return None if inner is None else not inner
        if isinstance(node, ir.Boolean):
            found = [self.truth(one, frame) for one in node.values]
            decisive = node.op == "or"
            if decisive in found:
                return decisive
            return None if None in found else not decisive
        if isinstance(node, ir.Attribute) and self.is_settings(node.value, frame):
            return self.settings.fixed_truth(node.name)
        return False if self.external(node, frame) == "typing.TYPE_CHECKING" else None

    def is_settings(self, node: ir.Expr, frame: Frame) -> bool:
        """Return whether an expression is Django's settings object or a settings module of the project."""
        if isinstance(node, ir.Name | ir.Attribute):
            value = self.value(node, frame)
            if isinstance(value, ProjectModule):
                return value.module in self.settings.modules
            return isinstance(value, External) and value.name in ("django.conf.settings", "django.conf.LazySettings")
        return False

    def _is_deep(self) -> bool:
        return self._depth > _MAX_DEPTH

    def _deeper(self, compute: Callable[..., Result], *arguments: Any) -> Result:
        self._depth += 1
        try:
            return compute(*arguments)
        finally:
            self._depth -= 1

    def _block(self, body: tuple[ir.Stmt, ...], frame: Frame, certain: bool) -> Iterator[Step]:
        return self.flow(((one, frame) for one in body), certain=certain)

    def assigned(self, given: Given) -> Given | None:
        """Return the expression that a name was given last, or None where it is no name of the project's code."""
        node, frame = given.node, given.frame
        if isinstance(node, ir.Name) and node.id in frame.names:
            return frame.names[node.id]
        if isinstance(node, ir.Name) and frame.body and frame.assigns(node.id):
            return self.last_assigned(node.id, ((one, frame) for one in frame.body))
        if not isinstance(node, ir.Name | ir.Attribute):
            return None
        found = self.variable(node, frame)
        if found is None:
            return None
        if found.owner:
            return self.last_assigned(found.name, class_statements(self.project, found.module.classes[found.owner]))
        return self.last_assigned(found.name, module_statements(self.project, found.module))

    def last_assigned(self, name: str, statements: Iterable[tuple[ir.Stmt, Frame]]) -> Given | None:
        """Return the value that a name has at the end; of what may not be reached, only where nothing else is."""
        found: Given | None = None
        for statement, frame, certain in self.flow(statements):
            value = statement.value if isinstance(statement, ir.Assign) and _binds(statement, name) else None
            if value is not None and (certain or found is None):
                found = Given(value, frame)
        return found


def _binds(statement: ir.Assign, name: str) -> bool:
    return any(isinstance(target, ir.Name) and target.id == name for target in statement.targets)


def _is_bound(root: str, node: ir.Expr, frame: Frame) -> bool:
    """Return whether the first name of a thing of a library is imported where it is written, or a built-in."""
    written = dotted(node).partition(".")[0]
    return written != root or written in frame.module.imports or bool(frame.module.starred) or hasattr(builtins, root)


def _yielded(node: ir.Yield, frame: Frame) -> Iterator[Given]:
    if node.value is not None:
        yield Given(ir.Starred(node.start, node.end, node.value) if node.is_from else node.value, frame)
