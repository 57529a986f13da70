"""Statements: how a script is told into them before any of them is parsed, and what is known of each after."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from archlint.syntax.sql_text import created_tables, refilled_tables, temporary_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.expressions import Expr
    from sqlglot.tokenizer_core import Token

    from archlint.syntax.sql_text import Region

MAX_DEPTH = 100
_MAX_STEPS = 20
_MAX_SUBSCRIPTS = 1_000
"""sqlglot infers the type of all before a subscript anew, and looks through a chain of calls at each call of it."""
_HEAD = 8
_OPENS = frozenset({"(", "[", "{", "CASE"})
_CLOSES = frozenset({")", "]", "}", "END"})
_BRACKETS = frozenset({"(", "[", "{"})
_STEPPED = frozenset({")", "]", "}"})
_IN_CHAIN = frozenset({".", "(", ")", "[", "]", "{", "}"})
_PREFIXES = frozenset({"NOT", "-", "+", "~", "INTERVAL"})
_ROUTINES = frozenset({"TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "PACKAGE"})
_REOPENED = frozenset({"IF", "LOOP", "WHILE", "REPEAT", "FOR"})
_DATA_KEYS = frozenset({"select", "union", "insert", "update", "merge", "copy"})
_LINE_ENDING_STATEMENT = re.compile(r";[ \t]*\r?\n")


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """One statement. Its offsets count in the text of `ParsedSql`, those of `tokens` from `base` on.

    `tree` is None where the statement could not be parsed, or was not for its size.
    """

    start: int
    end: int
    tree: Expr | None
    tokens: tuple[Token, ...] = field(repr=False)
    base: int = 0

    @property
    def is_failed(self) -> bool:
        """Return whether there is no tree."""
        return self.tree is None

    @property
    def is_command(self) -> bool:
        """Return whether the tree is only the raw text of a statement that sqlglot does not know."""
        return self.tree is not None and self.tree.key == "command"

    def words(self) -> tuple[str, ...]:
        """Return the tokens in upper case, for what the tree does not say."""
        return tuple(token.text.upper() for token in self.tokens)


@dataclass(frozen=True, eq=False)
class ParsedSql:
    """The statements of one text, and the regions of it whose content is not known, in order."""

    text: str
    dialect: str
    statements: tuple[Statement, ...]
    holes: tuple[Region, ...] = ()

    @cached_property
    def temporary(self) -> frozenset[str]:
        """Return the tables, in lower case, that the text creates for a session."""
        return temporary_tables(self.text)

    @cached_property
    def created(self) -> frozenset[str]:
        """Return the tables, in lower case, that the text creates; a name that no pattern knows is in a tree."""
        trees = [each.tree for each in self.statements if each.tree is not None and each.tree.key == "create"]
        named = [tree.this.this if tree.this.key == "schema" else tree.this for tree in trees]
        return created_tables(self.text) | {one.name.lower() for one in named}

    @cached_property
    def refilled(self) -> frozenset[str]:
        """Return the tables, in lower case, that the text inserts into."""
        return refilled_tables(self.text)

    @cached_property
    def changes_schema(self) -> bool:
        """Return whether a statement alters something: such a text is a migration, whatever it is called."""
        return any(each.words()[:1] == ("ALTER",) for each in self.statements)

    @cached_property
    def first_inserts(self) -> frozenset[int]:
        """Return where the statements start that are the first INSERT into their table."""
        starts: dict[str, int] = {}
        for each in self.statements:
            if each.tree is not None and each.tree.key == "insert" and each.tree.this is not None:
                starts.setdefault(each.tree.this.name.lower(), each.start)
        return frozenset(starts.values())

    @cached_property
    def only_clears(self) -> bool:
        """Return whether the text removes all rows of several tables and touches no data otherwise."""
        trees = [each.tree for each in self.statements if each.tree is not None]
        deletes = [tree for tree in trees if tree.key == "delete"]
        if len(deletes) < 2 or any(tree.key in _DATA_KEYS for tree in trees):  # noqa: PLR2004 - several
            return False
        return not any(tree.args.get("where") for tree in deletes)


def chunks(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Yield the tokens of each statement; semicolons inside the `BEGIN … END` of a routine end none."""
    chunk: list[Token] = []
    depth, is_routine = 0, False
    for token in tokens:
        if depth == 0 and token.text == ";" and token.token_type.name == "SEMICOLON":
            if chunk:
                yield chunk
            chunk, is_routine = [], False
            continue
        chunk.append(token)
        is_routine = is_routine or (len(chunk) <= _HEAD and _is_routine(chunk))
        depth = max(depth + _block(chunk), 0) if is_routine else 0
    if chunk:
        yield chunk


def is_too_deep(chunk: Sequence[Token]) -> bool:
    """Return whether a statement nests deeper, or steps further, than a parser that recurses should follow.

    Brackets, CASEs and prefix operators nest; subscripts and calls follow each other: `a[1][2]`, `a.f().g()`.
    """
    if _has_long_chains(chunk):
        return True
    depth = run = 0
    for token in chunk:
        word = token.text.upper()
        depth += (word in _OPENS) - (word in _CLOSES)
        run = run + 1 if word in _PREFIXES else 0
        if max(depth, run) > MAX_DEPTH:
            return True
    return False


def _has_long_chains(chunk: Sequence[Token]) -> bool:
    """Return whether subscripts and calls follow each other too often, or subscripts are too many in all."""
    chains, subscripts, before = [0], 0, ""
    for token in chunk:
        word = token.text
        is_subscript = word == "[" and (before in _STEPPED or before[-1:].isalnum()) and before.upper() != "ARRAY"
        if is_subscript or (word == "." and before in _STEPPED):
            subscripts += is_subscript
            chains[-1] += 1
            if chains[-1] > _MAX_STEPS or subscripts > _MAX_SUBSCRIPTS:
                return True
        elif word not in _IN_CHAIN and before != ".":
            chains[-1] = 0
        if word in _BRACKETS:
            chains.append(0)
        elif word in _STEPPED and len(chains) > 1:
            chains.pop()
        before = word
    return False


def rough_pieces(text: str) -> Iterator[tuple[int, int]]:
    """Yield the regions between lines that end with a semicolon, for a text that cannot be told into tokens."""
    start = 0
    for match in _LINE_ENDING_STATEMENT.finditer(text):
        yield start, match.end()
        start = match.end()
    if text[start:].strip():
        yield start, len(text)


def _is_routine(chunk: Sequence[Token]) -> bool:
    words = [token.text.upper() for token in chunk]
    return words[0] in {"CREATE", "ALTER", "REPLACE"} and words[-1] in _ROUTINES


def _block(chunk: Sequence[Token]) -> int:
    """Return how the last token changes the depth of blocks: `END IF` closes what no word has opened."""
    word = chunk[-1].text.upper()
    after_end = len(chunk) > 1 and chunk[-2].text.upper() == "END"
    if word == "END":
        return -1
    if word in _REOPENED:
        return int(after_end)
    return int(word == "BEGIN" or (word == "CASE" and not after_end))
