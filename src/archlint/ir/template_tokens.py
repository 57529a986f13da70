"""The tokens of templates of Django and Jinja, and the dotted names in them; linear in the text, whatever it holds."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from archlint.ir.template import Path

_ENDS = {"%": "%}", "{": "}}", "#": "#}"}
_NAME = re.compile(r"\s*(\w+)")
_TEXT = re.compile(r"\"[^\"]*\"|'[^']*'")
_PATH = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?:\s?\.\s?\w+(?:\(\s?\))?|\(\s?\))*")
_IN_EXPRESSION = re.compile(rf"(\|\s{{0,9}})?{_PATH.pattern}")
_MAX_CONTENT = 5000
"""Characters of one tag that are looked at."""
_KEEPING = frozenset(
    {"batch", "dictsort", "dictsortreversed", "list", "rejectattr", "reverse", "selectattr", "slice", "sort", "unique"}
)
"""Filters that give the rows that they are given."""
_PRINTING = frozenset(
    {
        "capfirst", "capitalize", "default", "default_if_none", "e", "escape", "force_escape", "linebreaks",
        "linebreaksbr", "lower", "safe", "title", "truncate", "truncatechars", "truncatewords", "upper", "wordwrap",
    }
)  # fmt: skip
"""Filters that make a text of what they are given."""
_FILTER = re.compile(r"\|\s*(\w+)")


class Token(msgspec.Struct, frozen=True):
    """A tag with its name, or an output with none; `content` is what follows the name, `start` its offset."""

    name: str
    content: str
    start: int
    opened: int
    closed: int


class Named(msgspec.Struct, frozen=True):
    """A dotted name with its region."""

    path: Path
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    """Yield the tags and outputs of a template; comments and what is verbatim are left out."""
    missing: set[str] = set()
    at = text.find("{")
    while at >= 0:
        mark = text[at + 1 : at + 2]
        end = _ENDS.get(mark, "")
        found = text.find(end, at + 2) if end and end not in missing else -1
        if found < 0:
            missing.update([end] if end else [])
            at = text.find("{", at + 1)
            continue
        token = _token(text, at, found, mark)
        if token is not None:
            yield token
        at = _behind(text, token, found + 2, missing)


def names_in(content: str, start: int) -> Iterator[Named]:
    """Yield the dotted names in an expression that stands at an offset; names of filters are left out."""
    plain = without_texts(content)
    for found in _IN_EXPRESSION.finditer(plain):
        if found[1] is None:
            path = _parts(found[0])
            is_called = plain[found.end() : found.end() + 1] == "("
            yield Named(path[:-1] if is_called else path, start + found.start(), start + found.end())


def path_of(expression: str) -> Path:
    """Return the dotted name that an expression is, filters that keep what they are given aside; () for any other."""
    plain = without_texts(expression).strip()
    found = _PATH.match(plain)
    if found is None:
        return ()
    rest = plain[found.end() :].strip()
    keeps = rest.startswith("|") and all(name in _KEEPING for name in _FILTER.findall(rest))
    return _parts(found[0]) if not rest or keeps else ()


def is_printed(content: str, named: Named, start: int) -> bool:
    """Return whether an output is the text of a dotted name in it, and of nothing else."""
    if content[: named.start - start].strip():
        return False
    rest = content[named.end - start :].strip()
    return not rest or (rest.startswith("|") and all(name in _PRINTING for name in _FILTER.findall(rest)))


def without_texts(content: str) -> str:
    """Return an expression with blanks in place of its string literals."""
    if '"' not in content and "'" not in content:
        return content
    return _TEXT.sub(lambda found: " " * len(found[0]), content)


def text_at_start(content: str) -> str:
    """Return the string literal at the start of an expression, or ""."""
    found = _TEXT.match(content.strip())
    return found[0][1:-1] if found is not None else ""


def _parts(path: str) -> Path:
    return tuple("".join(path.split()).replace("()", "()\0").replace("\0.", ".").rstrip("\0").split("."))


def _token(text: str, opened: int, end: int, mark: str) -> Token | None:
    if mark == "#":
        return None
    start, stop = opened + 2, end
    if text[start : start + 1] in ("-", "+"):
        start += 1
    if stop > start and text[stop - 1] in "-+":
        stop -= 1
    if stop - start > _MAX_CONTENT:
        return None
    if mark == "{":
        return Token("", text[start:stop], start, opened, end + 2)
    name = _NAME.match(text, start, stop)
    if name is None:
        return None
    return Token(name[1], text[name.end() : stop], name.end(), opened, end + 2)


_OPAQUE = frozenset({"comment", "raw", "verbatim"})


def _behind(text: str, token: Token | None, closed: int, missing: set[str]) -> int:
    """Return the offset of the next brace behind a token; what is verbatim is jumped over."""
    if token is not None and token.name in _OPAQUE and token.name not in missing:
        found = re.compile(rf"\{{%[-+]?\s*end{token.name}\b").search(text, closed)
        if found is None:
            missing.add(token.name)
        else:
            closed = found.end()
    return text.find("{", closed)
