"""What a project check may ask beside the project."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any, Protocol, TypeVar

import msgspec

from archlint.diagnostic import Related, Span
from archlint.ir import nodes as ir
from archlint.project.symbols import ClassDefinition, FunctionDefinition, Module
from archlint.source import Role, SourceFile

Options = TypeVar("Options")


class Located(Protocol):
    """A region of a file, by its offsets there."""

    @property
    def module(self) -> Module:
        """Return the module of the file."""

    @property
    def start(self) -> int:
        """Return where it starts."""

    @property
    def end(self) -> int:
        """Return where it ends."""


class Written(Protocol):
    """Where something is declared: in a module, in a script, or in a text of SQL."""

    @property
    def path(self) -> str:
        """Return the path of the file."""

    @property
    def start(self) -> int:
        """Return where it starts in the file or in the text: no two places of a kind start there."""

    def span(self, source_of: Callable[[str], SourceFile]) -> Span:
        """Return where it stands, as far as its first line goes."""


class ProjectContext(msgspec.Struct, frozen=True):
    """What a project check may ask beside the project: the roles of files it is about, places in them, its options."""

    roles: Container[Role]
    source_of: Callable[[str], SourceFile]
    options_of: Callable[[str, type[Any]], Any]

    def span(self, module: Module, offset: int, node: ir.Node) -> Span:
        """Return where a node stands; `offset` is the start of its unit in the file."""
        return self.source_of(module.path).span(offset + node.start, offset + node.end)

    def related(self, module: Module, offset: int, node: ir.Node, message: str) -> Related:
        """Return a related place with its message."""
        return Related(self.span(module, offset, node), message)

    def written(self, place: Written, message: str) -> Related:
        """Return the first line of what is declared somewhere as a related place."""
        return Related(place.span(self.source_of), message)

    def region(self, place: Located) -> Span:
        """Return a region of a file that is told by its offsets there."""
        return self.source_of(place.module.path).span(place.start, place.end)

    def defined(self, definition: ClassDefinition | None) -> tuple[Related, ...]:
        """Return the place where a class is defined, as related places; none for None."""
        if definition is None:
            return ()
        row = definition.row
        source = self.source_of(definition.module.path)
        start = max(source.text.find("class ", row.start, row.end), row.start)
        span = source.span(start, start + len("class ") + len(row.name.rpartition(".")[2]))
        return (Related(span, f"`{row.name}` is defined here"),)

    def head_of(self, function: FunctionDefinition) -> Span:
        """Return where a function says its name."""
        source = self.source_of(function.module.path)
        start = max(source.text.find("def ", function.row.start, function.row.end), function.row.start)
        return source.span(start, start + len("def ") + len(function.row.name))

    def options(self, code: str, shape: type[Options]) -> Options:
        """Return the options of a rule as a value of the given type."""
        chosen: Options = self.options_of(code, shape)
        return chosen
