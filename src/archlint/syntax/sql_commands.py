"""Statements that sqlglot keeps as raw text or cannot parse, as far as their tokens tell what they do."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from archlint.ir.migration import VIEW, Operation, OperationKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from archlint.syntax.sql_statement import Statement
    from archlint.syntax.sql_text import Region

_BEFORE_NAME = frozenset({"IF", "NOT", "EXISTS", "ONLY", "CONCURRENTLY"})
_BEFORE_TABLE = frozenset({"CREATE", "GLOBAL", "LOCAL", "TEMP", "TEMPORARY", "UNLOGGED", "FOREIGN"})
_BEFORE_VIEW = frozenset({"CREATE", "OR", "REPLACE", "MATERIALIZED", "RECURSIVE", "TEMP", "TEMPORARY"})
_CODE = frozenset({"DO", "CALL"})
_LISTED = frozenset(
    {"AGGREGATE", "DATABASE", "DOMAIN", "EXTENSION", "FUNCTION", "PROCEDURE", "ROUTINE", "SCHEMA", "SEQUENCE", "TYPE"}
)
"""What sqlglot keeps as text, most where several are dropped."""
_RENAMED = {
    "CONSTRAINT": OperationKind.RENAME_CONSTRAINT,
    "INDEX": OperationKind.RENAME_INDEX,
    "KEY": OperationKind.RENAME_INDEX,
}
_HARMLESS = frozenset(
    {"ATTACH", "CLUSTER", "DETACH", "DISABLE", "ENABLE", "ENGINE", "FORCE", "OWNER", "REPLICA", "RESET", "SET"}
)
"""First words of actions that leave columns, indexes and constraints as they are."""

_RENAME = re.compile(r"(?i)([\w.`\"$]+)\s+TO\s+([\w.`\"$]+)")
_QUOTES = re.compile(r"[`\"]")


def commanded(statement: Statement, holes: Sequence[Region]) -> Iterator[Operation]:
    """Yield what the tokens of a statement say; one that says nothing is unknown."""
    tokens = statement.tokens
    words = statement.words()
    place = (statement.start, statement.end)
    found: Iterator[Operation] | None = None
    if words[:2] == ("ALTER", "TABLE"):
        found = _table_altered(tokens[2:], holes, place)
    elif words[:2] in {("DROP", "INDEX"), ("DROP", "TABLE")}:
        found = _dropped(words[1], tokens[2:], holes, place)
    elif words[:3] == ("DROP", "FOREIGN", "TABLE"):
        found = _dropped("TABLE", tokens[3:], holes, place)
    elif words[:1] == ("DROP",) and len(words) > 1 and words[1] in _LISTED:
        found = _others(words[1].lower(), tokens[2:], holes, place)
    elif words[:1] == ("CREATE",) and "TABLE" in words[:4] and set(words[: words.index("TABLE")]) <= _BEFORE_TABLE:
        name, _ = _name(tokens[words.index("TABLE") + 1 :], holes)
        found = iter((Operation(OperationKind.CREATE_TABLE, *place, name, is_open=True),))
    elif is_view(words):
        name, _ = _name(tokens[words.index("VIEW") + 1 :], holes)
        what = f"materialized {VIEW}" if "MATERIALIZED" in words[:3] else VIEW
        found = iter((Operation(OperationKind.CREATE_OTHER, *place, name=name, what=what),))
    elif words[:1] == ("RENAME",) and len(words) > 1 and words[1].startswith("TABLE") and not holes:
        found = _renamed(tokens[1].text, place)
    elif words[:1] and words[0] in _CODE:
        found = iter((Operation(OperationKind.RUN_CODE, *place),))
    yield from found if found is not None else (Operation(OperationKind.UNKNOWN, *place),)


def _name(tokens: Sequence[Token], holes: Sequence[Region]) -> tuple[str, Sequence[Token]]:
    """Return the name that some tokens begin with, "" where a part of it is not known, and the tokens behind it."""
    rest = list(tokens)
    while rest and rest[0].text.upper() in _BEFORE_NAME:
        rest.pop(0)
    parts: list[str] = []
    is_known = bool(rest)
    while rest:
        token = rest.pop(0)
        is_known = is_known and not any(token.start < end and start <= token.end for start, end in holes)
        parts.append(token.text)
        if len(rest) < 2 or rest[0].text != ".":  # noqa: PLR2004 - a dot and a name
            break
        rest.pop(0)
    return (".".join(parts) if is_known else ""), rest


def _table_altered(tokens: Sequence[Token], holes: Sequence[Region], place: Region) -> Iterator[Operation]:
    table, rest = _name(tokens, holes)
    for action in _listed(rest):
        words = [token.text.upper() for token in action]
        if words[:2] == ["VALIDATE", "CONSTRAINT"]:
            name, _ = _name(action[2:], holes)
            yield Operation(OperationKind.VALIDATE_CONSTRAINT, *place, table, name=name)
        elif is_short_rename(words):
            old, new = _name(action[1:], holes)[0], _name(action[3:], holes)[0]
            yield Operation(OperationKind.RENAME_COLUMN, *place, table, (old,) if old else (), new)
        elif words[:1] == ["RENAME"] and len(words) > 2 and words[1] in _RENAMED:  # noqa: PLR2004 - a name follows
            old, behind = _name(action[2:], holes)
            new, _ = _name(behind[1:], holes)
            yield Operation(_RENAMED[words[1]], *place, table, name=new, before=old)
        elif words[:1] == ["ADD"] and (index := _used_index(words)):
            kind = OperationKind.ADD_PRIMARY_KEY if "PRIMARY KEY" in words else OperationKind.ADD_UNIQUE
            name, _ = _name(action[index:], holes)
            yield Operation(kind, *place, table, name=name, using_index=True, is_unique=True)
        elif words[:2] == ["DETACH", "PARTITION"]:
            concurrently = words[-1] in {"CONCURRENTLY", "FINALIZE"}
            what = "detach partition"
            yield Operation(OperationKind.MAINTAIN, *place, table, concurrently=concurrently, what=what)
        elif words[:1] == ["DROP"] and words[1:2] in (["INDEX"], ["KEY"]):
            yield Operation(OperationKind.DROP_INDEX, *place, table, name=_name(action[2:], holes)[0])
        elif words[:2] == ["DROP", "CONSTRAINT"]:
            behind = action[4:] if words[2:4] == ["IF", "EXISTS"] else action[2:]
            yield Operation(OperationKind.DROP_CONSTRAINT, *place, table, name=_name(behind, holes)[0])
        elif words[:1] and words[0] in _HARMLESS:
            yield Operation(OperationKind.UNKNOWN, *place, what=words[0].lower())
        else:
            yield Operation(OperationKind.UNKNOWN, *place, table)


def _renamed(listed: str, place: Region) -> Iterator[Operation]:
    """Yield the tables that MySQL's `RENAME TABLE a TO b, c TO d` gives new names."""
    for match in _RENAME.finditer(listed):
        old, new = (_QUOTES.sub("", one) for one in match.groups())
        yield Operation(OperationKind.RENAME_TABLE, *place, old, name=new)


def is_view(words: Sequence[str]) -> bool:
    """Return whether a view is made, also one with what sqlglot keeps as text."""
    return words[:1] == ("CREATE",) and "VIEW" in words[:6] and set(words[: words.index("VIEW")]) <= _BEFORE_VIEW


def is_short_rename(words: Sequence[str]) -> bool:
    """Return whether a column is renamed without the word COLUMN, which sqlglot takes for a new name of the table."""
    return len(words) > 3 and words[-4] == "RENAME" and words[-3] != "TO" and words[-2] == "TO"  # noqa: PLR2004


def _used_index(words: Sequence[str]) -> int:
    """Return where the name stands behind USING INDEX, 0 where no index is used."""
    return next((at + 2 for at, pair in enumerate(pairwise(words)) if pair == ("USING", "INDEX")), 0)


def _dropped(kind: str, tokens: Sequence[Token], holes: Sequence[Region], place: Region) -> Iterator[Operation]:
    is_index = kind == "INDEX"
    leading = {token.text.upper() for token in tokens[:3]}
    cascades = bool(tokens) and tokens[-1].text.upper() == "CASCADE"
    for one in _listed(tokens):
        name, behind = _name(one, holes)
        is_told = is_index and [each.text.upper() for each in behind[:1]] == ["ON"]
        table = _name(behind[1:], holes)[0] if is_told else ""
        yield Operation(
            OperationKind.DROP_INDEX if is_index else OperationKind.DROP_TABLE,
            *place,
            table if is_index else name,
            name=name if is_index else "",
            concurrently="CONCURRENTLY" in leading,
            cascades=cascades,
        )


def _others(what: str, tokens: Sequence[Token], holes: Sequence[Region], place: Region) -> Iterator[Operation]:
    cascades = bool(tokens) and tokens[-1].text.upper() == "CASCADE"
    for one in _listed(tokens):
        name, _ = _name(one, holes)
        yield Operation(OperationKind.DROP_OTHER, *place, name=name, what=what, cascades=cascades)


def _listed(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Yield the parts of a list, brackets kept together."""
    part: list[Token] = []
    depth = 0
    for token in tokens:
        depth += (token.text in "([") - (token.text in ")]") if len(token.text) == 1 else 0
        if token.text == "," and not depth:
            yield part
            part = []
        else:
            part.append(token)
    if part:
        yield part
