"""The lines of an environment file: `KEY=value` with `export`, quotes, comments, and quoted values over lines."""

from __future__ import annotations

import re

import msgspec

_ASSIGNMENT = re.compile(r"^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*", re.MULTILINE)
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_SINGLE = re.compile(r"'([^']*)'")
_COMMENT = re.compile(r"(?:^|(?<=\S)[ \t]+)#.*")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}


class EnvLine(msgspec.Struct, frozen=True):
    """One variable; `start` and `end` are the offsets of the value in the file, without quotes."""

    key: str
    value: str
    start: int
    end: int


def parse_env(text: str) -> tuple[EnvLine, ...]:
    """Return the variables of an environment file in order; lines that assign nothing are left out."""
    lines = []
    position = 0
    while (assignment := _ASSIGNMENT.search(text, position)) is not None:
        value, start, end, position = _value(text, assignment.end())
        lines.append(EnvLine(assignment.group(1), value, start, end))
    return tuple(lines)


def _value(text: str, start: int) -> tuple[str, int, int, int]:
    """Return a value, its region, and where the next line may begin; an unclosed quote is a character like others."""
    quoted = _DOUBLE.match(text, start) or _SINGLE.match(text, start)
    if quoted is not None:
        raw = quoted.group(1)
        value = raw if text[start] == "'" else _ESCAPE.sub(lambda m: _ESCAPED.get(m.group(1), m.group(1)), raw)
        return value, *quoted.span(1), quoted.end()
    stop = min(found for found in (text.find("\n", start), text.find("\r", start), len(text)) if found >= 0)
    value = _COMMENT.sub("", text[start:stop]).rstrip()
    return value, start, start + len(value), stop
