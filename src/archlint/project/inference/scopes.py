"""What names mean at one point of a function."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from archlint.ir import nodes as ir
from archlint.project.symbols import ClassDefinition, FunctionDefinition, Module
from archlint.project.values import UNKNOWN, Items, Nothing, Parts, Query, Value, join


@dataclass(slots=True)
class Scope:
    """The locals at a point, the class around it and its module; `offset` is the start of the unit in the file.

    `receiver` is what the method is called on, where that says more than the class around it.
    `function` is the function whose body this is. `known` holds the values of expressions since names
    last changed, with the expressions: an identity is theirs only while they live.
    """

    module: Module
    offset: int
    owner: ClassDefinition | None = None
    names: dict[str, Value] = field(default_factory=dict)
    receiver: Value | None = None
    function: FunctionDefinition | None = None
    known: dict[int, tuple[ir.Expr, Value]] = field(default_factory=dict)

    def branch(self) -> Scope:
        """Return a copy that can go its own way."""
        return Scope(self.module, self.offset, self.owner, dict(self.names), self.receiver, self.function)

    def snapshot(self) -> Scope:
        """Return what holds at this point, with the values that were found so far."""
        copy = self.branch()
        copy.known = dict(self.known)
        return copy

    def bind(self, name: str, value: Value) -> None:
        """Let a name stand for a value from here on."""
        self.names[name] = value
        self.known.clear()

    def merge(self, other: Scope) -> None:
        """Keep what holds here and in a branch."""
        if self.names == other.names:
            return
        for name in self.names.keys() | other.names.keys():
            mine, theirs = self.names.get(name), other.names.get(name)
            # A name that only one of the ways binds is read only where that way was taken.
            self.names[name] = join(mine, theirs) if mine is not None and theirs is not None else UNKNOWN
        self.known.clear()

    def changed(self, name: str) -> None:
        """Note that something was added to the collection that a name stands for, or that it was replaced in place."""
        value = self.names.get(name)
        if isinstance(value, Items):
            self.bind(name, replace(value, is_constant=False))
        elif value is not None and not isinstance(value, Query):
            self.bind(name, UNKNOWN)

    def added(self, name: str, value: Value) -> None:
        """Note that something was added to the collection that a name stands for, and what."""
        held = self.names.get(name)
        if not isinstance(held, Items):
            self.changed(name)
            return
        first = held.element if value == UNKNOWN else value  # an annotation may tell what is in an empty one
        element = first if held.is_empty else join(held.element, value)
        self.bind(name, replace(held, element=element, is_constant=False, is_empty=False, source=None))


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
