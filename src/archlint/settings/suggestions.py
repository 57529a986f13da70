"""How a word that nobody knows is told to a person: quoted on one line, with the word that was meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_MAX_QUOTED = 60
_CODE_START = 3
_MISTAKEN_DIGITS = str.maketrans("oil", "011")


def quoted(text: str) -> str:
    """Return a text of the user between backticks: clipped, printable, on one line."""
    clipped = text if len(text) <= _MAX_QUOTED else f"{text[:_MAX_QUOTED]}…"
    return f"`{''.join(char if char.isprintable() else ascii(char)[1:-1] for char in clipped)}`"


def closest(wanted: str, known: Iterable[str]) -> str | None:
    """Return the known word that is most like the wanted one, upper and lower case alike, or None."""
    by_lower = {word.lower(): word for word in known}
    clipped = wanted[:_MAX_QUOTED].lower().replace("_", "-")
    as_code = clipped[:_CODE_START] + clipped[_CODE_START:].translate(_MISTAKEN_DIGITS)
    if as_code in by_lower:
        return by_lower[as_code]
    found = get_close_matches(clipped, by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def meant_or_known(wanted: str, known: Iterable[str]) -> str:
    """Return the end of a message that proposes the closest known word, or all of them."""
    words = tuple(known)
    return did_you_mean(wanted, words) or f": it is one of {', '.join(f'`{word}`' for word in words)}"


def did_you_mean(wanted: str, known: Iterable[str]) -> str:
    """Return the end of a message that proposes the closest known word, or an empty text."""
    word = closest(wanted, known)
    return f", did you mean `{word}`?" if word else ""
