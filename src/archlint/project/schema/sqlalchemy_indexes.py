"""The indexes of SQLAlchemy: `Index("name", column, …)` and what tells one from another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.schema.model import Index, Place
from archlint.project.schema.names import Names
from archlint.project.symbols import Variable
from archlint.project.tree import same_text

_PLAIN = re.compile(r"(?i)\s*(\w+)(\s+desc|\s+asc)?\s*")
_ORDERS = frozenset({"asc", "desc"})
_TREE = "btree"


class _Part(msgspec.Struct, frozen=True):
    """What an index sorts by: a column, or "" for an expression."""

    column: str
    is_descending: bool = False


def read_index(names: Names, node: ir.Call, place: Place, columns: Mapping[str, str]) -> Index:
    """Return the index that a call makes; `columns` maps attributes to columns."""
    words = {word.name: word.value for word in node.keywords if word.name is not None}
    parts = [_part(names, one, place) for one in node.args[1:]]
    known: list[_Part] = []
    for one in parts:
        if not one.column:
            break
        known.append(_Part(columns.get(one.column, one.column), one.is_descending))
    unique = words.pop("unique", None)
    using = [value.value for name, value in words.items() if name.endswith("_using") and isinstance(value, ir.Text)]
    method = using[0].lower() if using else ""
    told = [f"{name}={same_text(value)}" for name, value in sorted(words.items()) if _tells(name)]
    told += [same_text(one) for one in node.args[1 + len(known) :]]
    return Index(
        tuple(one.column for one in known),
        names.text(node.args[0], place.module) or "",
        isinstance(unique, ir.Constant) and unique.value is True,
        any(word.endswith("_where") for word in words),
        place,
        "" if method == _TREE else method,
        frozenset(one.column for one in known if one.is_descending),
        ", ".join(told),
    )


def named_columns(names: Names, nodes: Iterable[ir.Expr], place: Place, columns: Mapping[str, str]) -> tuple[str, ...]:
    """Return the columns of a constraint; what is none is left out."""
    found = [part.column for part in (_part(names, one, place) for one in nodes) if part.column]
    return tuple(columns.get(one, one) for one in found)


def _tells(word: str) -> bool:
    """Return whether a keyword tells an index from another one over the same columns."""
    return word not in ("name", "quote", "if_not_exists") and not word.endswith(("_using", "_concurrently", "_with"))


def _part(names: Names, node: ir.Expr, place: Place) -> _Part:
    if isinstance(node, ir.Call):
        func = node.func
        if isinstance(func, ir.Attribute) and func.name in _ORDERS and not node.args:
            return _Part(_part(names, func.value, place).column, func.name == "desc")
        name = dotted(func).rpartition(".")[2]
        if name in _ORDERS and len(node.args) == 1:
            return _Part(_part(names, node.args[0], place).column, name == "desc")
        return _of_text(node.args[0]) if name == "text" and node.args else _Part("")
    if not isinstance(node, ir.Name | ir.Attribute):
        return _Part(names.text(node, place.module) or "")
    found = names.resolved(node, place.module)
    value = names.value_of(found) if isinstance(found, Variable) else None
    return _Part(value.value if isinstance(value, ir.Text) else dotted(node).rpartition(".")[2])


def _of_text(node: ir.Expr) -> _Part:
    """Return what `text("created DESC")` is, with an expression for all that is more."""
    found = _PLAIN.fullmatch(node.value) if isinstance(node, ir.Text) else None
    return _Part(found[1], (found[2] or "").strip().lower() == "desc") if found is not None else _Part("")
