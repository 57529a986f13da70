"""How a query changes with each method of a chain: what it selects, whether it is filtered, bounded, executed."""

from __future__ import annotations

from dataclasses import replace

from archlint.knowledge.tables import OrmVerbs
from archlint.project.values import UNKNOWN, Instance, Items, Parts, Query, Stage, Value

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
        "get_or_none", "get_by_id", "aget", "afirst", "alast", "create", "acreate", "get_or_404", "first_or_404",
    }
)  # fmt: skip
_ROWS_VERBS = frozenset({"all", "fetchall", "iterator", "yield_per", "partitions", "fetchmany", "to_list"})
_ROW_AND_FLAG = frozenset({"aget_or_create", "aupdate_or_create", "get_or_create", "update_or_create"})
_RESULT_SHAPES = frozenset({"scalars", "unique", "mappings", "tuples", "columns"})


def after(query: Query, method: str, verbs: OrmVerbs) -> Value:  # noqa: PLR0911 - one answer a kind of method
    """Return what calling a method of a query gives."""
    if query.stage is Stage.RESULT:
        return _after_result(query, method)
    if method in _ROW_VERBS:
        return _row(query)
    if method in _ROW_AND_FLAG:
        return Parts((_row(query), UNKNOWN))
    if method in verbs.bounding:
        return replace(query.at(_unmanaged(query)), bounded=True)
    if method in verbs.lazy or method in verbs.eager or method in verbs.builders:
        filtered, related = query.filtered or method in _FILTERS, query.related and method not in verbs.defeating
        return replace(query.at(_unmanaged(query)), filtered=filtered, related=related)
    if method in _ROWS_VERBS:
        return Items(_row(query), source=query)
    if method in verbs.terminal_reads or method in verbs.terminal_writes:
        return UNKNOWN
    # A method of the project's own queryset or manager: it may filter and bound.
    return replace(query.at(_unmanaged(query)), filtered=True, bounded=True, related=False)


def executed(query: Query) -> Query:
    """Return a statement after a session has executed it."""
    return query.at(Stage.RESULT)


def _after_result(query: Query, method: str) -> Value:
    if method in _RESULT_SHAPES:
        return query
    if method in _ROW_VERBS:
        return _row(query)
    return Items(_row(query), source=query) if method in _ROWS_VERBS else UNKNOWN


def _unmanaged(query: Query) -> Stage:
    return Stage.LAZY if query.stage is Stage.MANAGER else query.stage


def _row(query: Query) -> Value:
    return Instance(query.model, query.definition)
