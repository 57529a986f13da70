"""Whether the text of a statement limits the rows that it concerns."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.syntax import exp

_MAX_DEPTH = 20


def is_bounded(tree: exp.Expr, depth: int = 0) -> bool:
    """Return whether the rows that come back, or that a write concerns, have a limit in the text.

    A LIMIT, FETCH or TOP counts, and so do a query of aggregates alone, one without FROM, and literal rows.
    An equality does not: whether its column is a key is not known here.
    """
    if depth > _MAX_DEPTH or has_limit(tree):
        return depth <= _MAX_DEPTH
    if isinstance(tree, exp.Select):
        return gives_one_row(tree) or _has_bounded_source(tree, depth)
    if isinstance(tree, exp.SetOperation):
        return is_bounded(tree.left, depth + 1) and is_bounded(tree.right, depth + 1)
    if isinstance(tree, exp.Subquery):
        return is_bounded(tree.this, depth + 1)
    if isinstance(tree, exp.Insert):
        source = tree.args.get("expression")
        return source is None or is_bounded(source, depth + 1)
    return isinstance(tree, exp.Values)


def has_where(tree: exp.Expr) -> bool:
    """Return whether a condition stands on the rows of a statement; of a union all branches need one."""
    if isinstance(tree, exp.SetOperation):
        return has_where(tree.left) and has_where(tree.right)
    if isinstance(tree, exp.Subquery):
        return has_where(tree.this)
    if isinstance(tree, exp.Insert):
        source = tree.args.get("expression")
        return isinstance(source, exp.Query) and has_where(source)
    return tree.args.get("where") is not None


def fixed_columns(tree: exp.Expr) -> list[exp.Column]:
    """Return the columns of a query that conditions which all must hold compare with one value."""
    return [column for column, _ in _compared(tree)]


def given_columns(tree: exp.Expr) -> list[exp.Column]:
    """Return those of them that are compared with a parameter."""
    return [column for column, value in _compared(tree) if value.find(exp.Placeholder, exp.Parameter) is not None]


def _compared(tree: exp.Expr) -> Iterator[tuple[exp.Column, exp.Expr]]:
    """Yield the columns of a query that conditions which all must hold compare with one value, and the values."""
    for node in conjuncts(tree):
        if isinstance(node, exp.EQ) and node.find(exp.Query) is None:
            left, right = node.left, node.right
            if isinstance(left, exp.Column) and not isinstance(right, exp.Column):
                yield left, right
            elif isinstance(right, exp.Column) and not isinstance(left, exp.Column):
                yield right, left


def is_plain(tree: exp.Expr) -> bool:
    """Return whether a query gives rows of tables as they are: not grouped, not for a list of values it is given."""
    if not isinstance(tree, exp.Select) or tree.args.get("group") is not None or tree.args.get("distinct") is not None:
        return False
    source = tree.args.get("from_")
    if source is None or not isinstance(source.this, exp.Table) or tree.find(exp.Unnest, exp.Values, exp.With):
        return False
    return not any(isinstance(one, exp.In) or one.find(exp.Any) is not None for one in conjuncts(tree))


def conjuncts(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Yield the conditions on the rows of a query that all must hold."""
    where = tree.args.get("where")
    if where is not None:
        yield from parts_of(where.this)


def parts_of(condition: exp.Expr) -> Iterator[exp.Expr]:
    """Yield the conditions that all must hold for a condition to hold."""
    pending = [condition]
    while pending:
        node = pending.pop()
        if isinstance(node, exp.Paren):
            pending.append(node.this)
        elif isinstance(node, exp.And):
            pending += [node.left, node.right]
        else:
            yield node


def gives_one_row(tree: exp.Select) -> bool:
    """Return whether a query gives one row by its form: it has no source, one literal row, or aggregates of all."""
    source = tree.args.get("from_")
    if source is None or (_is_row(source.this) and _is_alone(tree)):
        return True
    if tree.args.get("group") is not None:
        return False
    return any(_is_aggregate(one) for one in tree.expressions)


def has_limit(tree: exp.Expr) -> bool:
    """Return whether LIMIT, FETCH or TOP stands behind a statement; `LIMIT ALL` is none."""
    limit = tree.args.get("limit")
    if limit is None:
        return any(table.name.upper() == "TOP" for table in tree.args.get("tables") or ())
    value = limit.args.get("expression") if isinstance(limit, exp.Limit) else None
    is_all = isinstance(value, exp.Column | exp.Var) and value.name.upper() == "ALL"
    return not is_all and not isinstance(value, exp.Null)


def _is_row(node: exp.Expr) -> bool:
    return isinstance(node, exp.Values) and len(node.expressions) == 1


def _is_alone(tree: exp.Expr) -> bool:
    return not tree.args.get("joins") and not tree.args.get("laterals")


def _is_aggregate(node: exp.Expr) -> bool:
    """Return whether a projection aggregates: neither a window nor what a subquery aggregates counts."""
    found = (one for one in node.walk(prune=_is_apart) if isinstance(one, exp.AggFunc))
    return any(not isinstance(_unfiltered(one).parent, exp.Window) for one in found)


def _unfiltered(node: exp.Expr) -> exp.Expr:
    return node.parent if isinstance(node.parent, exp.Filter) else node


def _is_apart(node: exp.Expr) -> bool:
    return isinstance(node, exp.Query)


def _has_bounded_source(tree: exp.Select, depth: int) -> bool:
    source = tree.args["from_"].this
    return _is_alone(tree) and isinstance(source, exp.Subquery) and is_bounded(source, depth + 1)
