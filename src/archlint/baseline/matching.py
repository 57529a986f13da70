"""Which findings are in the baseline, one to one, and which entries stand for nothing any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import chain

import msgspec
from msgspec.structs import replace

from archlint.baseline.accepted import Accepted, Key, accepted, joined, key_of
from archlint.baseline.file import Baseline
from archlint.policy import Identity


class Matched(msgspec.Struct, frozen=True):
    """What came of a baseline in a run.

    `baseline` is as it was read, `entries` are its own with the paths that files have now. `by` has for each finding
    the entry that it is in, or None. `stale` are the entries, or as many of their count, without a finding; those of
    files and rules that were not looked at are never among them. `expired` still have findings, which count again.
    `is_whole` tells that all files were looked at.
    """

    baseline: Baseline
    entries: tuple[Accepted, ...]
    by: tuple[Accepted | None, ...]
    stale: tuple[Accepted, ...]
    expired: tuple[Accepted, ...]
    is_whole: bool = False

    @property
    def is_current(self) -> bool:
        """Return whether the file says what it should."""
        return not self.stale and self.entries == self.baseline.entries

    def pruned(self) -> tuple[Accepted, ...]:
        """Return the entries without what is stale: never more than there were."""
        gone = {one.key: one.count for one in self.stale}
        left = ((one, one.count - gone.get(one.key, 0)) for one in self.entries)
        return tuple(replace(one, count=count) for one, count in left if count)

    def line_of(self, one: Accepted) -> int:
        """Return the line of an entry, 1 where nobody knows it."""
        lines = self.baseline.lines
        return next((lines[each.key] for each in self.baseline.entries if each.key == one.key and each.key in lines), 1)


def matched(
    baseline: Baseline,
    findings: Sequence[Identity],
    today: date,
    *,
    is_judged: Callable[[Accepted], bool],
    renamed: Mapping[str, str],
) -> Matched:
    """Return what a baseline has of some findings: the first ones, where there are more equal ones than it has.

    `is_judged` tells whether a finding of an entry would have been found; `renamed` maps old paths to new ones.
    """
    entries = baseline.entries
    if renamed:
        entries = joined(replace(one, path=renamed.get(one.path, one.path)) for one in entries)
    by_key = {one.key: one for one in entries}
    left: Counter[Key] = Counter({key: one.count for key, one in by_key.items()})
    by: list[Accepted | None] = []
    for finding in findings:
        key = key_of(finding)
        is_in = left[key] > 0
        left[key] -= is_in
        by.append(by_key[key] if is_in else None)
    unused = ((one, left[one.key]) for one in entries)
    return Matched(
        baseline,
        entries,
        tuple(None if one is None or one.has_expired(today) else one for one in by),
        tuple(replace(one, count=count) for one, count in unused if count and is_judged(one)),
        joined(one for one in by if one is not None and one.has_expired(today)),
    )


def rewritten(before: Matched | None, findings: Iterable[Identity]) -> tuple[Accepted, ...]:
    """Return the entries for all findings of a run; what a person said stays, and so does what was not looked at."""
    texts: dict[Key, Identity] = {}
    numbers: Counter[Key] = Counter()
    for one in findings:
        texts.setdefault(key_of(one), one)
        numbers[key_of(one)] += 1
    known = {one.key: one for one in (before.pruned() if before is not None else ())}
    fresh = (accepted(texts[key], number, known.get(key)) for key, number in numbers.items())
    return joined(chain(fresh, (one for key, one in known.items() if key not in numbers)))
