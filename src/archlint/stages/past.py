"""A project as it was: files of today with the contents of then, without those that were not there."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from archlint.discovery import Discovery
from archlint.source import FileEntry


class Past(msgspec.Struct, frozen=True):
    """`contents` are the bytes of files that were others, `entries` what they were, `new` the files of today only."""

    contents: Mapping[str, bytes] = msgspec.field(default_factory=dict)
    entries: tuple[FileEntry, ...] = ()
    new: frozenset[str] = frozenset()

    def found(self, today: Discovery) -> Discovery:
        """Return what would have been found."""
        others = self.new.union(self.contents)
        kept = [one for one in today.files if one.path not in others]
        return replace(today, files=tuple(sorted((*kept, *self.entries), key=lambda one: one.path)))
