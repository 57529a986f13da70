"""Pieces of sentences: the first of a Markdown text, a text of bounded length, a number with its noun."""

from __future__ import annotations

import re

_SENTENCE_END = re.compile(r"(?<!\be\.g)(?<!\bi\.e)[.!?:](?=\s|$)")
_CUT = "..."


def first_sentence(markdown: str) -> str:
    """Return the first sentence of a Markdown text on one line, without its full stop."""
    paragraph = " ".join(markdown.strip().split("\n\n", 1)[0].split())
    end = _SENTENCE_END.search(paragraph)
    return paragraph[: end.start()] if end else paragraph


def shortened(text: str, limit: int) -> str:
    """Return a text of at most `limit` characters, cut between words."""
    text = text.strip()
    if len(text) <= limit:
        return text
    cut = text[: limit - len(_CUT)]
    return cut[: cut.rfind(" ")].rstrip() + _CUT if " " in cut else cut + _CUT


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number and its noun, which takes an s in the plural where no other is given."""
    return f"{number} {noun}" if number == 1 else f"{number} {plural or f'{noun}s'}"
