"""Statements that keep up how tables are stored: what they are about, and whether the table stays in use."""

from __future__ import annotations

import re

from archlint.ir.migration import Operation, OperationKind
from archlint.syntax.sql_text import Region

_STATEMENT = re.compile(
    r"""(?isx)
    (?P<what> REINDEX | CLUSTER | VACUUM | REFRESH) \b \s*
    (?: \( (?P<options> [^)]*) \) \s* )?
    (?P<words> (?:
        (?: TABLE | INDEX | SCHEMA | DATABASE | SYSTEM | MATERIALIZED\s+VIEW | CONCURRENTLY | FULL | FREEZE | VERBOSE
          | ANALYZE ) \b \s*
    )* )
    (?P<name> [\w".]+ )?
    (?: \s+ ON \s+ (?P<table> [\w".]+ ) )?"""
)
_TABLES = frozenset({"CLUSTER", "VACUUM"})
_OFF = frozenset({"FALSE", "OFF", "0"})


def maintained(text: str, place: Region, *, is_whole: bool) -> Operation | None:
    """Return what a statement does to how something is stored, None where it does no such thing.

    `is_whole` says that all of the text is known. A VACUUM that is not FULL keeps nobody waiting, and none is returned.
    """
    match = _STATEMENT.match(text)
    if match is None:
        return None
    what = match["what"].upper()
    words = match["words"].upper().split()
    has = _is_set("FULL" if what == "VACUUM" else "CONCURRENTLY", match["options"] or "", words)
    if (what == "VACUUM" and not has) or "SYSTEM" in words:
        return None
    name = (match["table"] or match["name"] or "").replace('"', "") if is_whole else ""
    is_table = what in _TABLES or "TABLE" in words
    return Operation(
        OperationKind.MAINTAIN,
        *place,
        name if is_table else "",
        name="" if is_table else name,
        concurrently=has and what != "VACUUM",
        what={"VACUUM": "vacuum full", "REFRESH": "refresh materialized view"}.get(what, what.lower()),
    )


def _is_set(word: str, options: str, words: list[str]) -> bool:
    """Return whether an option is set: as a word, or in brackets and not said to be off."""
    told = [one.upper().split() for one in options.split(",")]
    return word in words or any(one[:1] == [word] and one[-1] not in _OFF for one in told)
