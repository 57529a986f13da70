"""Words of PostgreSQL that sqlglot keeps whole statements as text for: what is left says the same of a schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

_DEFINING = frozenset({"ALTER", "CREATE"})
_RUNS = (
    ("NULLS", "NOT", "DISTINCT"),
    ("NULLS", "DISTINCT"),
    ("NO", "INHERIT"),
    ("NOT", "DEFERRABLE"),
    ("DEFERRABLE",),
    ("INITIALLY", "DEFERRED"),
    ("INITIALLY", "IMMEDIATE"),
)
"""What stands behind the brackets of an index or a constraint."""
_SOME = frozenset({("DELETE", "SET", "NULL"), ("DELETE", "SET", "DEFAULT")})
"""What a foreign key may do to a part of its columns."""
_UNNAMED = frozenset({"CHECK", "EXCLUDE"})
"""What ALTER TABLE adds with a name only, as sqlglot has it."""


def without_unread(tokens: Sequence[Token]) -> list[Token] | None:
    """Return the tokens of a statement that defines something without such words, None where it has none of them.

    Each token keeps its place; a constraint without a name gets an empty one.
    """
    words = [token.text.upper() for token in tokens]
    if words[0] not in _DEFINING:
        return None
    left = [one for at in _kept(words) for one in (*_named(tokens, words, at), tokens[at])]
    return left if len(left) != len(tokens) else None


def _kept(words: Sequence[str]) -> Iterator[int]:
    at, is_behind = 0, False
    while at < len(words):
        length = next((len(run) for run in _RUNS if tuple(words[at : at + len(run)]) == run), 0) if is_behind else 0
        if words[at] == "(" and tuple(words[max(at - 3, 0) : at]) in _SOME and ")" in words[at:]:
            length = words.index(")", at) + 1 - at
        if length:
            at += length
            continue
        is_behind = words[at] == ")"
        yield at
        at += 1


def _named(tokens: Sequence[Token], words: Sequence[str], at: int) -> Iterator[Token]:
    from sqlglot.tokenizer_core import Token, TokenType

    if words[at] in _UNNAMED and words[0] == "ALTER" and words[at - 1] == "ADD" and _is_constraint(words[at + 1 :]):
        start, end = tokens[at].start, tokens[at].end
        yield Token(TokenType.CONSTRAINT, "CONSTRAINT", start=start, end=end)
        yield Token(TokenType.IDENTIFIER, "", start=start, end=end)


def _is_constraint(behind: Sequence[str]) -> bool:
    """Return whether a constraint follows its word, and no type: columns may have its name."""
    return tuple(behind[:1]) in {("(",), ("USING",)}
