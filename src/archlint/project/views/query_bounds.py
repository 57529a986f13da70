"""Fixes that let the database count and cut: `len(rows)` as `rows.count()`, `list(rows)[:n]` as `list(rows[:n])`."""

from __future__ import annotations

import re

from archlint.diagnostic import Applicability, Edit, Fix
from archlint.ir import nodes as ir
from archlint.project.context import ProjectContext
from archlint.project.flow import CallSite
from archlint.project.project import Project
from archlint.project.tree import called_name, expressions_in
from archlint.project.values import UNKNOWN, Query, Stage, Value

_OPENED = re.compile(r"\w+\(")
_CLOSED = re.compile(r"\s*,?\s*\)")
_COPIES = frozenset({"list", "tuple"})
LOCKS = "select_for_update"
_PRIMARY = ir.Name | ir.Attribute | ir.Call


def counted(ctx: ProjectContext, site: CallSite) -> Fix | None:
    """Return the fix of `len(query)` and of `len(list(query))`, or None.

    It is safe where the query is made there: what a function hands out may have its rows already.
    """
    inner = site.call.args[0]
    while isinstance(inner, ir.Call) and called_name(inner) in _COPIES and len(inner.args) == 1:
        inner = inner.args[0]
    text = _Text(ctx, site)
    if not isinstance(inner, _PRIMARY) or not text.is_wrapped(inner):
        return None
    if _is_lazy(site, inner, "django"):
        edits = text.unwrapped(inner, ".count()")
        is_made = isinstance(inner, ir.Call) and isinstance(_receiver(site, inner), Query)
        tier = Applicability.SAFE if is_made else Applicability.UNSAFE
        return Fix("Count in the database", edits, tier) if edits else None
    rows = _all_of(inner)
    if rows is None or not _is_lazy(site, rows, "sqlalchemy"):
        return None
    if text.has_lines():
        return None
    edits = text.edits((site.call.start, rows.start, ""), (rows.end, site.call.end, ".count()"))
    return Fix("Count in the database", edits)


def cut(project: Project, ctx: ProjectContext, site: CallSite, query: Query, subscript: ir.Subscript) -> Fix | None:
    """Return the fix of `list(query)[:n]`, of `list(query)[0]` and of `query.all()[…]`, or None.

    It is safe where the query is ordered, and the bounds are written as numbers: a negative one, and one in a variable
    that may be negative, are for lists only, and without an order the first ten rows are any ten.
    """
    if called_name(site.call) == "all":
        return _cut_legacy(ctx, site, subscript)
    if called_name(site.call) not in _COPIES or len(site.call.args) != 1:
        return None
    inner, text = site.call.args[0], _Text(ctx, site)
    if not _is_lazy(site, inner, "django") or not isinstance(inner, _PRIMARY) or not text.is_wrapped(inner):
        return None
    is_slice = isinstance(subscript.index, ir.Slice)
    if not (_is_counted_up(subscript.index) and text.is_open(site.call, inner)) or (not is_slice and text.has_lines()):
        return None
    may_lock = LOCKS in site.place.unit.attributes
    safe = _has_numbers(subscript.index) and _is_ordered(project, query, inner) and not may_lock
    tier = Applicability.SAFE if safe else Applicability.UNSAFE
    if is_slice:
        edits = text.edits((inner.end, site.call.end, ""), (subscript.end, subscript.end, ")"))
    else:
        edits = text.edits((site.call.start, inner.start, ""), (inner.end, site.call.end, ""))
    return Fix("Cut the query", edits, tier)


def _cut_legacy(ctx: ProjectContext, site: CallSite, subscript: ir.Subscript) -> Fix | None:
    """Return what takes the first rows of `session.query(Order).all()`: `.first()` gives None where there is none."""
    rows, text = _all_of(site.call), _Text(ctx, site)
    if rows is None or not _is_lazy(site, rows, "sqlalchemy") or subscript.value is not site.call:
        return None
    index = subscript.index
    if isinstance(index, ir.Constant) and index.value == 0:
        return Fix("Take the first row", text.edits((rows.end, subscript.end, ".first()")))
    if isinstance(index, ir.Slice) and index.lower is None and index.step is None and index.upper is not None:
        limit = text.of(index.upper.start, index.upper.end)
        return Fix("Limit the query", text.edits((rows.end, subscript.end, f".limit({limit}).all()")))
    return None


def _all_of(node: ir.Expr) -> ir.Expr | None:
    """Return the query of `query.all()`."""
    is_all = isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.name == "all"
    return node.func.value if is_all and isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) else None


def _is_lazy(site: CallSite, node: ir.Expr, orm: str) -> bool:
    """Return whether an expression is a query that nobody has sent yet, and that can be narrowed further."""
    value = site.evaluator.value(node, site.scope)
    return isinstance(value, Query) and value.orm == orm and value.stage is Stage.LAZY


def _receiver(site: CallSite, call: ir.Call) -> Value:
    """Return what the method of a call is called on."""
    return site.evaluator.value(call.func.value, site.scope) if isinstance(call.func, ir.Attribute) else UNKNOWN


def _is_counted_up(index: ir.Expr) -> bool:
    """Return whether an index may be one of a query: no step, and no number below zero."""
    if isinstance(index, ir.Slice):
        is_plain = index.step is None
        return is_plain and not any(isinstance(one, ir.Unary) for one in (index.lower, index.upper))
    return isinstance(index, ir.Constant)


def _has_numbers(index: ir.Expr) -> bool:
    parts = (index.lower, index.upper) if isinstance(index, ir.Slice) else (index,)
    return all(one is None or (isinstance(one, ir.Constant) and type(one.value) is int) for one in parts)


def _is_ordered(project: Project, query: Query, node: ir.Expr) -> bool:
    """Return whether a query says in which order its rows come, where it is written or in its model."""
    model = project.schema.model(query.definition) if query.definition is not None else None
    return _calls(node, "order_by") or (model is not None and bool(model.ordering) and isinstance(node, ir.Call))


def locks(node: ir.Expr) -> bool:
    """Return whether a query locks the rows that it fetches: then all of them are meant to be."""
    return any(isinstance(one, ir.Attribute) and one.name in (LOCKS, "with_for_update") for one in expressions_in(node))


def _calls(node: ir.Expr, name: str) -> bool:
    while isinstance(node, ir.Call | ir.Attribute):
        if isinstance(node, ir.Call) and called_name(node) == name and (node.args or node.keywords):
            return True
        node = node.func if isinstance(node, ir.Call) else node.value
    return False


class _Text:
    """The text around a call, by offsets from the start of its unit."""

    def __init__(self, ctx: ProjectContext, site: CallSite) -> None:
        self._text = ctx.source_of(site.module.path).text
        self._offset = site.offset
        self._call = site.call

    def of(self, start: int, end: int) -> str:
        """Return what stands between two offsets."""
        return self._text[self._offset + start : self._offset + end]

    def is_wrapped(self, inner: ir.Expr) -> bool:
        """Return whether a call has nothing but calls of one name around an expression: no brackets, no comments."""
        before, behind = self.of(self._call.start, inner.start), self.of(inner.end, self._call.end)
        return re.fullmatch(r"(?:\w+\(\s*)+", before) is not None and _CLOSED.sub("", behind) == ""

    def has_lines(self) -> bool:
        """Return whether the call goes over several lines: what is in it may need its brackets."""
        return not {"\n", "\r"}.isdisjoint(self.of(self._call.start, self._call.end))

    def unwrapped(self, inner: ir.Expr, behind: str) -> tuple[Edit, ...]:
        """Return edits that take the calls around an expression away, and put something behind it.

        Over several lines the brackets of the innermost call stay; there are no edits where they would make a tuple.
        """
        start, end = self._call.start, self._call.end
        if not self.has_lines():
            return self.edits((start, inner.start, ""), (inner.end, end, behind))
        opening = start + self.of(start, inner.start).rindex("(")
        closing = self.of(inner.end, end)
        at = inner.end + closing.index(")") + 1
        return () if "," in closing else self.edits((start, opening, ""), (at, end, behind))

    def is_open(self, call: ir.Call, inner: ir.Expr) -> bool:
        """Return whether an argument begins right behind the bracket of its call, so that it needs none of its own."""
        return _OPENED.fullmatch(self.of(call.start, inner.start)) is not None

    def edits(self, *changes: tuple[int, int, str]) -> tuple[Edit, ...]:
        """Return edits of the file."""
        return tuple(Edit(self._offset + start, self._offset + end, text) for start, end, text in changes)
