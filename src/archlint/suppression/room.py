"""Where a file has room for one more comment: behind which lines, and on a line of its own before which.

What cannot be told from a string, a value or a continued line has none.
"""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import msgspec

from archlint.source import Kind, SourceFile
from archlint.suppression.comments import MARKS, STRING_ENDS, STRING_STARTS, python_tokens
from archlint.syntax.config_events import BrokenConfigError, TooMuchError, yaml_events
from archlint.syntax.env import parse_env

_VALUE_TO_LINE_END = frozenset({Kind.INI, Kind.PROPERTIES, Kind.ENV, Kind.DOCKERFILE})
"""Where a `#` behind a value is a part of it, at least for some who read the file."""
_FIRST_LINES = re.compile(r"#!|[ \t\f]*#.*?(?:coding[:=]|-\*-)|[ \t]*#[ \t]*(?:syntax|escape|check)[ \t]*=|%YAML|%TAG")
_HEREDOC = re.compile(r"<<-?[ \t]*[\"']?\w")
_TOML_PIECES = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\r\n])*"|\'[^\'\r\n]*\'|#[^\r\n]*', re.DOTALL
)
_SQL_REST = r'"[^"]*"|`[^`]*`|(?P<tag>\$\w*\$).*?(?P=tag)|--[^\r\n]*|/\*.*?\*/'
_SQL_PIECES = (
    re.compile(rf"'(?:''|[^'])*'|{_SQL_REST}", re.DOTALL),
    re.compile(rf"'(?:''|\\.|[^'\\])*'|{_SQL_REST}", re.DOTALL),
    re.compile(rf"'(?:''|\\.|[^'\\])*'|#[^\r\n]*|{_SQL_REST}", re.DOTALL),
)
"""Texts and comments of SQL where a backslash means nothing, where it escapes, and where `#` opens comments as well.

Which of them a database reads is not known: what lies inside of a text for one of them is left alone.
"""


class Room(msgspec.Struct, frozen=True):
    """Where comments fit into a file, by its 1-based lines.

    A comment may stand behind each of `behind`, and on a line of its own before each of `before`; one more than the
    last line means the end of the file. `ends` are the lines on which strings end, by the lines inside of them.
    """

    mark: str
    behind: frozenset[int]
    before: frozenset[int]
    ends: Mapping[int, int] = MappingProxyType({})


def room_in(source: SourceFile) -> Room | None:
    """Return where comments fit into a file, None where its format has none."""
    if source.kind in {Kind.PYTHON, Kind.STUB}:
        return _in_python(source)
    if source.kind is Kind.YAML:
        return _in_yaml(source)
    count = len(source.starts)
    if source.kind is Kind.SQL:
        closed = frozenset[int]().union(*(_inside(source, pieces) for pieces in _SQL_PIECES))
    elif source.kind is Kind.TOML:
        closed = _inside(source, _TOML_PIECES)
    elif source.kind in MARKS:
        closed, count = _inside_lines(source)
    else:
        return None
    ended = frozenset(range(1, count + 1)) - closed
    behind = frozenset[int]() if source.kind in _VALUE_TO_LINE_END else ended
    return Room(MARKS[source.kind][0], behind, _after(ended, source))


def _after(ended: Iterable[int], source: SourceFile) -> frozenset[int]:
    """Return the lines before which a line may be put in, where some lines end outside of all strings."""
    return frozenset({1, *(line + 1 for line in ended)} - _first_lines(source))


def _first_lines(source: SourceFile) -> set[int]:
    """Return the lines before which nothing may stand, since they mean something only at the start of a file."""
    special = [line for line in (1, 2, 3) if _FIRST_LINES.match(source.line_text(line))]
    return set(range(1, max(special, default=0) + 1))


def _in_python(source: SourceFile) -> Room:
    """Return where Python's own tokens let a line end, as far as there are tokens."""
    ended, inside = set[int](), dict[int, int]()
    opened: list[int] = []
    try:
        for kind, _, (row, _), (end_row, _), _ in python_tokens(source):
            if kind in STRING_STARTS:
                opened.append(row)
            elif kind == tokenize.STRING or kind in STRING_ENDS:
                first = opened.pop() if kind in STRING_ENDS and opened else row
                inside.update(dict.fromkeys(range(first, end_row), end_row))
            elif kind in {tokenize.NL, tokenize.NEWLINE} and not opened:
                ended.add(row)
    except (tokenize.TokenError, SyntaxError, ValueError, IndexError, RecursionError):
        pass  # Not Python to its end: there is room as far as it is.
    behind = frozenset(ended - inside.keys())
    return Room("#", behind, _after(behind, source), {line: end for line, end in inside.items() if end in behind})


def _lines_between(source: SourceFile, regions: Iterable[tuple[int, int]]) -> frozenset[int]:
    """Return the lines whose ends lie inside of regions."""
    lines = ((source.line_at(start), source.line_at(end)) for start, end in regions)
    return frozenset(line for first, last in lines for line in range(first, last))


def _inside(source: SourceFile, pieces: re.Pattern[str]) -> frozenset[int]:
    return _lines_between(source, (match.span() for match in pieces.finditer(source.text)))


def _in_yaml(source: SourceFile) -> Room:
    """Return the lines that neither end nor start inside of a scalar, as far as the text is YAML."""
    closed, inner = set[int](), set[int]()
    known = len(source.starts)
    try:
        for event in yaml_events(source.text):
            if event.kind == "scalar":
                written = source.text[event.start : event.end].rstrip()
                first, last = source.line_at(event.start), source.line_at(event.start + len(written))
                inner.update(range(first + 1, last + 1))
                # Behind the head of a block a comment may stand, and behind its last line it would be text.
                closed.update(range(first + 1, last + 1) if written.startswith(("|", ">")) else range(first, last))
    except (BrokenConfigError, TooMuchError) as error:
        known = source.line_at(error.offset) - 1 if isinstance(error, BrokenConfigError) else 0
    behind = frozenset(range(1, known + 1)) - closed
    return Room("#", behind, frozenset(range(1, known + 2)) - inner - _first_lines(source))


def _inside_lines(source: SourceFile) -> tuple[frozenset[int], int]:
    """Return the lines that go on in the next one, in formats that know lines only, and up to which that is known."""
    closed: frozenset[int] = frozenset()
    count = len(source.starts)
    lines = [source.line_text(line) for line in range(1, count + 1)]
    if source.kind is Kind.ENV:
        closed = _lines_between(source, ((one.start, one.end) for one in parse_env(source.text)))
    if source.kind is Kind.DOCKERFILE:  # Comments may stand between the lines of an instruction.
        return closed, next((number for number, line in enumerate(lines) if _HEREDOC.search(line)), count)
    return closed | {number for number, line in enumerate(lines, start=1) if line.endswith("\\")}, count
