"""The hash by which GitHub follows an alert when its line moves: `primaryLocationLineHash`.

GitHub computes it from the file where a report has none, so the values must be the same.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_BLOCK = 100
_FACTOR = 37
_END_OF_FILE = "\uffff"
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_BLANKS = str.maketrans("", "", " \t")


def line_hashes(text: str, lines: Collection[int]) -> dict[int, str]:
    """Return the hashes of some 1-based lines of a text, each with the ordinal of its occurrence in the text.

    A hash covers the hundred UTF-16 units from the line's start on, spaces and tabs left out.
    Lines that the text does not have are left out.
    """
    last = max(lines, default=0)
    seen: Counter[str] = Counter()
    hashes = {}
    for line, block in enumerate(_blocks(text, last), start=1):
        seen[block] += 1
        if line in lines:
            hashes[line] = f"{_hash(block):x}:{seen[block]}"
    return hashes


def _blocks(text: str, last: int) -> list[str]:
    """Return what is hashed for each line up to the last one asked for."""
    units = _ASTRAL.sub(_surrogates, text.replace("\r\n", "\n").replace("\r", "\n").translate(_BLANKS)) + _END_OF_FILE
    blocks, start = [], 0
    for _ in range(last):
        blocks.append(units[start : start + _BLOCK].ljust(_BLOCK, "\0"))
        start = units.find("\n", start) + 1
        if not start:
            break
    return blocks


def _surrogates(match: re.Match[str]) -> str:
    point = ord(match.group()) - 0x10000
    return chr(0xD800 + (point >> 10)) + chr(0xDC00 + (point & 0x3FF))


def _hash(block: str) -> int:
    value = 0
    for unit in block:
        value = (value * _FACTOR + ord(unit)) & 0xFFFF_FFFF_FFFF_FFFF
    return value
