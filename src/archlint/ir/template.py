"""The facts of one template of Django or Jinja: its loops and names, what it reads, what it includes."""

from __future__ import annotations

from enum import IntEnum

import msgspec

Path = tuple[str, ...]
"""A dotted name part by part; a part that is called is written `all()`."""


class ScopeKind(IntEnum):
    """What binds names, or changes what reading does."""

    ROOT = 0
    LOOP = 1
    ALIAS = 2
    """`{% with %}` and `{% set %}`: a name for something else, with an empty path for what nobody knows."""
    BLOCK = 3
    SILENT = 4
    """A fragment that is cached, or drawn for one row only."""


class TemplateScope(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A part of a template in which names mean something: `targets` are bound to `path`, or to its elements.

    `parent` is the index of the scope around it. `start` and `end` are the region of what makes it, in the file.
    The target of a block is its name.
    """

    parent: int
    kind: ScopeKind
    targets: tuple[str, ...]
    path: Path
    start: int
    end: int


class TemplateRead(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A dotted name that is read in a scope; `is_printed` says that what it stands for is made a text."""

    path: Path
    scope: int
    start: int
    end: int
    is_printed: bool = False


class TemplateInclude(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Another template that is drawn in a scope, with names of its own; `is_isolated` says that it has no others."""

    name: str
    scope: int
    start: int
    end: int
    given: tuple[tuple[str, Path], ...] = ()
    is_isolated: bool = False


class TemplateFacts(msgspec.Struct, frozen=True, gc=False):
    """What one template says. Its first scope is all of it; `extends` is the template around its blocks, or ""."""

    path: str
    extends: str
    scopes: tuple[TemplateScope, ...]
    reads: tuple[TemplateRead, ...]
    includes: tuple[TemplateInclude, ...]

    @property
    def is_empty(self) -> bool:
        """Return whether nothing in it depends on what it is given."""
        return not (self.extends or self.reads or self.includes)
