"""Whether a text can hold a secret at all: a look at its words and anchors, so that most texts are never parsed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from archlint.secrets.formats import Format, formats, shapes_of
from archlint.secrets.names import HINT, POSITIONAL, promised

_NAME = re.compile(r"[A-Za-z_][\w.-]{1,120}")
_MARKS = ("-----BEGIN", "PuTTY-User-Key", "eyJ", "kty", *POSITIONAL)
_LOWER_MARKS = ("bearer", "basic ", "cookie", "identified", '"auth')
_URL = re.compile(r"://[^\s/@'\"<>]{0,120}:[^\s/@'\"<>]{1,200}@")
_SHORT_ANCHOR = 4
"""Shorter anchors than this stand in many words: of such formats the shape is looked for."""


@lru_cache(maxsize=2)  # each file is asked about more than once, one file after the other
def has_candidate(data: str) -> bool:
    """Tell whether slots are worth extracting from a text: whether there is any sign of a secret in it."""
    return next(_signs(data), None) is not None


@lru_cache(maxsize=2)
def signs(data: str) -> frozenset[str]:
    """Return what of a text tells of a secret: names of secrets, and marks of what is one by its form.

    An over-approximation: the judge finds nothing in a part of the text that holds none of these.
    """
    return frozenset(_signs(data))


def has_token(data: str) -> bool:
    """Tell whether a text may hold a token of a known format."""
    return next(_token_signs(data), None) is not None


def _signs(data: str) -> Iterator[str]:
    lower = data.lower()
    yield from (mark for mark in _MARKS if mark in data)
    for mark in _LOWER_MARKS:
        if mark in lower:
            yield from re.findall(mark, data, re.IGNORECASE)
    if "://" in data and _URL.search(data):
        yield "://"
    if HINT.search(lower) is not None:
        for name in set(_NAME.findall(data)):
            if HINT.search(name.lower()) is not None and promised(name):
                yield name
    yield from _token_signs(data)


def _token_signs(data: str) -> Iterator[str]:
    long, short = _anchors()
    yield from (anchor for anchor in long if anchor in data)
    yield from (form.anchor for form in short if next(shapes_of(form, data), None) is not None)


@cache
def _anchors() -> tuple[tuple[str, ...], tuple[Format, ...]]:
    """Return the anchors that tell by themselves, and the formats of the others."""
    long = tuple(sorted({form.anchor for form in formats() if len(form.anchor) >= _SHORT_ANCHOR}))
    return long, tuple(form for form in formats() if len(form.anchor) < _SHORT_ANCHOR)
