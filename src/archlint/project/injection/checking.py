"""What a function checks of a text before it uses it: whether it is one of some, a number, a name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint.ir import nodes as ir
from archlint.project.bounds.passing import expressions
from archlint.project.tree import called_name, expressions_in, names_in

NUMBERS = frozenset(
    {"Decimal", "UUID", "abs", "bool", "date", "datetime", "float", "int", "len", "round", "sum", "timedelta"}
)
"""Callables whose result is no text that could be SQL, whatever they are given."""
_MEASURING = frozenset({"bool", "len"})
"""Those that tell something of a text, and leave it what it was."""
CLEANING = re.compile(
    r"(?i)(?<!un)escape|(?<!un)quot|sanit|clean|(?<!in)valid|check(?!out)|allow|(?<!un)(?<!mark_)safe|slug|identifier"
    r"|literal|whitelist"
)
"""Words in the names of functions that refuse what is no plain name or value, or make it harmless."""
_CHECKING = frozenset(
    {
        "fullmatch", "get_field", "hasattr", "isalnum", "isalpha", "isdecimal", "isdigit", "isidentifier", "isnumeric",
        "match",
    }
)  # fmt: skip
_SAME = frozenset({"casefold", "lower", "lstrip", "rstrip", "strip", "title", "upper"})
"""Methods whose result is checked in place of what they are called on."""
_MEMBERSHIP = frozenset({"in", "not in"})


def spelled(node: ir.Expr) -> str:
    """Return an expression as it is written, by which others that say the same are known; "" for what is no name."""
    match node:
        case ir.Name(id=name):
            return name
        case ir.Attribute(value=value, name=name):
            return f"{spelled(value)}.{name}"
        case ir.Subscript(value=value, index=ir.Text(value=key)):
            return f"{spelled(value)}[{key}]"
        case ir.Call(func=func, args=(ir.Text(value=key), *_)):
            return f"{spelled(func)}({key})"
        case ir.Await(value=value):
            return spelled(value)
        case _:
            return ""


def checks(function: ir.Function) -> tuple[tuple[int, str], ...]:
    """Return what a function checks, as it is spelled, each with the offset where it does so."""
    found = [(one.start, name) for one in expressions(function) for name in _checked_by(one)]
    return tuple([one for one in found if one[1]])


def checked_in(test: ir.Expr) -> frozenset[str]:
    """Return what a test checks, or compares with a text that is written out."""
    parts = list(expressions_in(test))
    found = {name for one in parts for name in _checked_by(one)}
    for one in parts:
        if isinstance(one, ir.Compare) and one.ops[0] == "==" and isinstance(one.comparators[0], ir.Text):
            found.update(_subjects(one.left))
    return frozenset(found) - {""}


def _checked_by(node: ir.Expr) -> Iterator[str]:
    if isinstance(node, ir.Compare) and not _MEMBERSHIP.isdisjoint(node.ops):
        yield from _subjects(node.left)
    elif isinstance(node, ir.Call) and _is_check(node):
        for argument in (*node.args, *[word.value for word in node.keywords]):
            yield from _subjects(argument)
        if isinstance(node.func, ir.Attribute) and called_name(node) in _CHECKING:
            yield from _subjects(node.func.value)


def _is_check(call: ir.Call) -> bool:
    name = called_name(call)
    if name == "isinstance":
        return not any("str" in names_in(one) for one in call.args[1:])
    return name in NUMBERS - _MEASURING or name in _CHECKING or CLEANING.search(name) is not None


def _subjects(node: ir.Expr) -> Iterator[str]:
    """Yield what a check is about: the expression, and what a method such as `lower` is called on or with."""
    yield spelled(node)
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute):
        yield from _subjects(node.func.value) if node.func.name in _SAME else ()
    elif isinstance(node, ir.Call):
        for part in node.args:
            yield from _subjects(part)
