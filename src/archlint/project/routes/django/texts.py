"""What text an expression gives: routes are put together from constants, settings and defaults of the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.routes.django.frames import Given
from archlint.project.routes.pieces import filled, joined
from archlint.project.tree import argument

if TYPE_CHECKING:
    from archlint.project.routes.django.reader import Reader

_TRANSLATIONS = frozenset({"_", "gettext", "gettext_lazy", "gettext_noop", "ugettext", "ugettext_lazy"})
_ENVIRONMENT = frozenset({"config", "env", "get", "getattr", "getenv", "str"})
"""Callables that are given a name and a default."""
_STRIPPING = frozenset({"lstrip", "removeprefix", "removesuffix", "rstrip", "strip"})
_SAME = frozenset({"escape", "force_str", "mark_safe", "str", "trim"})


def text(reader: Reader, given: Given) -> str | None:  # noqa: PLR0911 - one answer a kind of expression
    """Return the text that an expression gives, or None."""
    node = given.node
    match node:
        case ir.Text():
            return None if node.is_bytes else node.value
        case ir.Constant() if isinstance(node.value, int) and not isinstance(node.value, bool):
            return str(node.value)
        case ir.Format():
            return _joined(reader, given, node.parts)
        case ir.Binary(op="+"):
            return _joined(reader, given, (node.left, node.right))
        case ir.Binary(op="%"):
            return _interpolated(reader, given, node)
        case ir.Boolean(op="or"):
            return next((found for one in node.values if (found := reader.text(one, given.frame))), None)
        case ir.Conditional():
            taken = _truth(reader, given, node.test)
            order = (node.orelse, node.body) if taken is False else (node.body, node.orelse)
            sides = [reader.text(one, given.frame) for one in order[: 1 if taken is not None else 2]]
            return next((one for one in sides if one is not None), None)
        case ir.Call():
            return _called(reader, given, node)
        case ir.Name() | ir.Attribute():
            return _named(reader, given, node)
    return None


def _truth(reader: Reader, given: Given, test: ir.Expr) -> bool | None:
    """Return whether a condition holds; a text that is known is true where it is not empty."""
    taken = reader.truth(test, given.frame)
    found = reader.text(test, given.frame) if taken is None and isinstance(test, ir.Name | ir.Attribute) else None
    return taken if found is None else bool(found)


def _joined(reader: Reader, given: Given, parts: tuple[ir.Expr, ...]) -> str | None:
    return joined(reader.text(part, given.frame) for part in parts)


def _interpolated(reader: Reader, given: Given, node: ir.Binary) -> str | None:
    pattern = reader.text(node.left, given.frame)
    values = node.right.items if isinstance(node.right, ir.Collection) else (node.right,)
    found = [reader.text(one, given.frame) for one in values]
    if pattern is None or pattern.count("%s") != len(found) or pattern.count("%") != len(found):
        return None
    return filled(pattern, "%s", found)


def _called(reader: Reader, given: Given, node: ir.Call) -> str | None:
    name = dotted(node.func).rpartition(".")[2]
    if (name in _TRANSLATIONS or name in _SAME) and len(node.args) == 1:
        return reader.text(node.args[0], given.frame)
    if name in _STRIPPING and isinstance(node.func, ir.Attribute):
        return _stripped(reader, given, node, name)
    if name in _ENVIRONMENT:
        default = argument(node, 2 if name == "getattr" else 1, "default")
        return None if default is None else reader.text(default, given.frame)
    results = [reader.text(one.node, one.frame) for one in reader.results(given)]
    return results[0] if len(results) == 1 else None


def _stripped(reader: Reader, given: Given, node: ir.Call, name: str) -> str | None:
    base = reader.text(node.func.value, given.frame) if isinstance(node.func, ir.Attribute) else None
    what = reader.text(node.args[0], given.frame) if node.args else None
    if base is None or (node.args and what is None):
        return None
    if name in ("removeprefix", "removesuffix"):
        return getattr(base, name)(what or "")  # type: ignore[no-any-return]
    return getattr(base, name)(what)  # type: ignore[no-any-return]


def _named(reader: Reader, given: Given, node: ir.Name | ir.Attribute) -> str | None:
    if isinstance(node, ir.Attribute) and reader.is_settings(node.value, given.frame):
        return reader.settings.text(node.name)
    found = reader.origin(given)
    return None if found.node is node else reader.text(found.node, found.frame)
