"""The order of results: by place for reading, by weight for choosing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archlint.report.result import Result

_Place = tuple[str, int, int, str, str, int]


def sort_results(results: Iterable[Result], by: Literal["path", "rank"] = "path") -> tuple[Result, ...]:
    """Return results by place, or by rank: severity, confidence, then the longest chain first, then place."""
    return tuple(sorted(results, key=_place if by == "path" else _rank))


def _place(result: Result) -> _Place:
    found = result.diagnostic
    return found.span.path, found.span.line, found.span.column, found.code, found.message, found.span.end


def _rank(result: Result) -> tuple[int, int, int, _Place]:
    found = result.diagnostic
    return -result.severity.rank, -found.confidence.rank, -len(found.flow), _place(result)
