"""SQL before it is parsed: templates masked at the same length, and the dialect that the text speaks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Region = tuple[int, int]

_NOT_LINE_END = re.compile(r"[^\r\n]")
_OPENING = re.compile(
    r"""
    (?P<quote>')
  | (?P<line_comment>--|\#\ )
  | (?P<block_comment>/\*)
  | (?P<dollar>\$(?:[A-Za-z_]\w*)?\$)
  | (?P<blank>\{%[^%]*%\} | \{\#[^\#]*\#\})
  | (?P<hole>\{\{[^{}]*\}\} | \$?\{[\w.\[\]!:-]*\} | (?<!:):(?:'\w+'|"\w+") | \$%\w+%\$)
  | (?P<named>%\(\w+\)s)
  | (?P<positional>%s\b)
  | (?P<percent>%%)
  | (?P<cast>\?(?=::))
    """,
    re.VERBOSE,
)
_META_COMMAND = re.compile(r"^\\[^\r\n]*", re.MULTILINE)
_COPY = re.compile(r"^COPY\b", re.MULTILINE | re.IGNORECASE)
_FROM_STDIN = re.compile(r"\bFROM\s+stdin\b", re.IGNORECASE)
_MAX_COPY = 1_400
"""Characters of one COPY command, without its data."""
_REPLACE = re.compile(r"(?im)(^|;)([ \t]*)REPLACE(?=\s+INTO\b)")
"""MySQL's and SQLite's, which sqlglot does not know; an INSERT concerns the same table and rows."""
_DELIMITER = re.compile(r"^[ \t]*DELIMITER[ \t]+(\S+)[^\r\n]*", re.MULTILINE | re.IGNORECASE)
_GO = re.compile(r"^([ \t]*)GO(?=[ \t]*\r?$)", re.MULTILINE)

_GUESSED_FROM = 20_000
_LOOK_BACK = 200
_COMMENT = re.compile(r"--[^\n]*|/\*(?!!).*?\*/", re.DOTALL)
"""What tells nothing of the dialect; `/*! … */` is what MySQL runs, and others do not."""
_PATH_CUES = (
    ("postgres", re.compile(r"(?i)(?<![a-z])(?:postgres(?:ql)?|pg|psql)(?![a-z])")),
    ("mysql", re.compile(r"(?i)(?<![a-z])(?:mysql|mariadb)(?![a-z])")),
    ("sqlite", re.compile(r"(?i)(?<![a-z])sqlite3?(?![a-z])")),
    ("tsql", re.compile(r"(?i)(?<![a-z])(?:mssql|sqlserver|tsql)(?![a-z])")),
    ("oracle", re.compile(r"(?i)(?<![a-z])oracle(?![a-z])")),
    ("clickhouse", re.compile(r"(?i)(?<![a-z])clickhouse(?![a-z])")),
    ("duckdb", re.compile(r"(?i)(?<![a-z])duckdb(?![a-z])")),
    ("snowflake", re.compile(r"(?i)(?<![a-z])snowflake(?![a-z])")),
    ("bigquery", re.compile(r"(?i)(?<![a-z])bigquery(?![a-z])")),
)
_TEXT_CUES = (
    ("mysql", re.compile(r"(?i)`\w|\bENGINE\s*=|\bAUTO_INCREMENT\b|\bON\s+DUPLICATE\s+KEY\b")),
    (
        "sqlite",
        re.compile(
            r"(?i)\bAUTOINCREMENT\b|\bPRAGMA\s+\w|\bWITHOUT\s+ROWID\b"
            r"|\b(?:INSERT|UPDATE)\s+OR\s+(?:ABORT|FAIL|IGNORE|REPLACE|ROLLBACK)\b"
        ),
    ),
    ("tsql", re.compile(r"(?im)\[\w+\]\.\[|^[ \t]*GO[ \t]*$|\bNVARCHAR\s*\(|\bIDENTITY\s*\(\d|\bSELECT\s+TOP\b")),
)
_SQLC_NAME = re.compile(r"(?m)^--\s*name:\s*\w+\s+:(?:one|many|exec|batch|copyfrom)")
_TEMPORARY_TABLE = re.compile(
    r"(?i)\bTEMP(?:ORARY)?\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?[\"'`\[\w.]{0,200}?(\w{1,100})\b(?![.\w])"
)
_CREATED_TABLE = re.compile(
    r"(?i)\bCREATE\s[\w\s]{0,40}?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?[\"'`\[\w.]{0,200}?(\w{1,100})\b(?![.\w])"
)
TEMPORARY_NAME = re.compile(r"(?i)^#|(?:^|_)te?mp(?:orary)?(?:_|$)")
"""A table that is called so lives as long as a session, or as a job."""
_INSERT = re.compile(r"(?i)\b(?:INSERT\s+INTO|COPY)\s+[\"'`\[\w.]{0,200}?(\w{1,100})\b(?![.\w])")
_ALTER = re.compile(r"(?i)\bALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?[\"'`\[\w.]{0,200}?(\w{1,100})\b(?![.\w])")
_NOT_WORD = re.compile(r"\W")
_CLOSING = frozenset(")]'\"`")
_WANTING = frozenset(
    {
        "ADD", "ALL", "AND", "ANY", "AS", "BETWEEN", "BY", "CASE", "COLUMN", "CONSTRAINT", "DISTINCT", "DO", "ELSE",
        "EXISTS", "FROM", "HAVING", "ILIKE", "IN", "INDEX", "INTO", "IS", "JOIN", "LIKE", "LIMIT", "NOT", "OFFSET",
        "ON", "OR", "REFERENCES", "RETURNING", "SELECT", "SEQUENCE", "SET", "TABLE", "THEN", "UPDATE", "USING",
        "VALUES", "VIEW", "WHEN", "WHERE",
    }
)  # fmt: skip
"""Words behind which something must follow."""
DEFAULT_DIALECT = "postgres"


class MaskedSql(msgspec.Struct, frozen=True):
    """A text of the same length without templates, and the regions whose content is not known."""

    text: str
    holes: tuple[Region, ...]


def guess_dialect(text: str, path: str = "") -> str:
    """Return the sqlglot dialect that a path or a text speaks; postgres where nothing says otherwise."""
    return told_dialect(text, path) or DEFAULT_DIALECT


def told_dialect(text: str, path: str = "") -> str:
    """Return the sqlglot dialect that a path or a text speaks, "" where nothing tells it."""
    for dialect, cue in _PATH_CUES:
        if cue.search(path):
            return dialect
    sample = _COMMENT.sub("", text[:_GUESSED_FROM])
    for dialect, cue in _TEXT_CUES:
        if cue.search(sample):
            return dialect
    return ""


def is_for_sqlc(text: str) -> bool:
    """Return whether a text holds queries of which sqlc makes code, with the columns behind each star written out."""
    return _SQLC_NAME.search(text) is not None


def refilled_tables(text: str) -> frozenset[str]:
    """Return the names, in lower case and without schema, of the tables that a text inserts into."""
    return frozenset(match.group(1).lower() for match in _INSERT.finditer(text))


def created_tables(text: str) -> frozenset[str]:
    """Return the names, in lower case and without schema, of the tables that a text creates."""
    return frozenset(match.group(1).lower() for match in _CREATED_TABLE.finditer(text))


def altered_tables(text: str) -> frozenset[str]:
    """Return the names, in lower case and without schema, of the tables whose columns a text changes."""
    return frozenset(match.group(1).lower() for match in _ALTER.finditer(text))


def temporary_tables(text: str) -> frozenset[str]:
    """Return the names, in lower case and without schema, of the tables that a text creates for a session."""
    return frozenset(match.group(1).lower() for match in _TEMPORARY_TABLE.finditer(text))


def mask(text: str) -> MaskedSql:
    """Return the text with templates, client commands and COPY data replaced by something that parses.

    Bind parameters (`%s`, `%(name)s`) become `:name` parameters, `?` before a cast a name; they are values, not holes.
    """
    stripped = _REPLACE.sub(r"\1\2INSERT ", _without_client_lines(text))
    pieces: list[str] = []
    holes: list[Region] = []
    done = 0
    for start, end, kind in _templates(stripped):
        found = stripped[start:end]
        pieces += (stripped[done:start], _replacement(kind, found))
        if kind in {"hole", "blank"}:
            holes.append((start, end))
        done = end
    return MaskedSql("".join(pieces) + stripped[done:], tuple(holes))


def _replacement(kind: str, found: str) -> str:
    if kind == "named":
        return f":_{found[2:-2]}_s"
    return {"positional": ":s", "percent": "% ", "cast": "_", "blank": blank(found)}.get(kind, "_" * len(found))


def blank(text: str) -> str:
    """Return spaces in place of a text, its line ends kept."""
    return _NOT_LINE_END.sub(" ", text)


def _templates(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the regions of templates outside of strings and comments, with their kind.

    Stops at a string, comment or body that never ends: nothing behind it can be told apart.
    """
    position = 0
    while (match := _OPENING.search(text, position)) is not None:
        kind = match.lastgroup or ""
        position = match.end()
        if kind in {"hole", "blank", "named", "positional", "percent", "cast"}:
            yield match.start(), match.end(), kind
            continue
        closing = {"quote": "'", "block_comment": "*/", "line_comment": "\n"}.get(kind, match.group())
        found = text.find(closing, position)
        if found < 0:
            return
        position = found + len(closing)


def _without_client_lines(text: str) -> str:
    """Return the text without what only a client understands: psql commands, COPY data, DELIMITER blocks, GO."""
    text = blanked(text, _copied_regions(text))
    text = blanked(text, _delimited_regions(text))
    if "\\" in text:
        text = _META_COMMAND.sub(lambda match: blank(match.group()), text)
    return _GO.sub(r"\1; ", text)


def blanked(text: str, regions: Iterable[Region]) -> str:
    """Return the text with spaces in place of regions that are in order."""
    pieces: list[str] = []
    done = 0
    for start, end in regions:
        pieces += (text[done:start], blank(text[start:end]))
        done = end
    return "".join(pieces) + text[done:]


def loose_holes(text: str, holes: Iterable[Region]) -> tuple[Region, ...]:
    """Return the holes before which nothing is missing: a clause may stand there, or nothing."""
    return tuple(region for region in holes if _is_complete(text[max(region[0] - _LOOK_BACK, 0) : region[0]]))


def _is_complete(before: str) -> bool:
    written = before.rstrip()
    if not written or written[-1] in _CLOSING:
        return bool(written)
    word = _NOT_WORD.split(written.split()[-1])[-1]
    return bool(word) and written != before and word.upper() not in _WANTING


def _copied_regions(text: str) -> Iterator[Region]:
    """Yield each `COPY … FROM stdin;` with the data behind it."""
    position, semicolon = 0, -1
    while (match := _COPY.search(text, position)) is not None:
        position = match.end()
        if semicolon < position and (semicolon := text.find(";", position)) < 0:
            return
        if semicolon - position > _MAX_COPY:
            continue
        if not _FROM_STDIN.search(text, position, semicolon):
            position = semicolon
            continue
        end = text.find("\n\\.", semicolon)
        position = len(text) if end < 0 else end + 3
        yield match.start(), position


def _delimited_regions(text: str) -> Iterator[Region]:
    """Yield the parts of a MySQL script between `DELIMITER $$` and `DELIMITER ;`: bodies of routines."""
    start = None
    for match in _DELIMITER.finditer(text):
        if match.group(1) != ";":
            start = match.start() if start is None else start
        else:
            yield (match.start() if start is None else start), match.end()
            start = None
    if start is not None:
        yield start, len(text)
