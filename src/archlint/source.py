"""One file that is read: its decoded text, what kind it is, which role it plays, and where its lines start."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from enum import Enum
from itertools import accumulate
from os import PathLike

from archlint.diagnostic import Span

_LINE_END = re.compile(r"\r\n|\r|\n")


class Kind(str, Enum):
    """What a file is, by name and content."""

    PYTHON = "python"
    STUB = "stub"
    SQL = "sql"
    YAML = "yaml"
    JSON = "json"
    TOML = "toml"
    INI = "ini"
    PROPERTIES = "properties"
    ENV = "env"
    DOCKERFILE = "dockerfile"
    PEM = "pem"
    TEMPLATE = "template"
    LOCK = "lock"
    REQUIREMENTS = "requirements"
    NOTEBOOK = "notebook"


class Role(str, Enum):
    """What a file is for; severity and rules depend on it."""

    PRODUCTION = "production"
    SETTINGS = "settings"
    COMMAND = "command"
    MIGRATION = "migration"
    TEST = "test"
    EXAMPLE = "example"
    GENERATED = "generated"
    VENDORED = "vendored"


QUIET_ROLES = frozenset({Role.TEST, Role.GENERATED, Role.VENDORED})
"""What files are for in which only a secret that proves itself counts: nobody runs them, or nobody here writes them."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    r"""A file that was found and not yet read.

    `path` names it in every output: relative to the project root, with forward slashes; a file outside the root
    has its absolute path without symbolic links, so that `root / path` is the file in both cases. Bytes that
    are not UTF-8 stand there as `\xff`; `real` is what is opened.
    `size` is in bytes, `mtime_ns` in nanoseconds; `changed_ns` also tells of a file that took another
    one's place. `explicit` marks a file that was named itself, not by its folder.
    """

    path: str
    real: str | PathLike[str]
    kind: Kind
    role: Role
    size: int
    mtime_ns: int
    explicit: bool = False
    changed_ns: int = field(default=0, compare=False)


def line_starts(text: str) -> list[int]:
    """Return the offset at which each line starts; only CR LF, CR and LF end a line, as in Python's grammar."""
    if "\r" not in text:  # Twice as fast, and true of nearly every file.
        return [0, *accumulate(len(line) + 1 for line in text.split("\n"))][:-1]
    return [0, *(match.end() for match in _LINE_END.finditer(text))]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A decoded file. `path` is relative to the project root, with forward slashes."""

    path: str
    text: str
    kind: Kind
    role: Role
    starts: list[int] = field(repr=False)

    @classmethod
    def of(cls, path: str, text: str, kind: Kind, role: Role = Role.PRODUCTION) -> SourceFile:
        """Return the file with its line table."""
        return cls(path, text, kind, role, line_starts(text))

    def line_at(self, offset: int) -> int:
        """Return the 1-based line that holds an offset."""
        return bisect_right(self.starts, offset)

    def span(self, start: int, end: int) -> Span:
        """Return the region between two code point offsets."""
        line, end_line = self.line_at(start), self.line_at(end)
        column, end_column = start - self.starts[line - 1] + 1, end - self.starts[end_line - 1] + 1
        return Span(self.path, start, end, line, column, end_line, end_column)

    def line_text(self, line: int) -> str:
        """Return a 1-based line without its line end, or an empty text past the last one."""
        if not 1 <= line <= len(self.starts):
            return ""
        end = self.starts[line] if line < len(self.starts) else len(self.text)
        return self.text[self.starts[line - 1] : end].rstrip("\r\n")
