"""Edits of SQL where it stands, in .sql files and in strings: only of text that the source says letter by letter."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from archlint.diagnostic import Edit
from archlint.syntax import exp

if TYPE_CHECKING:
    from archlint.syntax.sql import SqlContext
    from archlint.syntax.sql_text import Region

_SIGNS = frozenset({"=", "==", "<>", "!="})


def predicate_edit(comparison: exp.Binary, predicate: str, context: SqlContext) -> Edit | None:
    """Return what writes a predicate in place of `= NULL`, in the case of the NULL; None where it is not certain."""
    end = context.region(comparison.this)[1] - context.statement.base
    behind = [one for one in context.statement.tokens if one.start >= end]
    sign, null = next(((a, b) for a, b in pairwise(behind) if a.text != ")"), (None, None))
    if sign is None or null is None or sign.text not in _SIGNS or null.text.upper() != "NULL":
        return None
    text = predicate if null.text.isupper() else predicate.lower()
    region = _region(sign.start, null.end, context)
    is_joined = not context.parsed.text[region[0] - 1].isspace()
    return _edit(region, f" {text}" if is_joined else text, context)


def null_edit(node: exp.In, context: SqlContext) -> Edit | None:
    """Return what takes the NULL and the comma before it out of a list of plain values."""
    if not all(isinstance(one, exp.Literal | exp.Null | exp.Placeholder) for one in node.expressions):
        return None
    end = context.region(node.this)[1] - context.statement.base
    behind = [one for one in context.statement.tokens if one.start >= end]
    inside = behind[next((n for n, one in enumerate(behind) if one.text.upper() == "IN"), len(behind)) :]
    inside = inside[: next((n for n, one in enumerate(inside) if one.text == ")"), 0)]
    found = [(a, b) for a, b in pairwise(inside) if a.text == "," and b.text.upper() == "NULL"]
    return _edit(_region(found[0][0].start, found[0][1].end, context), "", context) if found else None


def _region(start: int, last: int, context: SqlContext) -> Region:
    return context.statement.base + start, context.statement.base + last + 1


def _edit(region: Region, text: str, context: SqlContext) -> Edit | None:
    """Return a replacement of a region of the text, or None where a hole, an escape or a comment stands in it."""
    map_ = context.embedded.offsets if context.embedded is not None else None
    start, end = region if map_ is None else (map_.start(region[0]), map_.end(region[1]))
    written = context.parsed.text[slice(*region)]
    is_plain = context.source.text[start:end] == written and not {"-", "/", "#"} & set(written)
    return Edit(start, end, text) if is_plain else None
