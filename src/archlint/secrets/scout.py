"""Whether a text can hold a secret at all: a look at its words and anchors, so that most texts are never parsed."""

from __future__ import annotations

import re
from functools import cache

from archlint.secrets.formats import formats
from archlint.secrets.names import HINT, POSITIONAL, promised

_NAME = re.compile(r"[A-Za-z_][\w.-]{1,120}")
_MARKS = ("-----BEGIN", "PuTTY-User-Key", "eyJ", *POSITIONAL)
_LOWER_MARKS = ("bearer", "basic ", "cookie", "identified", '"auth')
_URL = re.compile(r"://[^\s/@'\"<>]{0,120}:[^\s/@'\"<>]{1,200}@")
_SHORT_ANCHOR = 4
"""Shorter anchors than this stand in many words: of such formats the shape is looked for."""


def has_candidate(data: str) -> bool:
    """Tell whether slots are worth extracting from a text: a name of a secret, or a mark of what is one by its form.

    An over-approximation of what the judge finds: it finds nothing in a text for which this is false.
    """
    lower = data.lower()
    if any(mark in data for mark in _MARKS) or any(mark in lower for mark in _LOWER_MARKS):
        return True
    if has_token(data) or ("://" in data and _URL.search(data)):
        return True
    return any(HINT.search(name) is not None and bool(promised(name)) for name in set(_NAME.findall(data)))


def has_token(data: str) -> bool:
    """Tell whether a text may hold a token of a known format."""
    long, short = _anchors()
    return any(anchor in data for anchor in long) or any(
        anchor in data and shape.search(data) is not None for anchor, shape in short
    )


@cache
def _anchors() -> tuple[tuple[str, ...], tuple[tuple[str, re.Pattern[str]], ...]]:
    """Return the anchors that tell by themselves, and the others with the shapes of their formats."""
    long = tuple(sorted({form.anchor for form in formats() if len(form.anchor) >= _SHORT_ANCHOR}))
    return long, tuple((form.anchor, form.shape) for form in formats() if len(form.anchor) < _SHORT_ANCHOR)
