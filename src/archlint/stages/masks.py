"""Where secrets may stand in the files of a report, kept from run to run: the search takes longer than all else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec

from archlint.cache import Cache
from archlint.secrets.redaction import Region, secret_spans
from archlint.source import SourceFile
from archlint.workers.forked import processes, shared_out

_RUN = "masks"
_STATE = b"1"
_FILES_OF_A_PROCESS = 8
"""For fewer a process of its own is not worth its start."""
_PORTIONS = 16
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(dict[bytes, tuple[Region, ...]])


class Masks:
    """The ranges to mask, by the content of a file and its kind."""

    def __init__(self, cache: Cache, digest_of: Callable[[str], bytes]) -> None:
        self._cache = cache
        self._digest_of = digest_of
        self._known = _known(cache)
        self._used: dict[bytes, tuple[Region, ...]] = {}

    def find(self, sources: Iterable[SourceFile], jobs: int) -> None:
        """Look for the ranges of many files in up to so many processes, to have them at hand."""
        unknown = {key: one for one in sources if (key := self._key(one)) and key not in self._known}
        count = min(processes(jobs), len(unknown) // _FILES_OF_A_PROCESS)
        if count <= 1:
            return
        keys = sorted(unknown, key=lambda key: -len(unknown[key].text))
        portions = [keys[at :: _PORTIONS * count] for at in range(min(_PORTIONS * count, len(keys)))]

        def work(tasks: Iterator[int]) -> bytes:
            return _ENCODER.encode({key: secret_spans(unknown[key]) for task in tasks for key in portions[task]})

        for part in shared_out([range(at, len(portions), count) for at in range(count)], work):
            self._used.update(_DECODER.decode(part))

    def spans_of(self, source: SourceFile) -> tuple[Region, ...]:
        """Return the ranges of a file that may hold secrets."""
        key = self._key(source)
        if not key:
            return secret_spans(source)
        if key not in self._used:
            found = self._known.get(key)
            self._used[key] = secret_spans(source) if found is None else found
        return self._used[key]

    def _key(self, source: SourceFile) -> bytes:
        digest = self._digest_of(source.path)
        return digest + source.kind.value.encode() if digest else b""

    def keep(self) -> None:
        """Store the ranges that this run used, where they are others than those of the last one."""
        if self._used != self._known:
            self._cache.store((), [(_RUN, _STATE, msgspec.msgpack.encode(self._used))])


def _known(cache: Cache) -> dict[bytes, tuple[Region, ...]]:
    payload = cache.stored_run(_RUN, _STATE)
    try:
        return {} if payload is None else _DECODER.decode(payload)
    except msgspec.MsgspecError:
        return {}
