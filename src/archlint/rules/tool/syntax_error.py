"""ARC001: a file does not follow its grammar. Found when a file is read or parsed."""

from __future__ import annotations

from archlint.diagnostic import Diagnostic
from archlint.rule import Rule
from archlint.source import SourceFile

_MAX_LENGTH = 200

rule = Rule("ARC001")


def syntax_error(source: SourceFile, line: int, column: int, message: str) -> Diagnostic:
    """Return the diagnostic at a 1-based line and column; a place outside the file becomes the nearest one inside.

    Only the first line of a parser's message is kept: what follows quotes the file.
    """
    line = min(max(line, 1), len(source.starts))
    width = len(source.line_text(line))
    offset = source.starts[line - 1] + min(max(column - 1, 0), width)
    return rule.at(source.span(offset, offset), f"syntax error: {_first_line(message)}", anchor="syntax")


def _first_line(message: str) -> str:
    lines = message.strip().splitlines()
    first = lines[0].rstrip(".")[:_MAX_LENGTH] if lines else ""
    if not first:
        return "the file cannot be parsed"
    return first if first[:2].isupper() else first[0].lower() + first[1:]
