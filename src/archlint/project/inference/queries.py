"""How a query changes with each method of a chain: what it selects, whether it is filtered, bounded, executed."""

from __future__ import annotations

from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.knowledge.tables import OrmVerbs
from archlint.project.inference import eager, narrowing, rows
from archlint.project.inference.arguments import Arguments
from archlint.project.inference.joins import joins
from archlint.project.values import OPAQUE, UNKNOWN, Instance, Items, Parts, Query, Stage, Value

_FILTERS = frozenset(
    {
        "complex_filter", "dates", "datetimes", "distinct", "exclude", "extra", "filter", "filter_by", "from_statement",
        "group_by", "having", "in_bulk", "join", "raw", "select_from", "where", "with_entities", "with_only_columns",
    }
)  # fmt: skip
"""Methods that narrow a query, or make something else of it than all rows of its model."""
_ROW_VERBS = frozenset(
    {
        "get", "first", "last", "earliest", "latest", "one", "one_or_none", "scalar_one", "scalar_one_or_none",
        "get_or_none", "get_by_id", "aget", "afirst", "alast", "aearliest", "alatest", "create", "acreate",
        "get_one", "get_or_404", "first_or_404", "one_or_404",
    }
)  # fmt: skip
_ROWS_VERBS = frozenset({"all", "fetchall", "iterator", "yield_per", "partitions", "fetchmany", "to_list"})
_ROW_AND_FLAG = frozenset({"aget_or_create", "aupdate_or_create", "get_or_create", "update_or_create"})
_PLAIN = frozenset({"dates", "datetimes", "values", "values_list", "with_entities", "with_only_columns"})
"""Methods after which rows are no instances of the model."""
_RESULT_SHAPES = frozenset({"scalars", "unique", "mappings", "tuples", "columns"})


def after(query: Query, method: str, verbs: OrmVerbs, arguments: Arguments) -> Value:  # noqa: PLR0911 - one answer a kind
    """Return what calling a method of a query gives."""
    if query.stage is Stage.RESULT:
        return _after_result(query, method)
    if method in _ROW_VERBS:
        row = query.row()
        if method in rows.CREATING and isinstance(row, Instance):
            return replace(row, loaded=rows.of_created(query, arguments))
        return row
    if method in _ROW_AND_FLAG:
        return Parts((query.row(), UNKNOWN))
    is_terminal = method in verbs.terminal_reads or method in verbs.terminal_writes
    if method in verbs.bounding and not is_terminal:
        return narrowing.limited(replace(query.at(_unmanaged(query)), bounded=True, limit=_number(arguments)))
    if method in verbs.lazy or method in verbs.eager or method in verbs.builders or method == "get_queryset":
        return _built(query, method, verbs, arguments)
    if method in _ROWS_VERBS:
        return Items(query.row(), source=query)
    if is_terminal:
        return UNKNOWN
    return _unknown(query)


def _unknown(query: Query) -> Query:
    """Return a query after a method of the project's own queryset or manager: it may filter, bound and load.

    What a caller knows of the query that it gave does not tell of that either.
    """
    return replace(
        query.at(_unmanaged(query)),
        filtered=True,
        bounded=True,
        related=False,
        loads_all=True,
        conditions=query.conditions | {f"{OPAQUE}:"},
        origin=None,
    )


def _built(query: Query, method: str, verbs: OrmVerbs, arguments: Arguments) -> Query:
    if method == "none" and verbs.name == "django":
        return replace(query.at(_unmanaged(query)), limit=0, bounded=True)
    ignores = method in verbs.defeating
    conditions = narrowing.narrowed(query, method, arguments)
    built = replace(
        query.at(_unmanaged(query)),
        filtered=query.filtered or method in _FILTERS,
        related=query.related and not ignores,
        is_here=False if ignores and query.is_here else query.is_here,
        is_defeated=query.is_defeated or (ignores and query.is_here is True),
        plain=query.plain or method in _PLAIN,
        conditions=conditions,
        joins=joins(query, method, arguments),
        pinned=query.pinned | narrowing.given(conditions - query.conditions),
        bounded=query.bounded or _comes_in_portions(method, arguments),
    )
    return eager.loaded(built, method, arguments)


def _comes_in_portions(method: str, arguments: Arguments) -> bool:
    """Return whether `execution_options(yield_per=…)` lets the driver hand out the rows in portions."""
    words = [arguments.word(name) for name in ("yield_per", "stream_results")]
    return method == "execution_options" and any(word is not None for word in words)


def executed(query: Query) -> Query:
    """Return a statement after a session has executed it."""
    return query.at(Stage.RESULT)


def _after_result(query: Query, method: str) -> Value:
    if method in _RESULT_SHAPES:
        return query
    if method in _ROW_VERBS:
        return query.row()
    return Items(query.row(), source=query) if method in _ROWS_VERBS else UNKNOWN


def _number(arguments: Arguments) -> int | None:
    node = arguments.nodes[0] if arguments.nodes else None
    return node.value if isinstance(node, ir.Constant) and type(node.value) is int else None


def _unmanaged(query: Query) -> Stage:
    return Stage.LAZY if query.stage is Stage.MANAGER else query.stage
