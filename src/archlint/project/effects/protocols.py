"""Which classes have the shape of a `typing.Protocol` without naming it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.inference.calls import is_static
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.symbols.hierarchy import is_abstract_method

if TYPE_CHECKING:
    from archlint.project.project import Project

_ANY_NAMES = frozenset({"star", "starstar"})
Named = Callable[[str], list[FunctionDefinition]]


class Protocols:
    """Answers which methods only a protocol promises, and which methods keep the promise."""

    def __init__(self, project: Project, methods_named: Named) -> None:
        self._project = project
        self._methods_named = methods_named
        self._found: dict[FunctionDefinition, tuple[FunctionDefinition, ...]] = {}

    def promises(self, function: FunctionDefinition) -> bool:
        """Return whether a method stands in a protocol and does nothing there."""
        owner = self._owner(function)
        if owner is None:
            return False
        inference = self._project.inference
        inference.reads(owner.module, owner.row.name)
        if not self._is_protocol(owner):
            return False
        inference.reads_body(function.module, function.unit)
        return is_abstract_method(function, self._project.function_node(function))

    def implementers(self, promised: FunctionDefinition) -> tuple[FunctionDefinition, ...]:
        """Return the methods of the classes that have every method of the protocol of a method."""
        if promised not in self._found:
            self._found[promised] = tuple(self._kept(promised))
        return self._found[promised]

    def _kept(self, promised: FunctionDefinition) -> list[FunctionDefinition]:
        protocol = self._owner(promised)
        wanted = self._wanted(protocol) if protocol is not None else {}
        found = []
        for function in self._methods_named(promised.row.name):
            owner = self._owner(function)
            if owner is not None and owner is not protocol and not self._is_protocol(owner):
                own = self._methods_of(owner)
                if all(name in own and _fits(own[name], one) for name, one in wanted.items()):
                    found.append(function)
        return found

    def _wanted(self, protocol: ClassDefinition) -> dict[str, FunctionDefinition]:
        """Return the methods that a class must have; how it is made is its own affair."""
        found = self._methods_of(protocol)
        return {name: one for name, one in found.items() if name != "__init__" and self._is_promised(one)}

    def _is_promised(self, function: FunctionDefinition) -> bool:
        owner = self._owner(function)
        return owner is not None and self._is_protocol(owner)

    def _methods_of(self, definition: ClassDefinition) -> dict[str, FunctionDefinition]:
        found: dict[str, FunctionDefinition] = {}
        for ancestor in reversed(self._project.symbols.mro(definition)):
            if isinstance(ancestor, ClassDefinition):
                found |= {one.row.name: one for one in ancestor.module.methods.get(ancestor.row.name, ())}
        return found

    def _owner(self, function: FunctionDefinition) -> ClassDefinition | None:
        return function.module.classes.get(function.row.owner) if function.outer is None else None

    def _is_protocol(self, definition: ClassDefinition) -> bool:
        return self._project.symbols.hierarchy.is_protocol(definition)


def _fits(function: FunctionDefinition, promised: FunctionDefinition) -> bool:
    """Return whether a method may be called as the protocol says: by the same names, and awaited or not.

    What takes anything, and names nothing of what is asked, would keep the promise of every protocol.
    """
    asked = {one.name for one in promised.row.parameters[1:]}
    own = function.row.parameters if is_static(function) else function.row.parameters[1:]
    takes_any = any(one.kind in _ANY_NAMES for one in own)
    needed = {one.name for one in own if one.default is None and one.kind not in _ANY_NAMES}
    names = {one.name for one in own}
    is_called_alike = needed <= asked and (asked <= names or (takes_any and not asked.isdisjoint(names)))
    is_awaited_alike = function.row.is_async == promised.row.is_async or _is_awaitable(promised)
    return is_called_alike and is_awaited_alike and _is_property(function) == _is_property(promised)


def _is_awaitable(promised: FunctionDefinition) -> bool:
    """Return whether a plain method promises something to await: `def load(self) -> Awaitable[Order]`."""
    node = promised.row.returns
    name = dotted(node.value if isinstance(node, ir.Subscript) else node) if node is not None else ""
    return name.rpartition(".")[2].startswith(("Async", "Awaitable", "Coroutine"))


def _is_property(function: FunctionDefinition) -> bool:
    return any(dotted(one) == "property" for one in function.row.decorators)
