"""Edits of one text: which of several fixes fit together, and what comes of them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise

from archlint.diagnostic import Edit, Fix

_LINE_END = re.compile(r"\r\n|\r|\n")


def compatible(fixes: Iterable[Fix], length: int) -> tuple[Fix, ...]:
    """Return the fixes of a text of some length that can be made together, by position: of two that meet, the first.

    Two fixes meet where their edits overlap or touch, since nobody knows which of two texts in one place comes first;
    an edit that both have is made once. A fix whose edits lie outside of the text, or meet each other, is left out.
    """
    chosen: list[Fix] = []
    taken: list[Edit] = []
    for fix in sorted(fixes, key=_position):
        new = [edit for edit in fix.edits if edit not in taken]
        if fix.edits and _is_sound(fix, length) and not any(_meets(edit, taken) for edit in new):
            chosen.append(fix)
            taken = sorted([*taken, *new], key=_region)
    return tuple(chosen)


def edited(text: str, fixes: Iterable[Fix]) -> str:
    """Return a text after fixes that are compatible; line ends in what they put in become those of the text."""
    line_end = line_end_of(text)
    pieces: list[str] = []
    at = 0
    for edit in sorted({edit for fix in fixes for edit in fix.edits}, key=_region):
        pieces += (text[at : edit.start], _LINE_END.sub(line_end, edit.text))
        at = edit.end
    return "".join((*pieces, text[at:]))


def line_end_of(text: str) -> str:
    r"""Return what ends the first line of a text, `\n` where there is only one."""
    found = _LINE_END.search(text)
    return found.group() if found is not None else "\n"


def _position(fix: Fix) -> tuple[object, ...]:
    edits = sorted(fix.edits, key=_region)
    return tuple(map(_region, edits)), fix.title


def _region(edit: Edit) -> tuple[int, int, str]:
    return edit.start, edit.end, edit.text


def _is_sound(fix: Fix, length: int) -> bool:
    edits = sorted(fix.edits, key=_region)
    inside = all(0 <= edit.start <= edit.end <= length for edit in edits)
    return inside and all(before.end < after.start for before, after in pairwise(edits))


def _meets(edit: Edit, taken: Sequence[Edit]) -> bool:
    """Return whether an edit overlaps or touches one of those taken, which are sorted and apart."""
    at = bisect_left(taken, _region(edit), key=_region)
    return any(one.start <= edit.end and edit.start <= one.end for one in taken[max(at - 1, 0) : at + 1])
