"""Which columns a query of SQLAlchemy joins its tables by."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.inference.arguments import Arguments
from archlint.project.values import UNREAD, ProjectClass, Query

_JOINING = frozenset({"join", "outerjoin"})
_CONDITIONAL = frozenset({"filter", "where"})
BY_KEY = "*"
"""Stands in place of a column where the foreign key between two models decides."""


def joins(query: Query, method: str, arguments: Arguments) -> frozenset[str]:
    """Return the joins of a query after a method: `shop.Order:customer_id`, a relation as well; or `UNREAD`."""
    if query.orm != "sqlalchemy":
        return query.joins
    if method in _JOINING:
        return query.joins.union(_of_join(arguments) or (UNREAD,))
    if method in _CONDITIONAL:
        return query.joins.union(*(_of_condition(node, arguments) for node in arguments.nodes))
    return query.joins


def _of_join(arguments: Arguments) -> tuple[str, ...]:
    """Return what a join compares, nothing where that is not known."""
    target = arguments.value(0)
    words = arguments.node.keywords if arguments.node is not None else ()
    if any(word.name not in ("isouter", "onclause") for word in words):
        return ()
    told = arguments.nodes[1] if len(arguments.nodes) > 1 else arguments.word("onclause")
    if isinstance(target, ProjectClass) and told is None:
        return (f"{target.definition.name}:{BY_KEY}",)
    if isinstance(target, ProjectClass) and told is not None:
        relation = _attribute(told, arguments)
        return (relation,) if relation else tuple(_compared(told, arguments))
    named = _attribute(arguments.nodes[0], arguments) if arguments.nodes and told is None else ""
    return (named,) if named else ()


def _compared(node: ir.Expr, arguments: Arguments) -> Iterator[str]:
    """Yield the columns that an ON compares with each other, and `UNREAD` for what else it says."""
    for one in _together(node):
        yield from _pair(one, arguments) or (UNREAD,)


def _of_condition(node: ir.Expr, arguments: Arguments) -> Iterator[str]:
    for one in _together(node):
        yield from _pair(one, arguments)


def _together(node: ir.Expr) -> Iterator[ir.Expr]:
    if isinstance(node, ir.Call) and dotted(node.func).rpartition(".")[2] == "and_":
        for one in node.args:
            yield from _together(one)
    elif isinstance(node, ir.Binary) and node.op == "&":
        yield from _together(node.left)
        yield from _together(node.right)
    else:
        yield node


def _pair(node: ir.Expr, arguments: Arguments) -> tuple[str, ...]:
    """Return the two columns that are compared with each other, or nothing."""
    if not (isinstance(node, ir.Compare) and node.ops == ("==",)):
        return ()
    both = _attribute(node.left, arguments), _attribute(node.comparators[0], arguments)
    return both if all(both) else ()


def _attribute(node: ir.Expr, arguments: Arguments) -> str:
    """Return an attribute of a model with the model's name, else ""."""
    if not isinstance(node, ir.Attribute) or arguments.scope is None:
        return ""
    base = arguments.inference.value(node.value, arguments.scope)
    is_model = isinstance(base, ProjectClass) and arguments.inference.project.orm_of(base.definition) is not None
    return f"{base.definition.name}:{node.name}" if is_model and isinstance(base, ProjectClass) else ""
