"""Where the comments of a file are that may hold a suppression; what cannot be told from a string is left out."""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterator, Mapping
from types import MappingProxyType

import msgspec
from msgspec.structs import replace

from archlint.source import Kind, SourceFile

MARKS: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {
        Kind.PYTHON: ("#",),
        Kind.STUB: ("#",),
        Kind.SQL: ("--",),
        Kind.YAML: ("#",),
        Kind.TOML: ("#",),
        Kind.INI: ("#", ";"),
        Kind.PROPERTIES: ("#",),
        Kind.ENV: ("#",),
        Kind.DOCKERFILE: ("#",),
        Kind.REQUIREMENTS: ("#",),
    }
)
"""What begins a comment, the one that archlint writes first."""
_CANDIDATE = re.compile(r"(?:[#;]|--)[ \t]*archlint:|(?:#|--) noqa", re.IGNORECASE)
_OPENS_VALUE = frozenset(":=-[,{( \t")
_TRIPLE = re.compile("\"\"\"|'''")
STRING_STARTS = frozenset(
    getattr(tokenize, name) for name in ("FSTRING_START", "TSTRING_START") if hasattr(tokenize, name)
)
STRING_ENDS = frozenset(getattr(tokenize, name) for name in ("FSTRING_END", "TSTRING_END") if hasattr(tokenize, name))


class Comment(msgspec.Struct, frozen=True):
    """A comment from its mark to the end of its line, in offsets.

    `first_line` and `last_line` are the physical lines that flake8 reads as one: more than one only around
    multi-line strings and after backslashes. `string` is the multi-line string that ends on the comment's line.
    """

    start: int
    end: int
    mark: str
    first_line: int
    last_line: int
    string: tuple[int, int] | None = None


def comments_of(source: SourceFile) -> Iterator[Comment]:
    """Yield the comments that look as if they held a suppression, in order."""
    lines = _candidate_lines(source)
    marks = MARKS.get(source.kind, ())
    if not lines or not marks:
        return
    if source.kind in {Kind.PYTHON, Kind.STUB}:
        yield from _python_comments(source, lines)
        return
    for line in lines:
        if comment := _line_comment(source, line, marks):
            yield comment


def embedded_comments(source: SourceFile, start: int, end: int) -> Iterator[Comment]:
    """Yield the `--` comments that look as if they held a suppression, one a line, in a literal of SQL.

    Its own quotes and those of the host language cannot be told apart, so quotes do not matter here.
    """
    last_line = 0
    for match in _CANDIDATE.finditer(source.text, start, end):
        line = source.line_at(match.start())
        if line == last_line or not match[0].startswith("--"):
            continue
        last_line = line
        line_end = min(end, source.starts[line - 1] + len(source.line_text(line)))
        text = source.text[match.start() : line_end].rstrip("\"' \t,)")
        yield Comment(match.start(), match.start() + len(text), "--", line, line)


def _candidate_lines(source: SourceFile) -> list[int]:
    lower = source.text.lower()
    if "archlint:" not in lower and "noqa" not in lower:
        return []
    return list(dict.fromkeys(source.line_at(match.start()) for match in _CANDIDATE.finditer(source.text)))


def _line_comment(source: SourceFile, line: int, marks: tuple[str, ...]) -> Comment | None:
    """Return the comment of a line, found without knowing the language's grammar."""
    start, text = source.starts[line - 1], source.line_text(line)
    found = _mark_in(text, marks)
    return Comment(start + found[0], start + len(text), found[1], line, line) if found else None


def _mark_in(text: str, marks: tuple[str, ...]) -> tuple[int, str] | None:
    """Return the first mark of a comment that no quote surrounds; `#` and `;` need a blank before them."""
    quote, before, escaped = "", " ", False
    for column, char in enumerate(text):
        if escaped:
            escaped = False
        elif quote:
            escaped = char == "\\" and quote == '"'
            quote = "" if char == quote else quote
        elif char in "'\"" and before in _OPENS_VALUE:
            quote = char
        elif (mark := _mark_at(text, column, marks)) and (before.isspace() or mark == "--"):
            return column, mark
        before = char
    return None


def _mark_at(text: str, column: int, marks: tuple[str, ...]) -> str | None:
    return next((mark for mark in marks if text.startswith(mark, column)), None)


def _python_comments(source: SourceFile, lines: list[int]) -> Iterator[Comment]:
    """Yield the comments on some lines as Python's tokens say; where there are no tokens, what is certain."""
    wanted, reached = set(lines), 0
    for comment in _tokenized_comments(source, last=lines[-1]):
        reached = source.line_at(comment.start)
        if reached in wanted:
            wanted.discard(reached)
            yield comment
    yield from _certain_comments(source, [line for line in lines if line in wanted and line > reached])


def _tokenized_comments(source: SourceFile, last: int) -> Iterator[Comment]:
    """Yield the comments up to a line, or to the place where the file stops being Python."""
    first_line, comment, string = 0, None, None
    opened: list[int] = []
    try:
        for kind, text, (row, column), (end_row, end_column), _ in python_tokens(source):
            if row > last + 1:
                return
            first_line = first_line or row
            if kind == tokenize.COMMENT:
                start = source.starts[row - 1] + column
                comment = Comment(start, start + len(text), "#", first_line, row, string)
            elif kind in STRING_STARTS:
                opened.append(source.starts[row - 1] + column)
            elif kind == tokenize.STRING or kind in STRING_ENDS:
                start = opened.pop() if kind != tokenize.STRING and opened else source.starts[row - 1] + column
                string = (start, source.starts[end_row - 1] + end_column)
                string = string if source.line_at(start) < end_row else None
            elif kind in {tokenize.NL, tokenize.NEWLINE}:
                if comment is not None:
                    yield replace(comment, last_line=row)
                first_line, comment, string = 0, None, None
    except (tokenize.TokenError, SyntaxError, ValueError, IndexError, RecursionError):
        # Not Python to its end. A comment that was read before that is one all the same.
        if comment is not None:
            yield comment


def python_tokens(source: SourceFile) -> Iterator[tokenize.TokenInfo]:
    """Yield Python's tokens, whose rows and columns are those of the file; raises what tokenize raises."""
    numbers = range(1, len(source.starts) + 1)
    return tokenize.generate_tokens((f"{source.line_text(number)}\n" for number in numbers).__next__)


def _certain_comments(source: SourceFile, lines: list[int]) -> Iterator[Comment]:
    """Yield comments that are comments for certain: no quote before them, and no triple quote open above."""
    if not lines:
        return
    wanted, odd = set(lines), False
    for number in range(1, lines[-1] + 1):
        text = source.line_text(number)
        column = text.find("#")
        if number in wanted and not odd and not {"'", '"'} & set(text[:column]):
            start = source.starts[number - 1]
            yield Comment(start + column, start + len(text), "#", number, number)
        odd ^= len(_TRIPLE.findall(text)) % 2 == 1
