"""How surprising a text is: bits under a model of words and identifiers, read from a small table of trigrams."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

import msgspec

CLASSES = "_abcdefghijklmnopqrstuvwxyz0"
"""The classes of characters: letters without case, digits as one, the rest as one (the first, which also pads)."""

COST_UNIT = 16
"""Costs in the table are in sixteenths of a bit."""

_DIGIT_BITS = 3.3
_SYMBOL_BITS = 3.0
_WORD_SEPARATOR = frozenset("_-. /")
_CLASS_OF = {character: number for number, character in enumerate(CLASSES)}
_TRANSLATION = {code: _CLASS_OF.get("0" if chr(code).isdigit() else chr(code).lower(), 0) for code in range(128)}
ODD_CASE = re.compile(r"[a-z][A-Z](?![a-z]{2})|[A-Z]{2,40}[a-z]{1,2}(?![a-z])")
_HEX = re.compile(r"[0-9a-f]{16,}(?:-[0-9a-f]{8,})*|[0-9A-F]{16,}(?:-[0-9A-F]{8,})*")
_LETTERS = re.compile(r"[a-z]+|[A-Z]+|[A-Z][a-z]+")
_WORDLIKE = re.compile(r"[A-Za-z0-9_-]+")
_PHRASE = re.compile(r"[A-Za-z']+(?: [A-Za-z']+)+[.:!?]*")
_HEX_DENSITY = 4.6
_HEX_DIGITS = 2
_LONG = 20
_LONG_DENSITY = 5.4
_SHORT_DENSITY = 6.0
_WORDLIKE_DENSITY = 6.4
_SHORTEST = 10
_SHORTEST_WORDLIKE = 12
_SHORTEST_LETTERS = 16
_MOST_SPACES = 2
_LONGEST = 512
_GENERATED_HEX = 32
_GENERATED_DIGITS = 9


class Strength(msgspec.Struct, frozen=True):
    """The surprise of a text in bits, and bits for each of its characters."""

    bits: float
    density: float


def classes_of(text: str) -> tuple[int, ...]:
    """Return the number of each character's class."""
    return tuple(_TRANSLATION.get(ord(character), 0) for character in text)


@cache
def _costs() -> bytes:
    return resources.files("archlint.secrets").joinpath("trigrams.bin").read_bytes()


def strength(text: str) -> Strength:
    """Return how surprising a text is; only its first 512 characters count."""
    text = text[:_LONGEST]
    if not text:
        return Strength(0.0, 0.0)
    costs, size = _costs(), len(CLASSES)
    codes = classes_of(text)
    row = total = 0
    for code in codes:
        total += costs[row * size + code]
        row = (row * size + code) % (size * size)
    digits = sum(character.isdigit() for character in text)
    symbols = sum(code == 0 for code in codes) - sum(character in _WORD_SEPARATOR for character in text)
    bits = total / COST_UNIT + digits * _DIGIT_BITS + symbols * _SYMBOL_BITS + len(ODD_CASE.findall(text))
    return Strength(bits, bits / len(text))


def is_strong(value: str) -> bool:
    """Tell whether a value looks generated: long enough for its alphabet, and as surprising as chance."""
    if len(value) < _SHORTEST or value.count(" ") > _MOST_SPACES or "\n" in value or value.isdigit():
        return False
    if not value.isascii() or _PHRASE.fullmatch(value):
        return False  # prose in some language; generators keep to ASCII
    shortest, density = _floors(value)
    return len(value) >= shortest and strength(value).density >= density


def _floors(value: str) -> tuple[int, float]:
    """Return how long and how surprising a value of this alphabet must be."""
    if _HEX.fullmatch(value):
        digits = sum(character.isdigit() for character in value)
        is_mixed = _HEX_DIGITS <= digits < len(value) - 1
        return _SHORTEST, _HEX_DENSITY if is_mixed else float("inf")
    if _LETTERS.fullmatch(value):
        return _SHORTEST_LETTERS, _WORDLIKE_DENSITY
    if len(value) >= _LONG:
        return _LONG, _LONG_DENSITY
    return (_SHORTEST_WORDLIKE, _WORDLIKE_DENSITY) if _WORDLIKE.fullmatch(value) else (_SHORTEST, _SHORT_DENSITY)


def is_generated(value: str) -> bool:
    """Tell whether a strong value is beyond what a person types for a sample: long, and even over its alphabet."""
    if _HEX.fullmatch(value):
        return len(value) >= _GENERATED_HEX and len(set(value.lower())) >= _GENERATED_DIGITS
    classes = (str.islower, str.isupper, str.isdigit)
    is_mixed = all(any(map(belongs, value)) for belongs in classes)
    return is_mixed and len(value) >= _LONG and strength(value).density >= _SHORT_DENSITY
