"""Which strings are SQL, told from the calls that they reach and from how they begin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from archlint.ir import nodes as ir

SINKS = frozenset(
    {
        "exec", "execute", "executemany", "executescript", "execute_sql", "execute_batch", "execute_query",
        "execute_many", "execute_raw", "execute_values", "exec_driver_sql", "executeQuery", "run_sql", "RunSQL", "raw",
        "raw_sql", "text", "mogrify", "fetch", "fetchrow", "fetchval", "fetchall", "fetchone", "fetch_all", "fetch_one",
        "fetch_val", "fetch_page", "fetch_row", "fetch_rows", "fetch_raw", "query", "query_row", "query_rows",
        "query_raw", "query_first", "read_sql", "read_sql_query", "iterate", "stream", "scalar", "scalars", "prepare",
        "copy_expert",
    }
)  # fmt: skip
"""Names of functions and methods that send SQL to a database, or make a statement of it that is sent."""

_SQL_KEYWORDS = frozenset({"sql", "query", "statement", "stmt", "operation", "raw_query", "text", "clause"})
_FIRST_ARGUMENTS = 3
_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"Delete": ("delete",), "Insert": ("insert", "replace"), "Update": ("update",)}
)
"""Words one of which each statement of a kind has, in lower case."""
_SQL = re.compile(
    r"""\s*(?:(?:--[^\n]*\n|/\*[^*]*\*/)\s*)*(?=(\w+))(?:
        select\b | with\s+(?:recursive\s+)?[\w"]+\s*(?:\([^()]*\)\s*)?as\b | insert\s+(?:or\s+\w+\s+|ignore\s+)?into\b
      | update\s+(?:or\s+\w+\s+|only\s+)?[\w."`\[\]{}%$]+\s+(?:as\s+\w+\s+|\w+\s+)?(?:set|join|,|_hole_)
      | delete\s+(?:\w+\s+)?from\b | merge\s+into\b | replace\s+into\b | truncate\b
      | create\s+(?:or\s+replace\s+)?(?:unique\s+|temp\w*\s+|global\s+|local\s+|unlogged\s+|materialized\s+)*
        (?:table|index|view|schema|sequence|type|function|trigger|extension)\b
      | alter\s+(?:table|index|view|type|sequence)\b | drop\s+(?:table|index|view|column|type|sequence|schema)\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_CUE = re.compile(r"(?i)[=*()?]|\n|:\w|%s|\b(?:where|join|values|limit|order\s+by|group\s+by|returning)\b")
_SHORTEST = 12
_MAX_LENGTH = 200_000
_OTHER = re.compile(
    r"""(?i)[\s(]*(?:--[^\n]*\n\s*)*(?:
        select|with|values|insert|update|delete|merge|replace|create|alter|drop|truncate|begin|start\s+transaction|commit
      | rollback|savepoint|release|set|show|explain|describe|pragma|vacuum|analyze|reindex|refresh|lock|grant|revoke
      | comment\s+on|copy|call|do|listen|notify|attach|detach|use|declare|fetch|close|cluster|discard|reset
    )\b""",
    re.VERBOSE,
)


def looks_like_sql(text: str, *, is_sent: bool) -> bool:
    """Return whether a text is SQL; other calls than those that send it (`execute…`) take prose as well."""
    if not _SHORTEST <= len(text) <= _MAX_LENGTH:
        return False
    verb = _SQL.match(text)
    if verb is None:
        return False
    return is_sent or verb.group(1).isupper() or _CUE.search(text) is not None


def begins_like_sql(text: str) -> bool:
    """Return whether a text that a database is sent for certain begins with a word of SQL."""
    return len(text) <= _MAX_LENGTH and _OTHER.match(text) is not None


def sql_arguments(call: ir.Call) -> Iterator[ir.Expr]:
    """Yield the arguments that may hold the statement: wrappers put a description or a cursor first."""
    yield from call.args[:_FIRST_ARGUMENTS]
    yield from (each.value for each in call.keywords if each.name in _SQL_KEYWORDS)


def may_hold(text: str, node_types: Iterable[str]) -> bool:
    """Return whether a text may have a statement of one of some kinds, without parsing it; True for kinds unknown."""
    lower = text.lower()
    return any(any(word in lower for word in _WORDS.get(name, ("",))) for name in node_types)
