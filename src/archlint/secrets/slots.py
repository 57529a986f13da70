"""A slot: a place that holds a literal value, whatever the language, with the names that lead to it."""

from __future__ import annotations

from enum import Enum

import msgspec


class Container(str, Enum):
    """What kind of place a value stands in."""

    ASSIGNMENT = "assignment"
    ARGUMENT = "argument"
    ENTRY = "entry"
    SETTING = "setting"
    """An entry of a configuration file."""
    PARAMETER = "parameter"
    COMPARISON = "comparison"
    FALLBACK = "fallback"
    """The default of an environment variable, in code or as `${NAME:-default}`."""
    ENVIRONMENT = "environment"
    ENCODED = "encoded"
    """An entry below `data` of a Kubernetes Secret: base64."""
    TEXT = "text"
    """A value that no name leads to."""
    DOCSTRING = "docstring"
    COMMENT = "comment"


SHOWING = frozenset({Container.COMMENT, Container.DOCSTRING})
"""Containers whose values are written for people: no program takes them."""


class Slot(msgspec.Struct, frozen=True):
    """A literal value and where it stands.

    `path` are the keys that lead to it, outermost first; `shown` is the place as the code writes it.
    Offsets are the literal's in its file. Holes of f-strings and concatenations are `HOLE` in the value.
    """

    path: tuple[str, ...]
    value: str
    start: int
    end: int
    container: Container
    shown: str = ""

    @property
    def name(self) -> str:
        """Return the innermost key, or an empty text."""
        return self.path[-1] if self.path else ""


HOLE = "\x00"
"""Stands in a value for what only the running program knows."""
