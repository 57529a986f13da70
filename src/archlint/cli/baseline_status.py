"""What `archlint baseline status` says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from archlint.report.escaping import json_text, visible
from archlint.report.prose import counted

if TYPE_CHECKING:
    from archlint.baseline.accepted import Accepted
    from archlint.baseline.matching import Matched


def as_text(match: Matched) -> str:
    """Return a table of rules and owners, then what is stale, what has expired, and how much there is."""
    rows = sorted(_counts(match.entries).items(), key=lambda row: (-row[1], row[0]))
    width = len(str(max((number for _, number in rows), default=0)))
    table = [f"{number:>{width}}  {rule}  {visible(owner)}".rstrip() for (rule, owner), number in rows]
    number = _number(match.entries)
    ending = (
        f"{counted(number, 'finding')} in the baseline, {_number(match.stale)} stale, {_number(match.expired)} expired."
    )
    lines = [*table, *_named("stale", match.stale), *_named("expired", match.expired), ending]
    return "".join(f"{line}\n" for line in lines)


def as_json(match: Matched) -> str:
    """Return the same as a JSON document."""
    rules = [
        {"rule": rule, "owner": owner, "findings": number}
        for (rule, owner), number in sorted(_counts(match.entries).items())
    ]
    document = {
        "version": 1,
        "findings": _number(match.entries),
        "rules": rules,
        "stale": msgspec.to_builtins(match.stale),
        "expired": msgspec.to_builtins(match.expired),
    }
    return json_text(document, indent=2) + "\n"


def _counts(entries: Iterable[Accepted]) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for one in entries:
        counts[one.rule, one.owner] += one.count
    return counts


def _number(entries: Iterable[Accepted]) -> int:
    return sum(one.count for one in entries)


def _named(word: str, entries: Iterable[Accepted]) -> list[str]:
    return [
        f"{word}: {one.rule} {visible(one.path)}{f' in {visible(one.scope)}' if one.scope else ''}"
        f"{f' ({one.count} times)' if one.count > 1 else ''}"
        f"{f' since {one.expires}' if word == 'expired' else ''}"
        for one in entries
    ]
