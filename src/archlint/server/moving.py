"""Findings beside text that is edited: until they are found anew, they move with their lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from msgspec.structs import replace

from archlint.diagnostic import Edit, Fix, Related, Span
from archlint.report.result import Result
from archlint.source import Kind, SourceFile


class Shift(msgspec.Struct, frozen=True):
    """What an edit did: the text from `start` to `end` became one that ends at `new_end`; all else is as it was."""

    start: int
    end: int
    new_end: int

    @classmethod
    def of(cls, before: str, after: str) -> Shift:
        """Return the smallest one that makes one text of another."""
        start = _shared(before, after)
        rest = _shared(before[start:][::-1], after[start:][::-1])
        return cls(start, len(before) - rest, len(after) - rest)

    def region(self, start: int, end: int) -> tuple[int, int] | None:
        """Return where a region is now, None where its text is gone."""
        if end <= self.start:
            return start, end
        by = self.new_end - self.end
        if start >= self.end:
            return start + by, end + by
        if self.start <= start and end <= self.end and self.start < self.end:
            return None
        return min(start, self.start), max(end + by, self.new_end)

    def edit(self, edit: Edit) -> Edit | None:
        """Return an edit where it is now, None where its text was changed."""
        if edit.end < self.start or edit.start > self.end:
            start, end = self.region(edit.start, edit.end) or (0, 0)
            return Edit(start, end, edit.text)
        return None


def moved(results: Iterable[Result], before: str, after: SourceFile) -> tuple[Result, ...]:
    """Return the results about a file whose text was another, where they are in it now."""
    shift = Shift.of(before, after.text)
    return tuple(one for result in results if (one := _moved(result, shift, after)) is not None)


def _moved(result: Result, shift: Shift, after: SourceFile) -> Result | None:
    found = result.diagnostic
    span = _span(found.span, shift, after)
    if span is None:
        return None
    related, flow = tuple(_places(found.related, shift, after)), tuple(_places(found.flow, shift, after))
    fix = None if found.fix is None else _fix(found.fix, shift)
    return replace(result, diagnostic=replace(found, span=span, related=related, flow=flow, fix=fix))


def _places(places: Iterable[Related], shift: Shift, after: SourceFile) -> Iterator[Related]:
    for place in places:
        span = _span(place.span, shift, after)
        if span is not None:
            yield replace(place, span=span)


def _span(span: Span, shift: Shift, after: SourceFile) -> Span | None:
    if span.path != after.path:
        return span
    region = shift.region(span.start, span.end)
    return None if region is None else after.span(*region)


def _fix(fix: Fix, shift: Shift) -> Fix | None:
    edits = [shift.edit(edit) for edit in fix.edits]
    kept = tuple(edit for edit in edits if edit is not None)
    return replace(fix, edits=kept) if len(kept) == len(edits) else None


def text_file(name: str, text: str) -> SourceFile:
    """Return a text with its lines; what kind it is plays no part in where they start."""
    return SourceFile.of(name, text, Kind.PYTHON)


def _shared(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike; slices are compared, since that is not done in Python."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
