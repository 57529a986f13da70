"""Texts that are put together from pieces, as far as all of them are known."""

from __future__ import annotations

from collections.abc import Iterable


def joined(texts: Iterable[str | None]) -> str | None:
    """Return texts behind each other, or None where one is not known."""
    found = list(texts)
    known = [one for one in found if one is not None]
    return "".join(known) if len(known) == len(found) else None


def filled(pattern: str, hole: str, texts: Iterable[str | None]) -> str | None:
    """Return a pattern with its holes filled, one text for each, or None where one is not known."""
    first, *rest = pattern.split(hole)
    return joined([first, *[piece for pair in zip(texts, rest, strict=True) for piece in pair]])
