"""Answers that are looked up again and again for a while."""

from __future__ import annotations

from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

_MOST = 60_000
"""Those of half a million lines; they take some 10 MB."""


class Recent(dict[Key, Value]):
    """A dictionary for what can be computed again: it is emptied when it holds too much.

    Neighbours ask for the same, and those far away for something else, so that little is computed twice.
    """

    def __setitem__(self, key: Key, value: Value) -> None:
        if len(self) >= _MOST:
            self.clear()
        super().__setitem__(key, value)
