"""String literals of a libcst tree: their values as Python evaluates them, and f-strings as texts and holes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import libcst as cst

from archlint.ir.cst_spans import Layout

_QUOTES = "'\""
_LINE_END = re.compile(r"\r\n?")
_FORMAT_ESCAPE = re.compile(r"\\N\{[^}]*\}|\\[^{}]|\\|\{\{|\}\}|\"", re.DOTALL)
_PLAIN = {"\\": "\\\\", "{{": "{", "}}": "}", '"': '\\"'}


class Piece(NamedTuple):
    """A constant part of a string: its region in the file and its value."""

    start: int
    end: int
    value: str


class Hole(NamedTuple):
    """A replacement field of an f-string."""

    expression: cst.BaseExpression


def literal(token: str) -> str | bytes:
    """Return the value of a string token without holes; raises `SyntaxError` or `ValueError` as Python does."""
    if "\\" in token or "\r" in token:
        value: str | bytes = ast.literal_eval(token)
        return value
    prefix = token[: len(token) - len(token.lstrip("bBrRuU"))]
    width = 3 if token.startswith(('"""', "'''"), len(prefix)) else 1
    body = token[len(prefix) + width : -width]
    return body.encode("ascii") if "b" in prefix.lower() else body


def string_value(node: cst.CSTNode) -> str | bytes | None:
    """Return the value of a string literal, adjacent ones joined; None for f-strings and for what is no string."""
    if isinstance(node, cst.SimpleString):
        return literal(node.value)
    if not isinstance(node, cst.ConcatenatedString):
        return None
    values = []
    for part in adjacent(node):
        if not isinstance(part, cst.SimpleString):
            return None
        values.append(literal(part.value))
    return b"".join(values) if isinstance(values[0], bytes) else "".join(values)  # type: ignore[arg-type]


def adjacent(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """Yield the strings that stand beside each other."""
    while isinstance(node, cst.ConcatenatedString):
        yield node.left
        node = node.right
    yield node


def format_parts(node: cst.BaseExpression, layout: Layout, text: str) -> Iterator[Piece | Hole]:
    """Yield texts and holes of an f-string and the strings beside it; runs of text are joined, empty ones left out."""
    run: Piece | None = None
    for part in _all_parts(node, layout, text):
        if isinstance(part, Hole):
            if run is not None and run.value:
                yield run
            run = None
            yield part
        else:
            run = part if run is None else Piece(run.start, part.end, run.value + part.value)
    if run is not None and run.value:
        yield run


def _all_parts(node: cst.BaseExpression, layout: Layout, text: str) -> Iterator[Piece | Hole]:
    for string in adjacent(node):
        start, end = layout.spans[string]
        if isinstance(string, cst.SimpleString):
            yield Piece(start, end, str(literal(string.value)))
        else:
            yield from _formatted(string, start, layout, text)


def _formatted(node: Any, start: int, layout: Layout, text: str) -> Iterator[Piece | Hole]:
    prefix = node.start.rstrip(_QUOTES).lower()
    cursor = start + len(node.start)
    for part in node.parts:
        if not hasattr(part, "expression"):
            end = cursor + len(part.value)
            yield Piece(cursor, end, format_text(part.value, is_raw="r" in prefix))
            cursor = end
            continue
        if part.equal is not None:
            # `{x = }` writes itself: "x = ".
            end = layout.closing(layout.spans[part.expression][1], ("!", ":", "}"))
            yield Piece(cursor + 1, end, _LINE_END.sub("\n", text[cursor + 1 : end]))
        yield Hole(part.expression)
        cursor = _hole_end(part, layout)


def _hole_end(part: Any, layout: Layout) -> int:
    """Return the offset behind the closing brace of a replacement field."""
    end = layout.spans[part.expression][1]
    if part.format_spec is None:
        return layout.closing(end, ("}",)) + 1
    cursor = layout.closing(end, (":",)) + 1
    for inner in part.format_spec:
        cursor = _hole_end(inner, layout) if hasattr(inner, "expression") else cursor + len(inner.value)
    return cursor + 1


def format_text(text: str, *, is_raw: bool) -> str:
    """Return what the text of an f-string stands for; raises `SyntaxError` or `ValueError` as Python does."""
    text = _LINE_END.sub("\n", text)
    if is_raw or "\\" not in text:
        return text.replace("{{", "{").replace("}}", "}")
    body = _FORMAT_ESCAPE.sub(lambda found: _PLAIN.get(found[0], found[0]), text)
    value: str = ast.literal_eval(f'"""{body}"""')
    return value
