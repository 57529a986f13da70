"""Findings with something in common: where one decision may settle several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from archlint.diagnostic import Span

if TYPE_CHECKING:
    from archlint.report.result import Result

_FEWEST = 3
"""Two findings are read as fast as their common cause."""


class Cause(msgspec.Struct, frozen=True):
    """What findings of one rule share: a place that all of them name, or, without one, their words.

    `members` are the positions of the findings.
    """

    code: str
    text: str
    span: Span | None
    members: tuple[int, ...]


_Key = tuple[str, str, Span | None]


def causes(results: Sequence[Result]) -> tuple[Cause, ...]:
    """Return the groups, the largest first; a finding is in one of them at most.

    Of several places that the same findings share, the one nearest to the effect counts.
    """
    gathered: dict[_Key, list[int]] = defaultdict(list)
    nearness: dict[_Key, int] = defaultdict(int)
    for index, result in enumerate(results):
        for distance, key in enumerate(dict.fromkeys(_shared(result))):
            gathered[key].append(index)
            nearness[key] = max(nearness[key], distance)
    sharing, found = dict(gathered), []
    while sharing := {key: its for key, its in sharing.items() if len(its) >= _FEWEST}:
        key = min(sharing, key=lambda one: (-len(sharing[one]), nearness[one], _place(one)))
        members = sharing.pop(key)
        found.append(Cause(*key, tuple(members)))
        taken = set(members)
        sharing = {one: [at for at in its if at not in taken] for one, its in sharing.items()}
    return tuple(found)


def _shared(result: Result) -> Iterator[_Key]:
    """Yield what others may share with a finding, from its effect on; the last place of a chain is where it happens."""
    found = result.diagnostic
    for step in reversed(found.flow):
        yield found.code, step.message, step.span
    for place in () if found.flow else found.related:
        yield found.code, place.message, place.span
    yield found.code, found.message, None


def _place(key: _Key) -> tuple[str, str, str, int]:
    code, text, span = key
    return (code, span.path, text, span.start) if span is not None else (code, "", text, 0)
