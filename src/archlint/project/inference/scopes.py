"""What names mean at one point of a function."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.project.symbols import ClassDefinition, FunctionDefinition, Module
from archlint.project.values import UNKNOWN, Items, Nothing, Parts, Query, Value, join


class Scope(msgspec.Struct):
    """The locals at a point, the class around it and its module; `offset` is the start of the unit in the file.

    `receiver` is what the method is called on, where that says more than the class around it.
    `function` is the function whose body this is. `known` holds the values of expressions since names
    last changed, with the expressions: an identity is theirs only while they live.
    Scopes in which names mean the same share both until one of them binds a name.
    """

    module: Module
    offset: int
    owner: ClassDefinition | None = None
    names: Mapping[str, Value] = msgspec.field(default_factory=dict)
    receiver: Value | None = None
    function: FunctionDefinition | None = None
    known: dict[int, tuple[ir.Expr, Value]] = msgspec.field(default_factory=dict)
    _is_shared: bool = False

    def branch(self) -> Scope:
        """Return a copy that can go its own way, or stay and keep what holds at this point."""
        self._is_shared = True
        return Scope(
            self.module, self.offset, self.owner, self.names, self.receiver, self.function, self.known, _is_shared=True
        )

    def bind(self, name: str, value: Value) -> None:
        """Let a name stand for a value from here on."""
        self._own()[name] = value

    def bind_all(self, values: Mapping[str, Value]) -> None:
        """Let some names stand for values from here on."""
        self._own().update(values)

    def become(self, other: Scope) -> None:
        """Go on with the names of a branch."""
        self.names, self.known = other.names, other.known
        self._is_shared = other._is_shared = True

    def merge(self, other: Scope) -> None:
        """Keep what holds here and in a branch."""
        if self.names is other.names or self.names == other.names:
            return
        names = self._own()
        for name in names.keys() | other.names.keys():
            mine, theirs = names.get(name), other.names.get(name)
            # A name that only one of the ways binds is read only where that way was taken.
            if mine is not theirs:
                names[name] = join(mine, theirs) if mine is not None and theirs is not None else UNKNOWN

    def _own(self) -> dict[str, Value]:
        """Return the names, to be changed: nobody else has them any more."""
        names = dict(self.names) if self._is_shared or not isinstance(self.names, dict) else self.names
        self.names, self._is_shared, self.known = names, False, {}
        return names

    def changed(self, name: str) -> None:
        """Note that something was added to the collection that a name stands for, or that it was replaced in place."""
        value = self.names.get(name)
        if isinstance(value, Items):
            self.bind(name, replace(value, is_constant=False))
        elif value is not None and not isinstance(value, Query):
            self.bind(name, UNKNOWN)

    def added(self, name: str, value: Value, *, is_repeated: bool) -> None:
        """Note that something was added to the collection that a name stands for, and what; maybe in a loop."""
        held = self.names.get(name)
        if not isinstance(held, Items):
            self.changed(name)
            return
        first = held.element if value == UNKNOWN else value  # an annotation may tell what is in an empty one
        element = first if held.is_empty else join(held.element, value)
        is_fixed = (held.is_constant or held.is_empty) and not is_repeated
        self.bind(name, replace(held, element=element, is_constant=is_fixed, is_empty=False, source=None))


def bind(target: ir.Expr, value: Value, scope: Scope) -> None:
    """Bind what an assignment target names; of an unpacked value only the parts of a tuple are known."""
    if isinstance(target, ir.Name):
        scope.bind(target.id, value)
    elif isinstance(target, ir.Collection):
        for item, part in zip(target.items, _parts(target, value), strict=True):
            bind(item.value if isinstance(item, ir.Starred) else item, part, scope)


def _parts(target: ir.Collection, value: Value) -> tuple[Value, ...]:
    starred = any(isinstance(item, ir.Starred) for item in target.items)
    if isinstance(value, Parts) and len(value.values) == len(target.items) and not starred:
        return value.values
    if isinstance(value, Nothing):
        return (value,) * len(target.items)
    if isinstance(value, Items) and not starred:
        return (value.element,) * len(target.items)
    return (UNKNOWN,) * len(target.items)
