"""A .sql file as a script: its parts by the marks of migration tools, and what each does to a schema."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from archlint.ir.migration import Operation, ScriptFacts, Section
from archlint.syntax.sql_operations import operations_of
from archlint.syntax.sql_shape import shapes_of
from archlint.syntax.sql_text import told_dialect

if TYPE_CHECKING:
    from archlint.source import SourceFile
    from archlint.syntax.sql_statement import ParsedSql

_DEFINES = re.compile(
    r"(?i)\b(?:CREATE|ALTER|DROP|TRUNCATE|REINDEX|CLUSTER|VACUUM|REFRESH|BEGIN|START|COMMIT|ROLLBACK)\b"
)
_ASKS = re.compile(r"(?im)^[ \t]*(?:SELECT|WITH|UPDATE|DELETE)\b")
_BACK = re.compile(r"(?i)(?:[._-](?:down|rollback|undo)|/down)\.(?:p|pg)?sql$")
_MARK = re.compile(
    r"""(?imx)
    ^[ \t]*--[ \t]*(?:
        (?P<goose>\+goose)[ \t]+(?P<goose_way>Up|Down|NO[ \t]+TRANSACTION)\b
      | (?P<migrate>\+migrate)[ \t]+(?P<migrate_way>Up|Down)\b(?P<migrate_rest>[^\r\n]*)
      | (?P<dbmate>migrate:)(?P<dbmate_way>up|down)\b(?P<dbmate_rest>[^\r\n]*)
    )"""
)
_NO_TRANSACTION = re.compile(r"(?i)\bnotransaction\b|\btransaction:false\b|\bNO\s+TRANSACTION\b")
_POSTGRES = re.compile(
    r"(?i)\bCONCURRENTLY\b|\bTIMESTAMPTZ\b|\bJSONB\b|\b(?:BIG)?SERIAL\b|\bBYTEA\b|\bplpgsql\b|\bNOT\s+VALID\b"
    r"|\b(?:lock|statement)_timeout\b|\bUSING\s+(?:gin|gist|brin)\b|\bDO\s+\$|\bgen_random_uuid\s*\(|\bCREATE\s+EXTENSION\b"
    r"|\bWITH(?:OUT)?\s+TIME\s+ZONE\b|\bpg_catalog\b|\bCREATE\s+TYPE\s+\S+\s+AS\s+ENUM\b|::\w"
)


def may_concern_tables(text: str, path: str = "") -> bool:
    """Return whether a text may change a schema or the transaction around it, ask for rows, or be a way back.

    A way back is told by its name: it may be empty.
    """
    return any(one is not None for one in (_DEFINES.search(text), _ASKS.search(text), _BACK.search(path)))


def script(source: SourceFile, parsed: ParsedSql) -> ScriptFacts:
    """Return what a .sql file does to a schema; the offsets count in the file."""
    marks = list(_MARK.finditer(source.text))
    found = operations_of(parsed)
    tool = next((name for mark in marks for name in ("goose", "migrate", "dbmate") if mark[name]), "")
    dialect = told_dialect(source.text, source.path) or ("postgres" if _POSTGRES.search(source.text) else "")
    askings = tuple(one for shape in shapes_of(parsed) if (one := shape.asking).tables)
    return ScriptFacts(
        source.path, dialect, tool, tuple(_sections(marks, found)), askings, _DEFINES.search(source.text) is not None
    )


def _sections(marks: list[re.Match[str]], found: tuple[Operation, ...]) -> list[Section]:
    turns = [mark for mark in marks if _way(mark) in {"up", "down"}]
    if not turns:
        return [Section(found)]
    is_without = any(mark["goose"] and _NO_TRANSACTION.search(mark["goose_way"]) for mark in marks)
    starts = [mark.start() for mark in turns]
    parts: list[list[Operation]] = [[] for _ in turns]
    for one in found:
        parts[max(bisect_right(starts, one.start) - 1, 0)].append(one)
    return [
        Section(tuple(part), _way(mark) == "down", not (is_without or _NO_TRANSACTION.search(mark.group())))
        for mark, part in zip(turns, parts, strict=True)
    ]


def _way(mark: re.Match[str]) -> str:
    return (mark["goose_way"] or mark["migrate_way"] or mark["dbmate_way"]).lower()
