"""What names mean at one point of a function."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from archlint.ir import nodes as ir
from archlint.project.symbols import ClassDefinition, Module
from archlint.project.values import UNKNOWN, Items, Parts, Query, Value, join


@dataclass(slots=True)
class Scope:
    """The locals at a point, the class around it and its module; `offset` is the start of the unit in the file."""

    module: Module
    offset: int
    owner: ClassDefinition | None = None
    names: dict[str, Value] = field(default_factory=dict)

    def branch(self) -> Scope:
        """Return a copy that can go its own way."""
        return replace(self, names=dict(self.names))

    def merge(self, other: Scope) -> None:
        """Keep what holds here and in a branch."""
        for name in self.names.keys() | other.names.keys():
            mine, theirs = self.names.get(name), other.names.get(name)
            # A name that only one of the ways binds is read only where that way was taken.
            self.names[name] = join(mine, theirs) if mine is not None and theirs is not None else UNKNOWN

    def changed(self, name: str) -> None:
        """Note that something was added to the collection that a name stands for, or that it was replaced in place."""
        value = self.names.get(name)
        if isinstance(value, Items):
            self.names[name] = replace(value, is_constant=False)
        elif value is not None and not isinstance(value, Query):
            self.names[name] = UNKNOWN


def bind(target: ir.Expr, value: Value, scope: Scope) -> None:
    """Bind what an assignment target names; of an unpacked value only the parts of a tuple are known."""
    if isinstance(target, ir.Name):
        scope.names[target.id] = value
    elif isinstance(target, ir.Collection):
        for item, part in zip(target.items, _parts(target, value), strict=True):
            bind(item.value if isinstance(item, ir.Starred) else item, part, scope)


def _parts(target: ir.Collection, value: Value) -> tuple[Value, ...]:
    starred = any(isinstance(item, ir.Starred) for item in target.items)
    if isinstance(value, Parts) and len(value.values) == len(target.items) and not starred:
        return value.values
    return (UNKNOWN,) * len(target.items)
