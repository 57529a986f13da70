"""Where a text that was put together stands in its file: the map from offsets in the text to offsets in the source."""

from __future__ import annotations

from bisect import bisect_right

import msgspec


class Segment(msgspec.Struct, frozen=True):
    """A run of the text and the source it was written as.

    Where both lengths are equal, offsets run in step; else (an escape, a hole) the run is one indivisible thing.
    """

    start: int
    length: int
    source: int
    source_length: int


class OffsetMap(msgspec.Struct, frozen=True):
    """Segments in the order of the text, without gaps between them."""

    segments: tuple[Segment, ...]

    def start(self, offset: int) -> int:
        """Return the source offset of the character at an offset of the text."""
        segment = self._at(offset)
        if segment.length != segment.source_length:
            return segment.source
        return segment.source + min(offset - segment.start, segment.source_length)

    def end(self, offset: int) -> int:
        """Return the source offset right behind the character that ends at an (exclusive) offset of the text."""
        segment = self._at(max(offset - 1, 0))
        if segment.length != segment.source_length:
            return segment.source + segment.source_length
        return segment.source + min(offset - segment.start, segment.source_length)

    def _at(self, offset: int) -> Segment:
        index = bisect_right(self.segments, offset, key=lambda segment: segment.start) - 1
        return self.segments[max(index, 0)]


class EmbeddedSql(msgspec.Struct, frozen=True):
    """An SQL text inside Python, and the call that it reaches.

    `holes` are the regions of `text` whose content is not known (an empty one at the end: more may be appended).
    `sink` is the dotted name of the call as written; its offsets, like those of the map, count in the file.
    `temporary` are the tables, in lower case, that the unit around it creates for a session, `created` all that it
    creates, `refilled` those that it inserts into, `altered` those whose columns it changes.
    """

    text: str
    holes: tuple[tuple[int, int], ...]
    offsets: OffsetMap
    sink: str
    sink_start: int
    sink_end: int
    temporary: frozenset[str] = frozenset()
    refilled: frozenset[str] = frozenset()
    altered: frozenset[str] = frozenset()
    created: frozenset[str] = frozenset()
