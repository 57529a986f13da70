"""What functions put into the mappings that templates are given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.effects.effect import Step, Target
from archlint.project.inference.listening import Listener, State
from archlint.project.project import Project
from archlint.project.symbols import FunctionDefinition, Module
from archlint.project.tree import called_name, expressions_in, expressions_of, statements_in
from archlint.project.values import UNKNOWN, Value, join

_MAX_DEPTH = 6
_TAKING_WORDS = frozenset({"OrderedDict", "dict", "get_context_data"})
"""Callables that make a mapping of their keywords, or add them to one."""
Item = tuple[str, ir.Expr]
"""A key of a mapping with its value; with the key "" the value is a mapping of more."""
Context = Mapping[str, "Entry"]


class Entry(msgspec.Struct, frozen=True):
    """What a name of a template stands for, and the expression that says so.

    `offset` is the start of its unit; `function` is the one around it, called on a receiver, or None in a class body.
    """

    value: Value
    node: ir.Expr
    module: Module
    offset: int
    function: FunctionDefinition | None = None
    receiver: Value | None = None

    @classmethod
    def inside(cls, function: FunctionDefinition, receiver: Value | None, node: ir.Expr, value: Value) -> Entry:
        """Return what an expression in a function stands for."""
        return cls(value, node, function.module, function.unit.start, function, receiver)

    @property
    def step(self) -> Step:
        """Return where the expression stands."""
        return Step(self.module, self.offset, self.node.start, self.node.end)


@dataclass(slots=True)
class Seen:
    """What a walk over a function found: the items of its mappings, the values of those, and its calls."""

    items: dict[str, list[Item]] = field(default_factory=dict)
    results: list[ir.Expr] = field(default_factory=list)
    values: dict[tuple[int, int], Value] = field(default_factory=dict)
    calls: list[tuple[ir.Call, Value, tuple[Value, ...]]] = field(default_factory=list)


class Contexts:
    """Reads what mappings hold; each function is walked once for each receiver."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._seen: dict[tuple[FunctionDefinition, Value | None], Seen] = {}

    def seen(self, function: FunctionDefinition, receiver: Value | None) -> Seen:
        """Return what is found in the body of a function."""
        key = function, self.project.effects.context(function, receiver)
        if key not in self._seen:
            self._seen[key] = self._walked(function, receiver)
        return self._seen[key]

    def of(
        self, function: FunctionDefinition, receiver: Value | None, node: ir.Expr, depth: int = 0
    ) -> dict[str, Entry]:
        """Return what an expression in a function holds by name, as far as it is a mapping that is known."""
        if depth > _MAX_DEPTH:
            return {}
        seen = self.seen(function, receiver)
        found: dict[str, Entry] = {}
        if isinstance(node, ir.Call):
            target = self.called(function, receiver, node)
            if target is not None:
                found.update(self.returned(target.function, target.receiver or receiver, depth + 1))
        items = seen.items.get(node.id, []) if isinstance(node, ir.Name) else items_of(node)
        return self.entries(function, receiver, items, found, depth)

    def entries(
        self,
        function: FunctionDefinition,
        receiver: Value | None,
        items: Iterable[Item],
        known: dict[str, Entry] | None = None,
        depth: int = 0,
    ) -> dict[str, Entry]:
        """Return what items of a mapping stand for, added to what is known of it."""
        found = known if known is not None else {}
        values = self.seen(function, receiver).values
        for name, node in items:
            if not name:
                found.update(self.of(function, receiver, node, depth + 1))
                continue
            value = values.get((node.start, node.end), UNKNOWN)
            found[name] = Entry.inside(function, receiver, node, value)
        return found

    def returned(self, function: FunctionDefinition, receiver: Value | None, depth: int = 0) -> dict[str, Entry]:
        """Return what the mapping holds that a function gives."""
        found: dict[str, Entry] = {}
        for node in self.seen(function, receiver).results:
            found.update(self.of(function, receiver, node, depth))
        return found

    def called(self, function: FunctionDefinition, receiver: Value | None, node: ir.Call) -> Target | None:
        """Return the function of the project that a call in another one leads to, where it is only one."""
        place = node.start, node.end
        for edge in self.project.effects.body(function, receiver).edges:
            if (edge.step.start, edge.step.end) == place and edge.targets:
                return edge.targets[0] if len(edge.targets) == 1 else None
        return None

    def _walked(self, function: FunctionDefinition, receiver: Value | None) -> Seen:
        seen = Seen()
        node = self.project.function_node(function)
        if node is None:
            return seen
        wanted: set[tuple[int, int]] = set()
        for statement in statements_in(node.body):
            for name, item in _items_in(statement):
                seen.items.setdefault(name, []).append(item)
                wanted.add((item[1].start, item[1].end))
            for one in expressions_of(statement):
                wanted.update((value.start, value.end) for inner in expressions_in(one) for _, value in items_of(inner))
            if isinstance(statement, ir.Return) and statement.value is not None:
                seen.results.append(statement.value)
        self.project.inference.walked(function, receiver, _Listener(self.project, seen, wanted))
        return seen


class _Listener(Listener):
    sees_all = True

    def __init__(self, project: Project, seen: Seen, wanted: set[tuple[int, int]]) -> None:
        self._inference = project.inference
        self._seen = seen
        self._wanted = wanted

    def seen(self, node: ir.Expr, state: State) -> None:
        place = node.start, node.end
        if place in self._wanted:
            value = self._inference.value(node, state.scope)
            known = self._seen.values.get(place)
            self._seen.values[place] = value if known is None else join(known, value)

    def called(self, node: ir.Call, state: State) -> None:
        callee = self._inference.value(node.func, state.scope)
        arguments = tuple([self._inference.value(one, state.scope) for one in node.args])
        self._seen.calls.append((node, callee, arguments))


def items_of(node: ir.Expr) -> list[Item]:
    """Return the items of a display or of a call that makes or fills a mapping."""
    if isinstance(node, ir.Mapping):
        pairs = zip(node.keys, node.values, strict=False)
        return [(key.value if isinstance(key, ir.Text) else "", value) for key, value in pairs if _is_telling(key)]
    if isinstance(node, ir.Call):
        return [(word.name or "", word.value) for word in node.keywords]
    return []


def _is_telling(key: ir.Expr | None) -> bool:
    return key is None or isinstance(key, ir.Text)


def _items_in(statement: ir.Stmt) -> Iterator[tuple[str, Item]]:
    """Yield what a statement puts into mappings that have a name: `context = {…}`, `context["x"] = …`, `update`."""
    if isinstance(statement, ir.Assign) and statement.value is not None:
        for target in statement.targets:
            if isinstance(target, ir.Name):
                yield from ((target.id, item) for item in _started(statement.value))
            elif isinstance(target, ir.Subscript) and isinstance(target.index, ir.Text):
                yield dotted(target.value), (target.index.value, statement.value)
    elif isinstance(statement, ir.Evaluate) and isinstance(statement.value, ir.Call):
        call = statement.value
        if isinstance(call.func, ir.Attribute) and isinstance(call.func.value, ir.Name):
            yield from ((call.func.value.id, item) for item in _added(call))


def _started(value: ir.Expr) -> list[Item]:
    """Return what is in a mapping that a name is given: the items of a display, or all that a call gives."""
    if isinstance(value, ir.Call) and called_name(value) not in _TAKING_WORDS:
        return [("", value)]
    return [*([("", value)] if isinstance(value, ir.Call) else []), *items_of(value)]


def _added(call: ir.Call) -> list[Item]:
    name = called_name(call)
    if name == "update":
        return [*[item for one in call.args for item in (items_of(one) or [("", one)])], *items_of(call)]
    if name == "setdefault" and len(call.args) > 1 and isinstance(call.args[0], ir.Text):
        return [(call.args[0].value, call.args[1])]
    return []
