"""What the settings of a Django project say, over split settings and star imports."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.project.project import Project
from archlint.project.routes.django.frames import Frame, Given, module_statements
from archlint.project.symbols import Module
from archlint.source import Role

if TYPE_CHECKING:
    from archlint.project.routes.django.reader import Reader

_MARKS = ("ROOT_URLCONF", "INSTALLED_APPS", "MIDDLEWARE")
"""Names that only settings have; the first says where the routes are."""


class DjangoSettings:
    """The settings modules of a project, those that no other builds on first, and what they say."""

    def __init__(self, project: Project, reader: Reader) -> None:
        self._project = project
        self._reader = reader
        self._scopes: dict[Module, tuple[tuple[ir.Stmt, Frame], ...]] = {}
        self._given: dict[str, tuple[Given, ...]] = {}

    @cached_property
    def modules(self) -> tuple[Module, ...]:
        """Return the settings modules that are used as such: neither tests nor bases of others."""
        found = [one for one in self._project.modules if any(self._says(one, mark) for mark in _MARKS)]
        found = [one for one in found if one.role is not Role.TEST] or found
        bases = {base for one in found for base in self._bases(one) if base is not one}
        rooted = [one for one in found if self._says(one, _MARKS[0])]
        return tuple(one for one in rooted or found if one not in bases) or tuple(found)

    def given(self, name: str) -> tuple[Given, ...]:
        """Return the expression that each settings module gives a name, those that do not have it left out."""
        if name not in self._given:
            found = [self._reader.last_assigned(name, self._statements(one)) for one in self.modules]
            self._given[name] = tuple(one for one in found if one is not None)
        return self._given[name]

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the different texts of a setting over all settings modules."""
        found = (self._reader.text(one.node, one.frame) for one in self.given(name))
        return tuple(dict.fromkeys(one for one in found if one is not None))

    def text(self, name: str) -> str | None:
        """Return the text of a setting, of the first settings module that has it."""
        return next(iter(self.texts(name)), None)

    def fixed_truth(self, name: str) -> bool | None:
        """Return whether a setting is true in all settings modules, written as a constant there, or None."""
        found = [one.node for one in self.given(name)]
        values = {bool(one.value) if isinstance(one, ir.Constant) else None for one in found}
        return values.pop() if len(values) == 1 else None

    def items(self, name: str) -> Iterator[Given]:
        """Yield the items of a list of the settings, over all settings modules, each text once."""
        seen: set[str] = set()
        for module in self.modules:
            for item in self._reader.lists.grown(name, module, self._statements(module)):
                written = self._reader.text(item.node, item.frame)
                if written is None or written not in seen:
                    seen.add(written or "")
                    yield item

    def entry(self, name: str, key: str) -> Given | None:
        """Return what a dict of the settings has under a key, or None."""
        for given in self.given(name):
            found = self._reader.origin(given)
            for one, value in self._pairs(found):
                if isinstance(one, ir.Text) and one.value == key:
                    return found.at(value)
        return None

    def _pairs(self, given: Given) -> list[tuple[ir.Expr | None, ir.Expr]]:
        node = given.node
        return list(zip(node.keys, node.values, strict=True)) if isinstance(node, ir.Mapping) else []

    def _says(self, module: Module, name: str) -> bool:
        return any(name in one.variables for one in self._bases(module))

    def _bases(self, module: Module) -> tuple[Module, ...]:
        """Return a settings module and those that it imports everything of, over several steps."""
        found = [module]
        for one in found:
            bases = (self._project.symbols.module(target, one) for target in one.starred)
            found += [base for base in dict.fromkeys(bases) if base is not None and base not in found]
        return tuple(found)

    def _statements(self, module: Module) -> tuple[tuple[ir.Stmt, Frame], ...]:
        """Return the statements of a settings module, those of a star import at its place."""
        if module not in self._scopes:
            self._scopes[module] = ()  # modules that import each other
            self._scopes[module] = tuple(self._unfolded(module))
        return self._scopes[module]

    def _unfolded(self, module: Module) -> Iterator[tuple[ir.Stmt, Frame]]:
        targets = {row.start: row.target.removesuffix(".*") for row in module.facts.imports if row.bound == "*"}
        for statement, frame in module_statements(self._project, module):
            target = targets.get(frame.offset + statement.start)
            base = self._project.symbols.module(target, module) if target is not None else None
            if base is not None and base is not module:
                yield from self._statements(base)
            yield statement, frame
