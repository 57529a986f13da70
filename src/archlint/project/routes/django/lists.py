"""The items of lists, as modules, classes and functions build them: displays, `+`, `append`, loops, imports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.routes.django import environment
from archlint.project.routes.django.frames import (
    Frame,
    Given,
    Step,
    class_statements,
    module_statements,
)
from archlint.project.symbols import Module, Variable
from archlint.project.tree import target_names
from archlint.project.values import UNKNOWN, ProjectFunction

if TYPE_CHECKING:
    from archlint.project.routes.django.reader import Reader

_COPIES = frozenset({"list", "reversed", "set", "sorted", "tuple"})
_HANDING_ON = frozenset({"decorator_patterns", "format_suffix_patterns"})
"""Functions of libraries that give the patterns of their first argument."""


class Lists:
    """Follows lists to their items."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._growing: dict[tuple[int, str], list[Given]] = {}
        self._modules: dict[tuple[Module, str], list[Given]] = {}
        self.taken_from: set[Module] = set()
        """Modules of which others took a list."""

    def of_module(self, module: Module, name: str) -> list[Given]:
        """Return the items of a list of a module."""
        if (module, name) in self._modules:
            return self._modules[module, name]
        is_outermost = not self._growing
        found = self.grown(
            name, module, module_statements(self._reader.project, module), self._imported_items(module, name)
        )
        if is_outermost:  # else a list that is still growing may be part of it
            self._modules[module, name] = found
        return found

    def grown(
        self, name: str, owner: object, statements: Iterable[tuple[ir.Stmt, Frame]], before: Iterable[Given] = ()
    ) -> list[Given]:
        """Return the items of the list that a name stands for after some statements; `owner` tells scopes apart."""
        return self._listed(name, id(owner), self._reader.flow(statements), before)

    def _imported_items(self, module: Module, name: str) -> list[Given]:
        """Return the items of a list that a module imports before it adds its own."""
        if name not in module.imports and not module.starred:
            return []
        targets = [module.imports[name]] if name in module.imports else [f"{one}.{name}" for one in module.starred]
        for target in targets:
            found = self._reader.project.symbols.find(target, module)
            if isinstance(found, Variable) and found.module is not module and not found.owner:
                self.taken_from.add(found.module)
                return self.of_module(found.module, found.name)
        return []

    def items_of(self, given: Given) -> Iterator[Given]:
        """Yield the items of a list, one step into what is not written out."""
        node, frame = given.node, given.frame
        match node:
            case ir.Collection():
                for item in node.items:
                    yield from (
                        self._reader.items(given.at(item.value)) if isinstance(item, ir.Starred) else [given.at(item)]
                    )
            case ir.Binary(op="+"):
                yield from self._reader.items(given.at(node.left))
                yield from self._reader.items(given.at(node.right))
            case ir.Conditional():
                taken = self._reader.truth(node.test, frame)
                yield from self._reader.items(given.at(node.body)) if taken is not False else ()
                yield from self._reader.items(given.at(node.orelse)) if taken is not True else ()
            case ir.Comprehension() if len(node.clauses) == 1 and node.kind != "dict":
                for turn in self._reader.items(given.at(node.clauses[0].iterable)):
                    yield Given(node.element, frame.binding(node.clauses[0].target, turn))
            case ir.Name() | ir.Attribute():
                yield from self._named_items(given)
            case ir.Call():
                yield from self._called_items(given, node)
            case _:
                yield given

    def _called_items(self, given: Given, node: ir.Call) -> Iterator[Given]:
        if node.args and self._hands_on(node, given.frame):
            yield from self._reader.items(given.at(node.args[0]))
            return
        if environment.reads_list(node):
            yield from environment.items(self._reader, given, node)
            return
        results = list(self._reader.results(given))
        for result in results:
            if isinstance(result.node, ir.Starred):
                yield from self._reader.items(result.at(result.node.value))
            elif isinstance(self._reader.value(node.func, given.frame), ProjectFunction) and self._is_generator(given):
                yield result
            else:
                yield from self._reader.items(result)
        if not results:
            yield given

    def _hands_on(self, node: ir.Call, frame: Frame) -> bool:
        """Return whether a call gives the items of its first argument.

        They are read here, while the list may still grow: `urlpatterns = format_suffix_patterns(urlpatterns)` gives
        what was in it before.
        """
        name = self._reader.external(node.func, frame)
        is_copy = name in _COPIES and len(node.args) == 1
        return is_copy or (name or dotted(node.func)).rpartition(".")[2] in _HANDING_ON

    def _is_generator(self, given: Given) -> bool:
        callee = self._reader.value(given.node.func, given.frame) if isinstance(given.node, ir.Call) else UNKNOWN
        node = self._reader.project.function_node(callee.definition) if isinstance(callee, ProjectFunction) else None
        return node is not None and node.is_generator

    def _named_items(self, given: Given) -> Iterator[Given]:
        node, frame = given.node, given.frame
        if isinstance(node, ir.Name) and node.id in frame.names:
            yield from self._reader.items(frame.names[node.id])
        elif isinstance(node, ir.Name) and frame.body and frame.assigns(node.id):
            yield from self.grown(node.id, frame.body, ((one, frame) for one in frame.body))
        elif isinstance(node, ir.Attribute) and self._reader.is_settings(node.value, frame):
            yield from self._reader.settings.items(node.name)
        else:
            found = self._reader.variable(node, frame)
            if found is None:
                yield given
            elif found.owner:
                owner = found.module.classes[found.owner]
                yield from self.grown(found.name, owner, class_statements(self._reader.project, owner))
            else:
                if found.module is not frame.module:
                    self.taken_from.add(found.module)
                yield from self.of_module(found.module, found.name)

    def _listed(self, name: str, key: int, steps: Iterable[Step], before: Iterable[Given] = ()) -> list[Given]:
        place = (key, name)
        if place in self._growing:
            return list(self._growing[place])
        found = self._growing[place] = list(before)
        try:
            for statement, frame, certain in steps:
                self._grow(found, name, statement, frame, certain=certain)
        finally:
            del self._growing[place]
        return found

    def _grow(self, found: list[Given], name: str, node: ir.Stmt, frame: Frame, *, certain: bool) -> None:
        if isinstance(node, ir.Assign) and node.value is not None:
            if any(name in target_names(target) for target in node.targets):
                items = list(self._reader.items(Given(node.value, frame)))
                kept = [] if certain else [one for one in found if not _has(items, one)]
                found[:] = [*kept, *items]
        elif isinstance(node, ir.AugmentedAssign) and isinstance(node.target, ir.Name) and node.target.id == name:
            found.extend(self._reader.items(Given(node.value, frame)))
        elif isinstance(node, ir.Evaluate) and isinstance(node.value, ir.Call):
            self._mutate(found, name, node.value, frame)

    def _mutate(self, found: list[Given], name: str, call: ir.Call, frame: Frame) -> None:
        func = call.func
        if not (isinstance(func, ir.Attribute) and isinstance(func.value, ir.Name) and func.value.id == name):
            return
        if func.name == "append" and call.args:
            found.append(Given(call.args[0], frame))
        elif func.name == "insert" and len(call.args) > 1:
            found.insert(0, Given(call.args[1], frame))
        elif func.name == "extend" and call.args:
            found.extend(self._reader.items(Given(call.args[0], frame)))


def _has(items: list[Given], one: Given) -> bool:
    return any(item.node is one.node for item in items)
