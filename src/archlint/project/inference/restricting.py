"""Which conditions a query was given: columns with what is asked of them.

Each is written as Django writes it, `created__lt`: the path, then the kind of the comparison. `!` in front says that
rows with it are left out, `=` behind it that a constant of the source is compared with; `?` is one that is not known.
"""

from __future__ import annotations

from collections.abc import Iterator

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.inference.arguments import Arguments
from archlint.project.tree import called_name
from archlint.project.values import UNKNOWN_CONDITION

_BY_KEYWORD = frozenset({"complex_filter", "exclude", "filter", "filter_by", "get"})
_BY_EXPRESSION = frozenset({"filter", "where"})
_OPERATORS = {"==": "exact", "!=": "ne", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
_MIRRORED = {"lt": "gt", "lte": "gte", "gt": "lt", "gte": "lte"}
_METHODS = {
    "in_": "in", "is_": "isnull", "is_not": "isnull", "isnot": "isnull", "is_null": "isnull", "not_in": "ne",
    "notin_": "ne", "between": "range",
}  # fmt: skip
"""Methods of columns in SQLAlchemy and Peewee, and the lookup of Django that asks the same."""
LOOKUPS = frozenset({"exact", "gt", "gte", "iexact", "in", "isnull", "lt", "lte", "ne", "range"})
_OTHER_LOOKUPS = frozenset(
    {
        "contains", "date", "day", "endswith", "hour", "icontains", "iendswith", "iregex", "istartswith", "month",
        "regex", "search", "startswith", "time", "week", "year",
    }
)  # fmt: skip


def conditions(method: str, arguments: Arguments, *, is_django: bool) -> frozenset[str]:
    """Return the conditions that a method which narrows a query adds."""
    node = arguments.node
    if node is None or method not in _BY_KEYWORD | _BY_EXPRESSION:
        return frozenset({UNKNOWN_CONDITION})
    found = set(_keywords(node.keywords)) if method in _BY_KEYWORD else set()
    for argument in node.args:
        found.update(_object(argument) if is_django else _expression(argument))
    return frozenset(map(_negated, found)) if method == "exclude" else frozenset(found)


def _keywords(words: tuple[ir.Keyword, ...]) -> Iterator[str]:
    for word in words:
        yield UNKNOWN_CONDITION if word.name is None else _condition(word.name, _lookup(word.name), word.value)


def _lookup(name: str) -> str:
    """Return what is asked, "" where the name ends with it already."""
    return "" if name.rpartition("__")[2] in LOOKUPS | _OTHER_LOOKUPS else "exact"


def _condition(path: str, lookup: str, value: ir.Expr | None) -> str:
    name = f"{path}__{lookup}" if lookup else path
    return f"{name}=" if value is not None and is_fixed(value) else name


def _negated(condition: str) -> str:
    if condition == UNKNOWN_CONDITION:
        return condition
    return condition[1:] if condition.startswith("!") else f"!{condition}"


def _object(node: ir.Expr) -> Iterator[str]:
    """Yield the conditions of `Q(status="x") & ~Q(owner=None)`."""
    match node:
        case ir.Binary(op="&" | "|"):
            yield from _object(node.left)
            yield from _object(node.right)
        case ir.Unary(op="~"):
            yield from map(_negated, _object(node.operand))
        case ir.Call() if called_name(node) == "Q":
            yield from _keywords(node.keywords)
            for argument in node.args:
                yield from _object(argument)
        case _:
            yield UNKNOWN_CONDITION


def _expression(node: ir.Expr) -> Iterator[str]:
    """Yield the conditions of `and_(Log.created < cutoff, Log.status == "done")`."""
    match node:
        case ir.Binary(op="&" | "|"):
            yield from _expression(node.left)
            yield from _expression(node.right)
        case ir.Unary(op="~"):
            yield from map(_negated, _expression(node.operand))
        case ir.Compare(ops=(op,), comparators=(right,)):
            yield _compared(node.left, op, right)
        case ir.Call() if called_name(node) in ("and_", "or_"):
            for argument in node.args:
                yield from _expression(argument)
        case ir.Call(func=ir.Attribute(value=column, name=name)) if name in _METHODS and _column(column):
            yield _condition(_column(column), _METHODS[name], node.args[0] if node.args else None)
        case ir.Attribute():
            yield f"{node.name}__exact="
        case _:
            yield UNKNOWN_CONDITION


def _compared(left: ir.Expr, op: str, right: ir.Expr) -> str:
    lookup = _OPERATORS.get(op)
    if lookup is None:
        return UNKNOWN_CONDITION
    if _column(left):
        return _condition(_column(left), lookup, right)
    if _column(right):
        return _condition(_column(right), _MIRRORED.get(lookup, lookup), left)
    return UNKNOWN_CONDITION


def _column(node: ir.Expr) -> str:
    """Return the name of the column of `Log.created`, `col(Log.created)`, `Log.c.created`, or ""."""
    if isinstance(node, ir.Call) and called_name(node) == "col" and node.args:
        node = node.args[0]
    names = dotted(node).split(".") if isinstance(node, ir.Attribute) else []
    is_class = len(names) > 1 and (names[0][:1].isupper() or names[-2] == "c")
    return names[-1] if is_class else ""


def is_fixed(node: ir.Expr) -> bool:
    """Return whether a value is written in the source: a literal, a constant's name, a member of an enumeration."""
    if isinstance(node, ir.Collection):
        return all(map(is_fixed, node.items))
    if isinstance(node, ir.Name | ir.Attribute):
        names = dotted(node).removesuffix(".value").split(".")
        return names[-1].isupper() or (len(names) > 1 and names[-2][:1].isupper())
    return isinstance(node, ir.Constant | ir.Text)
