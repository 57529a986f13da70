"""The plugin of flake8: what archlint says of one file, in flake8's words."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from archlint import __version__

Reported = tuple[int, int, str, type["Plugin"]]


class Plugin:
    """Made by flake8 for each file that this interpreter can parse.

    flake8 asks by the names of the parameters; `tree` is what makes it ask once for a file.
    """

    name = "archlint"
    version = __version__

    def __init__(self, tree: ast.AST, filename: str, lines: Sequence[str]) -> None:  # noqa: ARG002 - flake8's interface
        self._filename = filename
        self._lines = lines

    def run(self) -> Iterator[Reported]:
        """Yield line, 0-based column, one line with code and message, and this class, by diagnostic; never raise."""
        # Late: flake8 imports its plugins even for `--version`.
        from archlint.flake8_plugin.linting import lint
        from archlint.report.escaping import visible

        for one in lint(self._filename, "".join(self._lines)):
            yield one.span.line, one.span.column - 1, f"{one.code} {visible(one.message)}", type(self)
