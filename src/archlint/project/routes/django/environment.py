"""Lists that the environment may set, by their defaults: `env.list("X", default=[…])`, `config("X", cast=Csv())`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.project.routes.django.frames import Given
from archlint.project.tree import argument, called_name, keyword
from archlint.syntax.string_values import last_name

if TYPE_CHECKING:
    from archlint.project.routes.django.reader import Reader

_OF_LISTS = frozenset({"getlist", "list", "set", "tuple"})
"""Methods of an environment that read lists; the second argument says what is read."""
_READING = frozenset({"config", "env", "get", "getenv"})
"""Callables that are given a name and a default."""


def reads_list(node: ir.Call) -> bool:
    """Return whether a call reads a list off the environment."""
    if called_name(node) == "split" and isinstance(node.func, ir.Attribute):
        return isinstance(node.func.value, ir.Call) and _names_variable(node.func.value, _READING | {"str"})
    is_method = isinstance(node.func, ir.Attribute) and _names_variable(node, _OF_LISTS)
    return is_method or _names_variable(node, _READING)


def items(reader: Reader, given: Given, node: ir.Call) -> Iterator[Given]:
    """Yield the items of the list that is read where the environment says nothing."""
    if called_name(node) == "split" and isinstance(node.func, ir.Attribute):
        yield from _split(reader, given, node.func.value)
        return
    default = argument(node, 1, "default")
    if called_name(node) in _OF_LISTS and not isinstance(default, ir.Collection):
        default = keyword(node, "default")
    if isinstance(default, ir.Collection):
        yield from reader.items(given.at(default))
    elif default is not None:
        yield from _split(reader, given, default)


def _names_variable(node: ir.Call, names: frozenset[str]) -> bool:
    """Return whether a call reads a variable of the environment: `env("DEBUG")`."""
    first = node.args[0] if node.args else keyword(node, "var")
    return called_name(node) in names and isinstance(first, ir.Text) and first.value.isupper()


def _split(reader: Reader, given: Given, node: ir.Expr) -> Iterator[Given]:
    """Yield the items of a text with commas; of what is no text, those of the list that it stands for."""
    text = reader.text(node, given.frame)
    for one in text.split(",") if text is not None else ():
        if one.strip():
            yield given.at(ir.Text(node.start, node.end, one.strip()))
    if text is None and not (isinstance(node, ir.Call) or last_name(node) == "None"):
        yield from reader.items(given.at(node))
