"""What a function does, told apart by the conditions under which it does it: few, and none where it always may."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any, Generic, TypeVar

from msgspec.structs import replace

from archlint.project.effects.effect import Reached, Use
from archlint.project.inference.conditions import common
from archlint.project.values import When

_MAX = 3
"""Ways to one thing that are told apart; of more, only what holds on all of them is kept."""
Row = TypeVar("Row", Reached, Use)


class Ways(Generic[Row]):
    """Collects rows by what they are about; of equal rank, the first stays."""

    def __init__(self, rank: Callable[[Row], tuple[object, ...]]) -> None:
        self._rank: Callable[[Row], Any] = rank
        self._always: dict[Hashable, Row] = {}
        self._sometimes: dict[Hashable, dict[When, Row]] = {}

    def add(self, about: Hashable, row: Row) -> None:
        """Keep a way, unless the same is known under no condition or a nearer one is."""
        if not row.when:
            known = self._always.get(about)
            if known is None or self._rank(row) < self._rank(known):
                self._always[about] = row
        elif about not in self._always:
            ways = self._sometimes.setdefault(about, {})
            same = ways.get(row.when)
            if same is None or self._rank(row) < self._rank(same):
                ways[row.when] = row

    def all(self) -> Iterator[Row]:
        """Yield the ways."""
        yield from self._always.values()
        for about, ways in self._sometimes.items():
            if about in self._always:
                continue
            if len(ways) > _MAX:
                yield replace(min(ways.values(), key=self._rank), when=common(ways))
            else:
                yield from ways.values()
