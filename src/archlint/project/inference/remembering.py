"""What inference remembers: the results in which no unfinished computation had a part."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from archlint.project.values import UNKNOWN, Value

_MAX_OPEN = 12
"""Computations that may wait for each other: variables, attributes and functions on the way to an answer."""
_NOTHING = 1_000_000


class Memory:
    """Results by key. Within a cycle of computations the one that is asked for again answers that it is unknown.

    What was computed on such an answer is kept only until the first computation of that cycle is finished:
    so the result of each depends on the program alone, not on which was asked for first.
    """

    def __init__(self) -> None:
        self._finished: dict[Hashable, Value] = {}
        self._provisional: dict[Hashable, tuple[Value, int]] = {}
        self._open: dict[Hashable, int] = {}
        self._lowest = _NOTHING

    def recall(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        """Return the result for a key, computed where it is not remembered."""
        if key in self._finished:
            return self._finished[key]
        if key in self._provisional:
            value, lowest = self._provisional[key]
            self._lowest = min(self._lowest, lowest)
            return value
        if key in self._open or len(self._open) >= _MAX_OPEN:
            self._lowest = min(self._lowest, self._open.get(key, -1))
            return UNKNOWN
        return self._computed(key, compute)

    def _computed(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        position = self._open[key] = len(self._open)
        around, self._lowest = self._lowest, _NOTHING
        try:
            value = compute()
        finally:
            del self._open[key]
        own = self._lowest
        if own >= position:
            self._finished[key] = value
            own = _NOTHING
        else:
            self._provisional[key] = (value, own)
        if self._provisional:
            self._forget(position)
        self._lowest = min(around, own)
        return value

    def _forget(self, position: int) -> None:
        """Drop what hung on the computation at a position, or everything where none is open."""
        if not self._open:
            self._provisional.clear()
            return
        kept = {key: row for key, row in self._provisional.items() if row[1] < position}
        self._provisional = kept
