"""What the cache says of the files of a run, and when it is believed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from archlint.analysis import FileResult
from archlint.cache import stamp
from archlint.reading import content_digest
from archlint.sealed import CachedFile
from archlint.source import FileEntry

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(FileResult)
_PASSING = frozenset({"ARC002", "ARC003"})
"""A crash may be due to a lack of memory, and permissions change without a trace in the time stamp."""


def known_results(
    entries: Sequence[FileEntry],
    contexts: Sequence[bytes],
    cached: Mapping[str, CachedFile],
    limits: Sequence[int],
    now: int,
) -> Iterator[tuple[int, FileResult, bool]]:
    """Yield the index and the result of each file that the cache knows in its present state, and if it looks touched.

    A time stamp that is old enough proves the state, and so does the content; nothing else does.
    `now` is a time in nanoseconds before any of the files is read.
    """
    for index, entry in enumerate(entries):
        row = cached.get(entry.path)
        if row is None or row.context != contexts[index]:
            continue
        is_untouched = bool(row.stamp) and row.stamp == stamp(entry, now)
        if is_untouched or (row.digest and row.digest == content_digest(entry, limits[index])):
            result = _decoded(row.payload)
            if result is not None and result.path == entry.path:
                yield index, result, not is_untouched


def lasts(result: FileResult) -> bool:
    """Return whether a result holds as long as its file is unchanged."""
    return _PASSING.isdisjoint(one.code for one in result.diagnostics)


def rows_of(results: Iterable[tuple[FileEntry, bytes, FileResult]], began: int) -> Iterator[tuple[str, CachedFile]]:
    """Yield what the cache keeps of results; `began` is a time in nanoseconds before their files were read."""
    for entry, context, result in results:
        if not lasts(result):
            continue
        try:
            payload = _ENCODER.encode(replace(result, timings={}))
        except UnicodeEncodeError:
            # A lone surrogate in a text: not kept, so analysed again the next time.
            continue
        yield entry.path, CachedFile(stamp(entry, began), context, result.digest, payload)


def gone_files(cached: Iterable[str], present: Collection[str], root: Path) -> list[str]:
    """Return the paths that the cache knows and that are no files any more."""
    return [path for path in cached if path not in present and not (root / path).is_file()]


def _decoded(payload: bytes) -> FileResult | None:
    try:
        return _DECODER.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
