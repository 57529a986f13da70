"""Colours of the text formats, by what a piece of text is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

Painter = Callable[[str, str], str]


class _Style(TypedDict, total=False):
    fg: str
    bold: bool


def painter(*, color: bool) -> Painter:
    """Return a function that colours a text by its role, or leaves it alone."""
    return _paint if color else _leave


def _leave(text: str, _role: str) -> str:
    return text


def _paint(text: str, role: str) -> str:
    import click

    return click.style(text, **_style(role))


def _style(role: str) -> _Style:
    match role:
        case "error":
            return {"fg": "red", "bold": True}
        case "warning":
            return {"fg": "yellow", "bold": True}
        case "note" | "help":
            return {"fg": "cyan", "bold": True}
        case "good":
            return {"fg": "green", "bold": True}
        case "gutter":
            return {"fg": "blue"}
        case _:
            return {"bold": True}
