"""Which conditions a query has, column by column: what each says of how many rows are left."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.inference.arguments import Arguments
from archlint.project.values import ABSENT, CONSTANT, FROM, GIVEN, LISTED, OPAQUE, TO, ProjectClass, Query

_LOOKUPS = {
    "exact": GIVEN, "iexact": GIVEN, "in": LISTED, "gt": FROM, "gte": FROM, "lt": TO, "lte": TO, "isnull": ABSENT,
    "range": f"{FROM} {TO}", "contains": OPAQUE, "icontains": OPAQUE, "startswith": OPAQUE, "istartswith": OPAQUE,
    "endswith": OPAQUE, "iendswith": OPAQUE, "regex": OPAQUE, "iregex": OPAQUE, "search": OPAQUE, "overlap": OPAQUE,
    "contained_by": OPAQUE, "date": GIVEN, "year": GIVEN, "month": OPAQUE, "day": OPAQUE,
}  # fmt: skip
"""Lookups of Django and Tortoise, by what they leave."""
_MIRRORED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}
_ORDERS = {">": FROM, ">=": FROM, "<": TO, "<=": TO}
_KEEPING = frozenset({"distinct", "select_from"})
"""Methods that leave almost all rows."""
_CONDITIONAL = frozenset({"filter", "where", "filter_by"})
_UNREADABLE = frozenset(
    {
        "complex_filter", "extra", "from_statement", "group_by", "having", "in_bulk", "intersection", "raw",
        "with_entities", "with_only_columns",
    }
)  # fmt: skip

_GROUPING = frozenset({"annotate", "distinct"})
"""Methods that put rows together where columns were chosen before."""


def narrowed(query: Query, method: str, arguments: Arguments) -> frozenset[str]:
    """Return the conditions of a query after a method; each is its kind, a colon and the column."""
    added = frozenset(_added(query, method, arguments))
    if added and query.filtered and not query.conditions:  # the rows of a relation, of a manager, of a parameter
        return frozenset({f"{OPAQUE}:"})
    return query.conditions | added


def given(conditions: frozenset[str]) -> frozenset[str]:
    """Return the columns that conditions give one value."""
    return frozenset(one.partition(":")[2] for one in conditions if one.startswith(f"{GIVEN}:"))


def limited(query: Query) -> Query:
    """Return a query of which fewer rows come than its conditions tell."""
    return replace(query, conditions=query.conditions | {f"{OPAQUE}:"})


def _added(query: Query, method: str, arguments: Arguments) -> Iterator[str]:
    """Yield the conditions that a method adds."""
    if method in _UNREADABLE or (query.plain and method in _GROUPING):
        yield f"{OPAQUE}:"
    elif method in ("join", "outerjoin"):
        yield _joined(arguments, is_inner=method == "join")
    elif method == "exclude":
        yield from _left_out(arguments)
    elif method in _KEEPING:
        yield f"{ABSENT}:"
    elif method in _CONDITIONAL and arguments.node is None:  # what a symbol stands for: the arguments are not known
        yield f"{OPAQUE}:"
    elif method in _CONDITIONAL and arguments.node is not None:
        for node in arguments.nodes:
            yield from _of_expression(query, node, arguments)
        for word in arguments.node.keywords:
            yield from _of_keyword(word, arguments)


def _left_out(arguments: Arguments) -> Iterator[str]:
    words = arguments.node.keywords if arguments.node is not None else ()
    if not words or _may_keep_few(arguments):
        yield f"{OPAQUE}:"
    else:
        yield from (f"{ABSENT}:{word.name}" for word in words)


def _may_keep_few(arguments: Arguments) -> bool:
    """Return whether what is excluded may be almost all: `exclude(~Q(owner=owner))`, `exclude(owner__isnull=True)`."""
    words = arguments.node.keywords if arguments.node is not None else ()
    return bool(arguments.nodes) or any(word.name is None or word.name.endswith("__isnull") for word in words)


def _joined(arguments: Arguments, *, is_inner: bool) -> str:
    """Return what a join adds: one with a model or over a relation narrows nothing that can be told."""
    node = arguments.nodes[0] if arguments.nodes else None
    is_plain = isinstance(node, ir.Attribute) or isinstance(arguments.value(0), ProjectClass)
    return f"{ABSENT if is_plain or not is_inner else OPAQUE}:"


def _of_keyword(word: ir.Keyword, arguments: Arguments) -> Iterator[str]:
    if word.name is None:
        yield f"{OPAQUE}:"
        return
    path, _, last = word.name.rpartition("__")
    kinds = _LOOKUPS.get(last, "") if path else ""
    column = path if kinds else word.name
    for kind in (kinds or GIVEN).split():
        yield f"{_compared(kind, word.value, arguments)}:{column}"


def _compared(kind: str, node: ir.Expr, arguments: Arguments) -> str:
    """Return the kind of a comparison with a value: one with a constant names a state of the rows."""
    if kind == LISTED:
        return _of_list(node, arguments)
    if kind == ABSENT:  # `isnull`
        return ABSENT if isinstance(node, ir.Constant) and node.value else CONSTANT
    if kind == GIVEN and isinstance(node, ir.Constant) and not node.value:
        return ABSENT
    return CONSTANT if kind == GIVEN and _is_constant(node) else kind


def _of_list(node: ir.Expr, arguments: Arguments) -> str:
    if isinstance(node, ir.Collection):
        return CONSTANT if all(_is_constant(one) for one in node.items) else LISTED
    if _is_constant(node):
        return CONSTANT
    is_subquery = arguments.scope is not None and isinstance(arguments.inference.value(node, arguments.scope), Query)
    return OPAQUE if is_subquery else LISTED


def _is_constant(node: ir.Expr) -> bool:
    """Return whether a value is written here: a literal, a member of an enumeration, a name in capitals."""
    if isinstance(node, ir.Constant | ir.Text):
        return True
    if isinstance(node, ir.Call) and not node.args and dotted(node.func).rpartition(".")[2] in ("true", "false"):
        return True
    name = dotted(node)
    last = name.removesuffix(".value").rpartition(".")[2]
    return len(last) > 1 and last.upper() == last and not last.startswith("_") and bool(name)


def _of_expression(query: Query, node: ir.Expr, arguments: Arguments) -> Iterator[str]:
    """Yield what a condition says that is written as an expression: `Order.owner_id == owner`, `Q(owner=owner)`."""
    if isinstance(node, ir.Compare) and len(node.ops) == 1:
        yield from _of_comparison(query, node, arguments)
    elif isinstance(node, ir.Call):
        yield from _of_call(query, node, arguments)
    elif isinstance(node, ir.Binary) and node.op == "&":
        yield from _of_expression(query, node.left, arguments)
        yield from _of_expression(query, node.right, arguments)
    elif isinstance(node, ir.Unary):
        yield f"{ABSENT if _column(query, node.operand, arguments) else OPAQUE}:"
    elif isinstance(node, ir.Attribute) and _column(query, node, arguments):
        yield f"{CONSTANT}:{_column(query, node, arguments)}"
    else:
        yield f"{OPAQUE}:"


def _of_comparison(query: Query, node: ir.Compare, arguments: Arguments) -> Iterator[str]:
    column, op, other = _column(query, node.left, arguments), node.ops[0], node.comparators[0]
    if not column and _column(query, other, arguments):  # `cutoff > Log.created`
        column, op, other = _column(query, other, arguments), _MIRRORED.get(op, op), node.left
    if not column:
        yield f"{OPAQUE}:"
    elif op == "==" and _column(query, other, arguments):
        return  # how two tables are joined
    elif op == "==":
        is_query = arguments.scope is not None and isinstance(arguments.inference.value(other, arguments.scope), Query)
        yield f"{OPAQUE if is_query else _compared(GIVEN, other, arguments)}:{column}"
    elif op in _ORDERS:
        yield f"{_ORDERS[op]}:{column}"
    elif op == "!=" and "." not in column:
        is_set = isinstance(other, ir.Constant) and other.value is None  # `!= None`: what only some rows have
        yield f"{CONSTANT if is_set else ABSENT}:{column}"
    else:
        yield f"{OPAQUE}:{column}"


def _of_call(query: Query, node: ir.Call, arguments: Arguments) -> Iterator[str]:
    name = dotted(node.func).rpartition(".")[2] or getattr(node.func, "name", "")
    if name == "and_":
        for one in node.args:
            yield from _of_expression(query, one, arguments)
    elif name == "Q" and not node.args:
        for word in node.keywords:
            yield from _of_keyword(word, arguments)
    elif isinstance(node.func, ir.Attribute) and (column := _column(query, node.func.value, arguments)):
        # That another table has no row is what an outer join looks for: orphans.
        kinds = _of_method(name, node, arguments)
        yield from (f"{OPAQUE if kind == ABSENT and '.' in column else kind}:{column}" for kind in kinds)
    else:
        yield f"{OPAQUE}:"


def _of_method(name: str, node: ir.Call, arguments: Arguments) -> tuple[str, ...]:
    if name in ("in_", "<<") and node.args:
        return (_of_list(node.args[0], arguments),)
    if name == "between":
        return FROM, TO
    if name in ("is_", "isnot", "is_not") and node.args:
        says_nothing = isinstance(node.args[0], ir.Constant) and not node.args[0].value
        return (ABSENT,) if says_nothing is (name == "is_") else (CONSTANT,)
    return (ABSENT,) if name in ("not_in", "notin_", "ne") else (OPAQUE,)


def _column(query: Query, node: ir.Expr, arguments: Arguments) -> str:
    """Return the column that an expression is, with its model in front where that is another; else ""."""
    if isinstance(node, ir.Call) and dotted(node.func).rpartition(".")[2] in ("col", "column") and len(node.args) == 1:
        node = node.args[0]
    if not isinstance(node, ir.Attribute) or arguments.scope is None:
        return ""
    base = arguments.inference.value(node.value, arguments.scope)
    if not isinstance(base, ProjectClass) or arguments.inference.project.orm_of(base.definition) is None:
        return ""
    return node.name if base.definition is query.definition else f"{base.definition.row.name}.{node.name}"
