"""Where the text of an expression comes from, inside the function that it stands in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.project.bounds.passing import given
from archlint.project.injection.bindings import Bound, reaching
from archlint.project.injection.checking import CLEANING, NUMBERS, checked_in, checks, spelled
from archlint.project.injection.ends import WHOLE, End, Taken
from archlint.project.injection.pieces import (
    escapes,
    filled,
    first_name,
    parts,
    place_in,
    position_after,
    put_in,
    terms,
)
from archlint.project.injection.reading import converts, is_taken, read
from archlint.project.injection.typed import holds_text, type_names
from archlint.project.project import Project
from archlint.project.sql import Position
from archlint.project.sql.fields import Form
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import attributes_of_receiver, called_name, statements_in, target_names
from archlint.syntax.string_values import WRAPPERS

_MAX_VISITED = 2_000
"""Expressions that are looked at for one text."""
_MAX_CALLS = 3
"""Functions whose results are followed into each other."""
_VIEWS = frozenset({"items", "keys", "values"})
_METHODS = _VIEWS | {
    "capitalize", "casefold", "copy", "decode", "encode", "format", "get", "get_list", "getall", "getlist", "getone",
    "join", "lower", "lstrip", "partition", "pop", "removeprefix", "removesuffix", "replace", "rpartition", "rsplit",
    "rstrip", "split", "splitlines", "strip", "swapcase", "title", "to_dict", "upper",
}  # fmt: skip
"""Methods whose result has the text in it of what they are called on, or given."""
_PASSING = frozenset(
    {
        "b64decode", "b64encode", "dict", "enumerate", "list", "loads", "repr", "reversed", "set", "sorted", "str",
        "tuple", "unquote", "unquote_plus", "zip",
    }
)  # fmt: skip
"""Functions whose result has the text in it of what they are given."""
_LISTING = frozenset({"enumerate", "list", "reversed", "set", "sorted", "tuple", "zip"})
"""Those of them that give what a loop over it would."""


class _Seen(msgspec.Struct, frozen=True, eq=False):
    """How an expression is looked at: as of which offset, where its text goes, and what is taken of it.

    `names` are what the loops of comprehensions around it run over, each with their target.
    """

    at: int
    position: Position | None = None
    taken: Taken = WHOLE
    names: Mapping[str, ir.Clause] = msgspec.field(default_factory=dict)
    checked: frozenset[str] = frozenset()


class Origins:
    """Follows texts to where they come from; each function is looked at once."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._checks: dict[FunctionDefinition, tuple[tuple[int, str], ...]] = {}
        self._results: dict[tuple[FunctionDefinition, int], tuple[End, ...]] = {}

    def of(
        self, function: FunctionDefinition, node: ir.Expr, at: int, taken: Taken = WHOLE, calls: int = _MAX_CALLS
    ) -> tuple[End, ...]:
        """Return where the text of an expression of a function comes from, as far as clients may decide it."""
        body = self.project.function_node(function)
        if body is None:
            return ()
        return tuple(_Tracing(self, function, body, calls, set()).of(node, _Seen(at, taken=taken)))

    def results(self, function: FunctionDefinition, calls: int) -> tuple[End, ...]:
        """Return where the text of what a function returns comes from."""
        key = function, calls
        if key not in self._results:
            self._results[key] = ()
            node = self.project.function_node(function)
            returns = (
                [one for one in statements_in(node.body) if isinstance(one, ir.Return)] if node is not None else []
            )
            found = [self.of(function, one.value, one.start, WHOLE, calls) for one in returns if one.value is not None]
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


class _Tracing(msgspec.Struct, frozen=True):
    """Follows texts in one function."""

    origins: Origins
    function: FunctionDefinition
    body: ir.Function
    calls: int
    visited: set[tuple[object, ...]]
    """What was looked at: a name that many ways assign comes from each place once."""

    def of(self, node: ir.Expr, seen: _Seen) -> Iterator[End]:
        """Yield where the text of an expression comes from."""
        key = self.function, node.start, node.end, seen.at, seen.position, seen.taken, seen.checked
        if key in self.visited or len(self.visited) > _MAX_VISITED or self._is_checked(node, seen):
            return
        self.visited.add(key)
        if read(node) and not self._is_own_request(node):
            yield End(self.function, node, position=seen.position)
            return
        match node:
            case ir.Call():
                yield from self._call(node, seen)
            case ir.Name():
                yield from self._name(node, seen)
            case ir.Attribute():
                yield from self._attribute(node, seen)
            case ir.Comprehension():
                yield from self._comprehension(node, seen)
            case _:
                yield from self._composed(node, seen)

    def _composed(self, node: ir.Expr, seen: _Seen) -> Iterator[End]:
        match node:
            case ir.Format(parts=pieces):
                yield from self._pieces(pieces, seen)
            case ir.Binary(op="+"):
                yield from self._pieces(tuple(terms(node)), seen)
            case ir.Binary(op="%", left=ir.Text()):
                yield from self._filled(node.left, Form.of_percent(node), seen)
            case ir.Mapping():
                yield from self._mapping(node, seen)
            case ir.Conditional(test=test, body=body, orelse=orelse):
                yield from self.of(body, replace(seen, checked=seen.checked | checked_in(test)))
                yield from self.of(orelse, seen)
            case _:
                for part in parts(node):
                    yield from self.of(part, seen)

    def _is_checked(self, node: ir.Expr, seen: _Seen) -> bool:
        name = spelled(node)
        if not name:
            return False
        own = self.origins.checks(self.function, self.body)
        return name in seen.checked or any(name == one and start < seen.at for start, one in own)

    def _is_own_request(self, node: ir.Expr) -> bool:
        """Return whether what is called a request is an object of the project, such as the body of one."""
        rows = [one for one in self.body.parameters if one.name == first_name(node) and one.annotation is not None]
        return any(not _is_request(one) for one in rows)

    def _pieces(self, pieces: tuple[ir.Expr, ...], seen: _Seen) -> Iterator[End]:
        """Yield where the parts of a text come from; the text before each tells its position."""
        position = seen.position
        for part in pieces:
            if isinstance(part, ir.Text):
                position = position_after(part.value) or seen.position
            else:
                yield from self.of(part, replace(seen, position=position))

    def _filled(self, text: ir.Expr, form: Form, seen: _Seen) -> Iterator[End]:
        for part, position in filled(text, form):
            yield from self.of(part, replace(seen, position=position or seen.position))

    def _mapping(self, node: ir.Mapping, seen: _Seen) -> Iterator[End]:
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                yield from self.of(value, seen)
            else:
                yield from self.of(key if seen.taken.is_keys else value, replace(seen, taken=WHOLE))

    def _items(self, node: ir.Expr, place: int | None, seen: _Seen) -> Iterator[End]:
        """Yield where the text of what a loop over an expression gives comes from; `place` is that in its target."""
        name = called_name(node) if isinstance(node, ir.Call) else ""
        if isinstance(node, ir.Call) and name == "enumerate" and node.args:
            yield from self._items(node.args[0], None, seen) if place != 0 else ()
        elif isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and name in _VIEWS:
            is_keys = name == "keys" or (name == "items" and place == 0)
            yield from self.of(node.func.value, replace(seen, taken=replace(seen.taken, is_keys=is_keys)))
        elif name != "range":
            yield from self.of(node, replace(seen, taken=replace(seen.taken, is_keys=True)))

    def _call(self, node: ir.Call, seen: _Seen) -> Iterator[End]:
        name = called_name(node)
        if name in NUMBERS or CLEANING.search(name) or converts(node):
            return
        if isinstance(node.func, ir.Attribute) and name in _METHODS:
            yield from self._method(node, node.func, seen)
        elif name in _LISTING or (name == "map" and node.args and getattr(node.args[0], "id", "") not in NUMBERS):
            for part in node.args[name == "map" :]:
                yield from self._items(part, None, seen)
        elif name in _PASSING or name in WRAPPERS:
            for part in node.args:
                yield from self.of(part, seen)
        else:
            yield from self._returned(node, seen)

    def _method(self, node: ir.Call, func: ir.Attribute, seen: _Seen) -> Iterator[End]:
        """Yield where the text comes from that a method keeps of what it is called on and given."""
        if func.name in _VIEWS:
            yield from self._items(node, None, seen)
        elif func.name == "format" and isinstance(func.value, ir.Text):
            yield from self._filled(func.value, Form.of_braces(node), seen)
        elif func.name == "join":
            for part in node.args:
                yield from self._items(part, None, seen)
        elif not escapes(node):
            yield from self.of(func.value, replace(seen, taken=WHOLE) if is_taken(node) else seen)
            for part in put_in(node):
                yield from self.of(part, seen)

    def _returned(self, node: ir.Call, seen: _Seen) -> Iterator[End]:
        called = self.origins.called(self.function, node) if self.calls else None
        for end in self.origins.results(called, self.calls - 1) if called is not None else ():
            if not end.parameter:
                yield replace(end, position=end.position or seen.position)
            elif end.function is called:
                argument = (given(node, called) or {}).get(end.parameter)
                inner = replace(seen, taken=end.taken, position=end.position or seen.position)
                yield from self.of(argument, inner) if argument is not None else ()

    def _comprehension(self, node: ir.Comprehension, seen: _Seen) -> Iterator[End]:
        names, checked = dict(seen.names), seen.checked
        for clause in node.clauses:
            names |= dict.fromkeys(target_names(clause.target), clause)
            checked = checked.union(*[checked_in(one) for one in clause.conditions])
        made = node.element if node.value is None or seen.taken.is_keys else node.value
        yield from self.of(made, replace(seen, names=names, checked=checked, taken=WHOLE))

    def _name(self, node: ir.Name, seen: _Seen) -> Iterator[End]:
        clause = seen.names.get(node.id)
        if clause is not None:
            outer = {name: one for name, one in seen.names.items() if one is not clause}
            yield from self._items(clause.iterable, place_in(clause.target, node.id), replace(seen, names=outer))
            return
        found = reaching(self.body, node.id, seen.at)
        for one in found.values:
            yield from self._bound(one, node.id, replace(seen, at=one.at, names={}))
        if found.is_given:
            yield from self._given(node, seen)

    def _bound(self, one: Bound, name: str, seen: _Seen) -> Iterator[End]:
        if one.target is not None:
            yield from self._items(one.node, place_in(one.target, name), seen)
        elif one.key is not None:
            yield from self.of(one.key if seen.taken.is_keys else one.node, replace(seen, taken=WHOLE))
        else:
            yield from self.of(one.node, seen)

    def _given(self, node: ir.Name, seen: _Seen) -> Iterator[End]:
        """Yield what a name is that the function does not bind itself: a parameter, or a name of the one around it."""
        row = next((one for one in self.body.parameters if one.name == node.id), None)
        if row is None:
            yield from self._around(node, seen)
        elif self._may_be_text(row, seen):
            yield End(self.function, node, row.name, seen.taken, seen.position)

    def _may_be_text(self, row: ir.Parameter, seen: _Seen) -> bool:
        if row.name in ("self", "cls") or row.kind in ("star", "starstar"):
            return False
        return holds_text(self.origins.project, self.function, row, seen.taken.fields)

    def _around(self, node: ir.Name, seen: _Seen) -> Iterator[End]:
        outer = self.function.outer
        body = self.origins.project.function_node(outer) if outer is not None else None
        if outer is not None and body is not None and reaching(self.body, node.id, self.body.end).is_given:
            inner = _Tracing(self.origins, outer, body, self.calls, self.visited)
            yield from inner.of(node, replace(seen, at=self.body.start, names={}))

    def _attribute(self, node: ir.Attribute, seen: _Seen) -> Iterator[End]:
        if isinstance(node.value, ir.Name) and node.value.id == "self":
            yield from self._kept(node.name, seen)
        elif isinstance(node.value, ir.Name | ir.Attribute):
            yield from self.of(
                node.value, replace(seen, taken=Taken((node.name, *seen.taken.fields), seen.taken.is_keys))
            )

    def _kept(self, name: str, seen: _Seen) -> Iterator[End]:
        """Yield where the text comes from that an object was made with."""
        owner = self.function.owner
        making = owner.module.functions.get(f"{owner.row.name}.__init__") if owner is not None else None
        body = self.origins.project.function_node(making) if making is not None else None
        value = attributes_of_receiver(body).get(name) if body is not None else None
        if making is not None and body is not None and value is not None and making is not self.function:
            inner = _Tracing(self.origins, making, body, self.calls, self.visited)
            yield from inner.of(value, replace(seen, at=value.start, names={}))


def _is_request(row: ir.Parameter) -> bool:
    return row.annotation is not None and any("Request" in name for name in type_names(row.annotation))
