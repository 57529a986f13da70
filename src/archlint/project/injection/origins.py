"""Where the text of an expression comes from, inside the function that it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from archlint.ir import nodes as ir
from archlint.project.bounds.passing import given
from archlint.project.injection.bindings import reaching
from archlint.project.injection.checking import CLEANING, NUMBERS, checked_in, checks, spelled
from archlint.project.injection.reading import is_taken, read
from archlint.project.injection.typed import holds_text, type_names
from archlint.project.project import Project
from archlint.project.sql import Position
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import attributes_of_receiver, called_name, statements_in, target_names
from archlint.syntax.string_values import WRAPPERS

_MAX_STEPS = 30
_MAX_CALLS = 3
"""Functions whose results are followed into each other."""
_KEEPING = frozenset(
    {
        "capitalize", "casefold", "copy", "decode", "encode", "format_map", "get", "get_list", "getall", "getlist",
        "getone", "items", "keys", "lower", "lstrip", "partition", "pop", "removeprefix", "removesuffix", "replace",
        "rpartition", "rsplit", "rstrip", "split", "splitlines", "strip", "swapcase", "title", "to_dict", "upper",
        "values",
    }
)  # fmt: skip
"""Methods whose result has the text in it of what they are called on."""
_PASSING = frozenset(
    {"dict", "enumerate", "list", "loads", "repr", "reversed", "set", "sorted", "str", "tuple", "unquote", "zip"}
)
"""Functions whose result has the text in it of what they are given."""
_VALUE = re.compile(r"(?i)(?:['\"]%?|[=<>(]|\blike|\bilike|\bbetween|\bin\s*\()\s*$")
_NAME = re.compile(r"(?i)(?:[`\".]|\b(?:from|join|into|update|table|by))\s*$")


@dataclass(frozen=True, slots=True, eq=False)
class End:
    """Where a text comes from: a part of a request that is read in a function, or one of its parameters.

    `position` is that in the SQL where a text around it tells, `fields` are what is read of the parameter.
    """

    function: FunctionDefinition
    node: ir.Expr
    parameter: str = ""
    fields: tuple[str, ...] = ()
    position: Position | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """How an expression is looked at: as of which offset, for what is read of it, where its text goes."""

    at: int
    position: Position | None = None
    fields: tuple[str, ...] = ()
    names: Mapping[str, ir.Expr] = field(default_factory=dict)
    checked: frozenset[str] = frozenset()
    steps: int = 0


class Origins:
    """Follows texts to where they come from; each function is looked at once."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._checks: dict[FunctionDefinition, tuple[tuple[int, str], ...]] = {}
        self._results: dict[tuple[FunctionDefinition, int], tuple[End, ...]] = {}

    def of(
        self, function: FunctionDefinition, node: ir.Expr, at: int, fields: tuple[str, ...] = (), calls: int = _MAX_CALLS
    ) -> tuple[End, ...]:
        """Return where the text of an expression of a function comes from, as far as clients may decide it."""
        body = self.project.function_node(function)
        if body is None:
            return ()
        return tuple(_Tracing(self, function, body, calls).of(node, _Seen(at, fields=fields)))

    def results(self, function: FunctionDefinition, calls: int) -> tuple[End, ...]:
        """Return where the text of what a function returns comes from."""
        key = function, calls
        if key not in self._results:
            self._results[key] = ()
            node = self.project.function_node(function)
            returns = [one for one in statements_in(node.body) if isinstance(one, ir.Return)] if node is not None else []
            found = [self.of(function, one.value, one.start, (), calls) for one in returns if one.value is not None]
            self._results[key] = tuple(end for ends in found for end in ends)
        return self._results[key]

    def checks(self, function: FunctionDefinition, node: ir.Function) -> tuple[tuple[int, str], ...]:
        """Return what a function checks."""
        if function not in self._checks:
            self._checks[function] = checks(node)
        return self._checks[function]

    def called(self, function: FunctionDefinition, call: ir.Call) -> FunctionDefinition | None:
        """Return the only function of the project that a call in a function leads to, or None."""
        for edge in self.project.effects.body(function).edges:
            if (edge.step.start, edge.step.end) == (call.start, call.end) and len(edge.targets) == 1:
                return edge.targets[0].function
        return None


@dataclass(frozen=True, slots=True)
class _Tracing:
    """Follows texts in one function."""

    origins: Origins
    function: FunctionDefinition
    body: ir.Function
    calls: int

    def of(self, node: ir.Expr, seen: _Seen) -> Iterator[End]:
        """Yield where the text of an expression comes from."""
        if seen.steps > _MAX_STEPS or self._is_checked(node, seen):
            return
        seen = replace(seen, steps=seen.steps + 1)
        if read(node) and not self._is_own_request(node):
            yield End(self.function, node, position=seen.position)
            return
        match node:
            case ir.Format(parts=parts):
                yield from self._pieces(parts, seen)
            case ir.Call():
                yield from self._call(node, seen)
            case ir.Name():
                yield from self._name(node, seen)
            case ir.Attribute():
                yield from self._attribute(node, seen)
            case ir.Comprehension():
                yield from self._comprehension(node, seen)
            case ir.Conditional(test=test, body=body, orelse=orelse):
                yield from self.of(body, replace(seen, checked=seen.checked | checked_in(test)))
                yield from self.of(orelse, seen)
            case ir.Binary(op="+"):
                yield from self._pieces(tuple(_terms(node)), seen)
            case _:
                for part in _parts(node):
                    yield from self.of(part, seen)

    def _is_checked(self, node: ir.Expr, seen: _Seen) -> bool:
        name = spelled(node)
        if not name:
            return False
        own = self.origins.checks(self.function, self.body)
        return name in seen.checked or any(name == one and start < seen.at for start, one in own)

    def _is_own_request(self, node: ir.Expr) -> bool:
        """Return whether what is called a request is an object of the project, such as the body of one."""
        rows = [one for one in self.body.parameters if one.name == _first(node) and one.annotation is not None]
        return any(not _is_request(one) for one in rows)

    def _pieces(self, parts: tuple[ir.Expr, ...], seen: _Seen) -> Iterator[End]:
        """Yield where the parts of a text come from; the text before each tells its position."""
        position = seen.position
        for part in parts:
            if isinstance(part, ir.Text):
                position = _position_after(part.value) or seen.position
            else:
                yield from self.of(part, replace(seen, position=position))

    def _call(self, node: ir.Call, seen: _Seen) -> Iterator[End]:
        name = called_name(node)
        if name in NUMBERS or CLEANING.search(name):
            return
        if isinstance(node.func, ir.Attribute) and name == "format":
            for part in (node.func.value, *node.args, *[word.value for word in node.keywords]):
                yield from self.of(part, seen)
        elif isinstance(node.func, ir.Attribute) and name == "join":
            for part in node.args:
                yield from self.of(part, seen)
        elif isinstance(node.func, ir.Attribute) and name in _KEEPING:
            if not _escapes(node):
                yield from self.of(node.func.value, seen)
            for part in node.args[1:] if is_taken(node) else ():
                yield from self.of(part, seen)
        elif name in _PASSING or name in WRAPPERS:
            for part in node.args:
                yield from self.of(part, seen)
        elif name == "map" and node.args and getattr(node.args[0], "id", "") not in NUMBERS:
            for part in node.args[1:]:
                yield from self.of(part, seen)
        else:
            yield from self._returned(node, seen)

    def _returned(self, node: ir.Call, seen: _Seen) -> Iterator[End]:
        called = self.origins.called(self.function, node) if self.calls else None
        for end in self.origins.results(called, self.calls - 1) if called is not None else ():
            if not end.parameter:
                yield replace(end, position=end.position or seen.position)
            elif end.function is called:
                argument = (given(node, called) or {}).get(end.parameter)
                inner = replace(seen, fields=end.fields, position=end.position or seen.position)
                yield from self.of(argument, inner) if argument is not None else ()

    def _comprehension(self, node: ir.Comprehension, seen: _Seen) -> Iterator[End]:
        names, checked = dict(seen.names), seen.checked
        for clause in node.clauses:
            names |= dict.fromkeys(target_names(clause.target), clause.iterable)
            checked = checked.union(*[checked_in(one) for one in clause.conditions])
        inner = replace(seen, names=names, checked=checked)
        for part in (node.element, node.value):
            yield from self.of(part, inner) if part is not None else ()

    def _name(self, node: ir.Name, seen: _Seen) -> Iterator[End]:
        if node.id in seen.names:
            outer = {name: one for name, one in seen.names.items() if name != node.id}
            yield from self.of(seen.names[node.id], replace(seen, names=outer))
            return
        found = reaching(self.body, node.id, seen.at)
        for one in found.values:
            yield from self.of(one.node, replace(seen, at=one.at, names={}))
        if found.is_given:
            yield from self._given(node, seen)

    def _given(self, node: ir.Name, seen: _Seen) -> Iterator[End]:
        """Yield what a name is that the function does not bind itself: a parameter, or a name of the one around it."""
        row = next((one for one in self.body.parameters if one.name == node.id), None)
        if row is None:
            yield from self._around(node, seen)
        elif row.name not in ("self", "cls") and row.kind not in ("star", "starstar"):
            if holds_text(self.origins.project, self.function, row, seen.fields):
                yield End(self.function, node, row.name, seen.fields, seen.position)

    def _around(self, node: ir.Name, seen: _Seen) -> Iterator[End]:
        outer = self.function.outer
        body = self.origins.project.function_node(outer) if outer is not None else None
        if outer is not None and body is not None and reaching(self.body, node.id, self.body.end).is_given:
            inner = _Tracing(self.origins, outer, body, self.calls)
            yield from inner.of(node, replace(seen, at=self.body.start, names={}))

    def _attribute(self, node: ir.Attribute, seen: _Seen) -> Iterator[End]:
        if isinstance(node.value, ir.Name) and node.value.id == "self":
            yield from self._kept(node.name, seen)
        elif isinstance(node.value, ir.Name | ir.Attribute):
            yield from self.of(node.value, replace(seen, fields=(node.name, *seen.fields)))

    def _kept(self, name: str, seen: _Seen) -> Iterator[End]:
        """Yield where the text comes from that an object was made with."""
        owner = self.function.owner
        making = owner.module.functions.get(f"{owner.row.name}.__init__") if owner is not None else None
        body = self.origins.project.function_node(making) if making is not None else None
        value = attributes_of_receiver(body).get(name) if body is not None else None
        if making is not None and body is not None and value is not None and making is not self.function:
            inner = _Tracing(self.origins, making, body, self.calls)
            yield from inner.of(value, replace(seen, at=value.start, names={}))


def _parts(node: ir.Expr) -> tuple[ir.Expr, ...]:
    """Return the parts of an expression whose texts are in that of the whole."""
    match node:
        case ir.Binary(op="%", left=left, right=right):
            return (left, right)
        case ir.Boolean(values=parts) | ir.Collection(items=parts) | ir.Mapping(values=parts):
            return parts
        case ir.Await(value=value) | ir.Starred(value=value) | ir.Walrus(value=value) | ir.Subscript(value=value):
            return (value,)
        case _:
            return ()


def _terms(node: ir.Expr) -> Iterator[ir.Expr]:
    if isinstance(node, ir.Binary) and node.op == "+":
        yield from _terms(node.left)
        yield from _terms(node.right)
    else:
        yield node


def _position_after(text: str) -> Position | None:
    if _NAME.search(text):
        return Position.IDENTIFIER
    return Position.VALUE if _VALUE.search(text) else None


def _escapes(call: ir.Call) -> bool:
    """Return whether a call doubles or removes quotes."""
    first = call.args[0] if call.args else None
    return called_name(call) == "replace" and isinstance(first, ir.Text) and first.value in ("'", '"', "`", "\\")


def _first(node: ir.Expr) -> str:
    while not isinstance(node, ir.Name):
        inner = getattr(node, "value", None) or getattr(node, "func", None)
        if not isinstance(inner, ir.Node):
            return ""
        node = inner  # type: ignore[assignment]
    return node.id


def _is_request(row: ir.Parameter) -> bool:
    return row.annotation is not None and any("Request" in name for name in type_names(row.annotation))
