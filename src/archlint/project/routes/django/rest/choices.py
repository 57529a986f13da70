"""Which of the lists and classes that a method returns belong to an action: `if self.action == "list": return …`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.routes.django.frames import Frame, Given, executed_blocks
from archlint.project.routes.django.reader import Reader
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import statements_in

Chosen = Given | Literal["inherited"] | None
"""A list or a class, what the overridden method would give, or None where it cannot be told."""
_SAFE = frozenset({"get", "head", "options"})
_MAX_PATHS = 64
_ADDING = frozenset({"append", "insert"})


class _Path(msgspec.Struct, frozen=True):
    """The names that were assigned on one way through a method."""

    names: dict[str, Given] = msgspec.field(default_factory=dict)


def chosen_lists(
    reader: Reader, function: FunctionDefinition, attribute: str, action: tuple[str, str]
) -> Iterator[Chosen]:
    """Yield what a method may return for an action, given as its verb and its name, once a way through it."""
    node = reader.project.function_node(function)
    if node is None:
        yield None
        return
    chooser = _Chooser(reader, reader.frame_of(function), attribute, action)
    yield from chooser.results(node.body)


@dataclass(slots=True)
class _Chooser:
    reader: Reader
    frame: Frame
    attribute: str
    action: tuple[str, str]

    def results(self, body: tuple[ir.Stmt, ...]) -> Iterator[Chosen]:
        found: list[Chosen] = []
        ends = self._run(body, [_Path()], found)
        if len(found) > _MAX_PATHS or ends:
            yield None  # a way that returns nothing, or too many ways
        else:
            yield from found

    def _run(self, body: tuple[ir.Stmt, ...], paths: list[_Path], found: list[Chosen]) -> list[_Path]:
        """Return the ways that reach the end of a body; what others return is added to `found`."""
        for statement in body:
            if not paths or len(paths) > _MAX_PATHS:
                return paths
            if isinstance(statement, ir.Return):
                found += [self._returned(statement.value, path) for path in paths]
                return []
            if isinstance(statement, ir.Raise):
                return []
            paths = self._step(statement, paths, found)
        return paths

    def _step(self, statement: ir.Stmt, paths: list[_Path], found: list[Chosen]) -> list[_Path]:
        if isinstance(statement, ir.If):
            taken = self.holds(statement.test)
            after = [] if taken is False else self._run(statement.body, paths, found)
            return after + ([] if taken is True else self._run(statement.orelse, paths, found))
        if isinstance(statement, ir.Assign) and statement.value is not None:
            for target in statement.targets:
                if isinstance(target, ir.Name):
                    value = Given(statement.value, self.frame)
                    paths = [_Path({**path.names, target.id: value}) for path in paths]
                elif isinstance(target, ir.Attribute) and target.name == self.attribute:
                    value = Given(statement.value, self.frame)
                    paths = [_Path({**path.names, f"self.{target.name}": value}) for path in paths]
            return paths
        if isinstance(statement, ir.For | ir.While):
            paths = [self._lost(statement, path) for path in paths]
        for block in executed_blocks(statement):
            paths = self._run(block, paths, found) or paths
        return [self._grown(statement, path) for path in paths]

    def _grown(self, statement: ir.Stmt, path: _Path) -> _Path:
        """Return a way on which a list that a name holds has got more items: `x.append(y)`, `x += y`."""
        found = _added(statement)
        given = path.names.get(found[0]) if found is not None else None
        if found is None or given is None:
            return path
        name, added = found
        items: list[ir.Expr] = []
        for one in (given.node, *added):
            node = one
            while isinstance(node, ir.Name) and node.id in path.names:
                node = path.names[node.id].node
            if not isinstance(node, ir.Collection):
                return self._unknown(name, path)
            items += node.items
        whole = ir.Collection(given.node.start, given.node.end, "list", tuple(items))
        return _Path({**path.names, name: Given(whole, self.frame)})

    def _unknown(self, name: str, path: _Path) -> _Path:
        return _Path({**path.names, name: Given(ir.Opaque(0, 0), self.frame)})

    def _lost(self, loop: ir.Stmt, path: _Path) -> _Path:
        """Return a way on which nothing is known of the lists that a loop adds to."""
        for statement in statements_in((loop,)):
            found = _added(statement)
            path = self._unknown(found[0], path) if found is not None and found[0] in path.names else path
        return path

    def _returned(  # noqa: PLR0911 - one answer a kind of expression
        self, node: ir.Expr | None, path: _Path
    ) -> Chosen:
        if node is None:
            return None
        if isinstance(node, ir.Comprehension) and len(node.clauses) == 1:
            return self._returned(node.clauses[0].iterable, path)
        if isinstance(node, ir.Name) and node.id in path.names:
            return self._returned(path.names[node.id].node, path)
        if isinstance(node, ir.Attribute) and node.name == self.attribute:
            own = path.names.get(f"self.{node.name}")
            return self._returned(own.node, path) if own is not None else "inherited"
        if isinstance(node, ir.Call) and dotted(node.func).startswith("?."):
            inner = node.func.value if isinstance(node.func, ir.Attribute) else None
            is_super = isinstance(inner, ir.Call) and isinstance(inner.func, ir.Name) and inner.func.id == "super"
            own = path.names.get(f"self.{self.attribute}")
            if is_super:
                return self._returned(own.node, path) if own is not None else "inherited"
        if isinstance(node, ir.Collection | ir.Name | ir.Attribute):
            return Given(node, self.frame)
        return None

    def holds(self, test: ir.Expr) -> bool | None:
        """Return whether a condition about the action or the verb holds, or None where it is about something else."""
        if isinstance(test, ir.Unary) and test.op == "not":
            inner = self.holds(test.operand)
            return None if inner is None else not inner
        if isinstance(test, ir.Boolean):
            found = [self.holds(one) for one in test.values]
            decisive = test.op == "or"
            return decisive if decisive in found else None if None in found else not decisive
        if not isinstance(test, ir.Compare) or len(test.ops) != 1:
            return None
        subject = self._subject(test.left)
        return None if subject is None else self._compared(subject, test.ops[0], test.comparators[0])

    def _subject(self, node: ir.Expr) -> str | None:
        verb, action = self.action
        name = dotted(node)
        if name == "self.action":
            return action
        if name in ("self.request.method", "request.method"):
            return verb.upper()
        return None

    def _compared(self, subject: str, op: str, other: ir.Expr) -> bool | None:
        if op in ("==", "!="):
            text = self.reader.text(other, self.frame)
            return None if text is None else (text == subject) == (op == "==")
        if op not in ("in", "not in"):
            return None
        if dotted(other).rpartition(".")[2] == "SAFE_METHODS":
            return (subject.lower() in _SAFE) == (op == "in")
        items = [self.reader.text(one.node, one.frame) for one in self.reader.items(Given(other, self.frame))]
        if None in items:
            return None
        return (subject in items) == (op == "in")


def _added(statement: ir.Stmt) -> tuple[str, tuple[ir.Expr, ...]] | None:
    """Return the name of a list that a statement adds to, and the lists that are added, or None."""
    if isinstance(statement, ir.AugmentedAssign) and isinstance(statement.target, ir.Name) and statement.op == "+":
        return statement.target.id, (statement.value,)
    call = statement.value if isinstance(statement, ir.Evaluate) else None
    func = call.func if isinstance(call, ir.Call) else None
    if not isinstance(call, ir.Call) or not isinstance(func, ir.Attribute) or not isinstance(func.value, ir.Name):
        return None
    if func.name == "extend":
        return func.value.id, call.args
    if func.name not in _ADDING:
        return None
    return func.value.id, (ir.Collection(call.start, call.end, "list", call.args[-1:]),)
