"""What the project checks found, kept for the state of the project in which they did."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec

from archlint.cache import Cache
from archlint.diagnostic import Diagnostic
from archlint.knowledge import knowledge
from archlint.settings import SettingsResolver
from archlint.source import FileEntry
from archlint.stages.shaping import shapes_project

_RUN = "project"
_DIGEST_BYTES = 16


class Found(msgspec.Struct, frozen=True, array_like=True):
    """What the project checks found; `is_clear` tells that they saw all files of the project whole."""

    diagnostics: tuple[Diagnostic, ...]
    is_clear: bool = True


_FOUND = msgspec.msgpack.Decoder(Found)


def state_of(files: Iterable[tuple[FileEntry, bytes]], resolver: SettingsResolver, since: str) -> bytes:
    """Return a digest of all that the project's diagnostics depend on; `files` come with the digests of their content.

    `since` is the commit since which migrations are judged, or "".
    It is the same for a run over the whole project and for one over a part of it.
    """
    state = hashlib.blake2b(knowledge().digest + resolver.run_settings().digest() + since.encode(), digest_size=16)
    digests: dict[int, bytes] = {}
    for entry, content in sorted(files, key=lambda pair: pair[0].path):
        if shapes_project(entry):
            settings = resolver.settings_for(entry.path)
            if id(settings) not in digests:
                digests[id(settings)] = settings.digest()
            state.update(f"{entry.path}\0{entry.role.value}\0".encode("utf-8", "surrogatepass"))
            state.update(content.ljust(_DIGEST_BYTES, b"\0") + digests[id(settings)])
    return state.digest()


def stored_diagnostics(cache: Cache, state: bytes) -> Found | None:
    """Return what the last run found in the same state of the project, or None."""
    payload = cache.stored_run(_RUN, state)
    try:
        return None if payload is None else _FOUND.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def store_diagnostics(cache: Cache, state: bytes, found: Found) -> str:
    """Keep what the project checks found; return why that failed, or ""."""
    return cache.store((), [(_RUN, state, msgspec.msgpack.encode(found))])
