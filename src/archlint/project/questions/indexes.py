"""Names gathered from all over the project, kept from one state of it to the next while no file declares anything else.

A run on one file may need to know which attributes are relations anywhere: that takes longer than the file itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import msgspec


class Index(msgspec.Struct, frozen=True, array_like=True):
    """What was gathered, and the files of which the body of a function was read on the way."""

    names: frozenset[str]
    read: frozenset[str] = frozenset()


class Indexes:
    """What was gathered so far, by question; `earlier` is what still holds of another state of the project."""

    def __init__(self, earlier: Mapping[str, Index] = MappingProxyType({})) -> None:
        self.known = dict(earlier)


def still_hold(known: Mapping[str, Index], changed: Iterable[str]) -> dict[str, Index]:
    """Return what holds after the bodies of functions in some files have changed, and nothing else."""
    others = frozenset(changed)
    return {question: index for question, index in known.items() if others.isdisjoint(index.read)}
