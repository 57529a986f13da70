"""Results that one decision answers: those of one rule whose chains end in one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from archlint.catalogue import Entry
from archlint.diagnostic import Severity
from archlint.report.result import Result

if TYPE_CHECKING:
    from collections.abc import Iterable


class Decision(msgspec.Struct, frozen=True):
    """What is to be decided once: how the code in a file keeps a rule, for all results that end there."""

    entry: Entry
    path: str
    results: tuple[Result, ...]

    @property
    def severity(self) -> Severity:
        """Return the severity of the worst result."""
        return max((result.severity for result in self.results), key=lambda severity: severity.rank)


def decisions(results: Iterable[Result]) -> tuple[Decision, ...]:
    """Return the decisions that results ask for: the worst first, then those with most results, then by code and path.

    Where a chain crosses files, the change is made where it ends: a helper without a deadline is mended there, and
    not once more for each route that reaches it.
    """
    grouped: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        found = result.diagnostic
        end = found.flow[-1].span.path if found.flow else found.span.path
        grouped.setdefault((result.entry.code, end), []).append(result)
    made = [Decision(found[0].entry, path, tuple(found)) for (_, path), found in grouped.items()]
    return tuple(sorted(made, key=lambda one: (-one.severity.rank, -len(one.results), one.entry.code, one.path)))
