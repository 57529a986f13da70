"""Results that one decision answers: those of one rule in one file, or in the whole schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from archlint.catalogue import Entry
from archlint.diagnostic import Severity
from archlint.report.result import Result
from archlint.report.task_categories import Category, category_of

if TYPE_CHECKING:
    from collections.abc import Iterable


class Decision(msgspec.Struct, frozen=True):
    """What is decided once for some results of one rule, in their order."""

    entry: Entry
    category: Category
    results: tuple[Result, ...]

    @property
    def severity(self) -> Severity:
        """Return the severity of the worst result."""
        return max((result.severity for result in self.results), key=lambda severity: severity.rank)

    @property
    def paths(self) -> tuple[str, ...]:
        """Return the files to change, each once, in the order of the results."""
        return tuple(dict.fromkeys(result.diagnostic.span.path for result in self.results))


def decisions(results: Iterable[Result]) -> tuple[Decision, ...]:
    """Return the decisions that results ask for: the worst first, then those with most results, then by code and path.

    A rule reports where the code is to change, so its results in one file are one decision.
    """
    grouped: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        where = "" if category_of(result.entry.code).is_whole else result.diagnostic.span.path
        grouped.setdefault((result.entry.code, where), []).append(result)
    made = [Decision(found[0].entry, category_of(code), tuple(found)) for (code, _), found in grouped.items()]
    return tuple(sorted(made, key=lambda one: (-one.severity.rank, -len(one.results), one.entry.code, one.paths)))
