"""Which code is an application's production code, by the names of its files."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from fnmatch import fnmatch
from itertools import islice
from pathlib import Path
from types import CodeType

TESTS = ("tests", "test", "test_*.py", "*_test.py", "conftest.py")
"""Names of files and folders that hold no production code."""
INSIDE = ("<dictcomp>", "<genexpr>", "<listcomp>", "<setcomp>")
"""Names of code that is a part of the function around it."""

Site = tuple[str, str, int, int, int, int]
"""The path, the function, and line, column, last line and last column of an expression, as Python counts them."""


@dataclass(slots=True)
class Production:
    """The production code below a root: the files below some folders, less those with an excluded name."""

    root: Path
    folders: tuple[str, ...]
    excluded: tuple[str, ...] = TESTS
    _paths: dict[str, str | None] = field(default_factory=dict)

    def path(self, code: CodeType) -> str | None:
        """Return the path of code relative to the root, "" for other code below the root, None for libraries."""
        return self.of_file(code.co_filename)

    def of_file(self, name: str) -> str | None:
        """Return the path of a file relative to the root, "" where it is not production code, None outside."""
        if name not in self._paths:
            self._paths[name] = self._judge(name)
        return self._paths[name]

    def site(self, code: CodeType, offset: int) -> Site:
        """Return the place of an instruction; one in a comprehension counts to the function around it."""
        line, last, column, end = next(islice(code.co_positions(), offset // 2, None))
        name = code.co_qualname
        while name.endswith(INSIDE):
            name = name.rpartition(".")[0].removesuffix(".<locals>")
        return (self.path(code) or "", name, line or 0, column or 0, last or 0, end or 0)

    def _judge(self, name: str) -> str | None:
        full = os.path.realpath(name)
        if name.startswith("<") or not full.startswith(f"{self.root}{os.sep}"):
            return None
        path = Path(full).relative_to(self.root)
        if "site-packages" in path.parts:
            return None
        if not any(path.is_relative_to(folder) for folder in self.folders):
            return ""
        return "" if any(fnmatch(part, one) for part in path.parts for one in self.excluded) else path.as_posix()
