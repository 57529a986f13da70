"""What an expression is made of, for its text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint.ir import nodes as ir
from archlint.project.sql import Position
from archlint.project.sql.fields import Form
from archlint.project.tree import called_name, target_names

_VALUE = re.compile(r"(?i)(?:['\"]%?|[=<>(]|\blike|\bilike|\bbetween|\bin\s*\()\s*$")
_WITH_SECOND = frozenset({"get", "pop", "replace"})
_NAME = re.compile(r"(?i)(?:[`\".]|\b(?:from|join|into|update|table|by))\s*$")


def parts(node: ir.Expr) -> tuple[ir.Expr, ...]:
    """Return the parts of an expression whose texts are in that of the whole."""
    match node:
        case ir.Binary(op="%", left=left, right=right):
            return (left, right)
        case ir.Boolean(values=values) | ir.Collection(items=values):
            return values
        case ir.Await(value=value) | ir.Starred(value=value) | ir.Walrus(value=value) | ir.Subscript(value=value):
            return (value,)
        case _:
            return ()


def terms(node: ir.Expr) -> Iterator[ir.Expr]:
    """Yield what `+` puts together."""
    if isinstance(node, ir.Binary) and node.op == "+":
        yield from terms(node.left)
        yield from terms(node.right)
    else:
        yield node


def position_after(text: str) -> Position | None:
    """Return the position of what follows a piece of SQL, as far as its end tells."""
    if _NAME.search(text):
        return Position.IDENTIFIER
    return Position.VALUE if _VALUE.search(text) else None


def filled(text: ir.Expr, form: Form) -> list[tuple[ir.Expr, Position | None]]:
    """Return what is put into a text with its position there, where the text is written out; else nothing."""
    found: list[tuple[ir.Expr, Position | None]] = []
    index = 0
    written = text.value if isinstance(text, ir.Text) else ""
    for field in form.fields(written):
        if not field.is_escape:
            found.append((form.value(field, index), position_after(written[: field.start])))
            index += not field.key
    return [one for one in found if one[0] is not form.whole]


def escapes(call: ir.Call) -> bool:
    """Return whether a call doubles or removes quotes."""
    first = call.args[0] if call.args else None
    return called_name(call) == "replace" and isinstance(first, ir.Text) and first.value in ("'", '"', "`", "\\")


def put_in(call: ir.Call) -> tuple[ir.Expr, ...]:
    """Return what a method puts into the text that it is called on, or gives where it finds nothing."""
    name = called_name(call)
    if name == "format":
        return (*call.args, *[word.value for word in call.keywords])
    return call.args[1:2] if name in _WITH_SECOND else ()


def first_name(node: ir.Expr) -> str:
    """Return the name that a chain begins with, "" for others."""
    while not isinstance(node, ir.Name):
        inner = getattr(node, "value", None) or getattr(node, "func", None)
        if not isinstance(inner, ir.Node):
            return ""
        node = inner  # type: ignore[assignment]
    return node.id


def place_in(target: ir.Expr, name: str) -> int | None:
    """Return which part of a target a name is, None where it is the whole or stands deeper."""
    items = target.items if isinstance(target, ir.Collection) else ()
    return next((index for index, one in enumerate(items) if name in target_names(one)), None)
