"""Where secrets may stand in the files of a report, kept from run to run: the search takes longer than all else."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from archlint.cache import Cache
from archlint.secrets.redaction import Region, secret_spans
from archlint.source import SourceFile

_RUN = "masks"
_STATE = b"1"
_DECODER = msgspec.msgpack.Decoder(dict[bytes, tuple[Region, ...]])


class Masks:
    """The ranges to mask, by the content of a file and its kind."""

    def __init__(self, cache: Cache, digest_of: Callable[[str], bytes]) -> None:
        self._cache = cache
        self._digest_of = digest_of
        self._known = _known(cache)
        self._used: dict[bytes, tuple[Region, ...]] = {}

    def spans_of(self, source: SourceFile) -> tuple[Region, ...]:
        """Return the ranges of a file that may hold secrets."""
        digest = self._digest_of(source.path)
        if not digest:
            return secret_spans(source)
        key = digest + source.kind.value.encode()
        found = self._known.get(key)
        self._used[key] = secret_spans(source) if found is None else found
        return self._used[key]

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
