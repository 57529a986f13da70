"""Blobs of git searched for secrets, each once for all that its paths make of it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from archlint.analysis import PYTHON_KINDS, FileAnalysis, FileResult
from archlint.cache import Cache
from archlint.discovery import kind_of, role_of
from archlint.discovery.kinds import kind_of_script
from archlint.discovery.naming import printable
from archlint.knowledge import knowledge_with
from archlint.reading import read_bytes
from archlint.secrets.pieces import clean, pieces
from archlint.settings import Settings
from archlint.source import FileEntry, Kind, Role
from archlint.stages.analyse import FILE_DEADLINE, cores
from archlint.suppression import Suppressions
from archlint.syntax.secret_places import CONFIG_KINDS
from archlint.workers import Lost, analyse_all

_READ = PYTHON_KINDS | frozenset(CONFIG_KINDS)
_RUN = "blobs"
_KEY_BYTES = 16
_SHEBANG_BYTES = 128
_BATCH_BYTES = 8_000_000
_ALONE_BYTES = 400_000
"""Below this many bytes, starting processes costs more than it saves."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the paths of a blob say of it; `kind` is None where its first line is to say that."""

    kind: Kind | None
    role: Role
    settings: Settings = field(compare=False)
    state: bytes

    def key(self, blob: str) -> bytes:
        """Return what the cache knows a blob by: never its content."""
        kind = self.kind.value if self.kind else ""
        named = f"{blob}:{kind}:{self.role.value}:".encode() + self.state
        return hashlib.blake2b(named, digest_size=_KEY_BYTES).digest()


class Scanned(msgspec.Struct, frozen=True):
    """A blob that was looked at; `data` is what it holds, for those who show where something was found."""

    blob: str
    entry: FileEntry
    facts: Facts
    result: FileResult
    data: bytes


@dataclass(slots=True)
class Sorting:
    """Says of each path whether it is read and what it makes of a blob; each path is looked at once."""

    settings_for: Callable[[str], Settings]
    _known: dict[str, Facts | None] = field(default_factory=dict)
    _states: dict[int, bytes] = field(default_factory=dict)

    def facts(self, path: str) -> Facts | None:
        """Return what a path relative to the root says, None where archlint reads no such file."""
        if path not in self._known:
            self._known[path] = self._look(path)
        return self._known[path]

    def _look(self, path: str) -> Facts | None:
        *folders, name = path.split("/")
        kind = kind_of(name, tuple(folder.lower() for folder in folders))
        if kind not in _READ and (kind is not None or "." in name):
            return None
        shown = printable(path)
        settings = self.settings_for(shown)
        if settings.leaves_out(shown):
            return None
        role = settings.role_of(shown) or role_of(shown)
        if id(settings) not in self._states:
            self._states[id(settings)] = settings.digest() + knowledge_with(settings.knowledge).digest
        return Facts(kind, role, settings, self._states[id(settings)])


@dataclass(slots=True)
class Searching:
    """Searches blobs in processes, as many as the settings allow; a worker is given a blob by its index."""

    jobs: int
    batch: list[tuple[FileEntry, Facts, bytes]] = field(default_factory=list)
    analyses: dict[bytes, FileAnalysis] = field(default_factory=dict)

    def __call__(self, index: int) -> FileResult:
        """Return what is found in a blob."""
        entry, facts, data = self.batch[index]
        return self._analysis(facts).run(entry, "", data)

    def search(self, blobs: Iterable[tuple[str, bytes]], wanted: dict[str, dict[Facts, str]]) -> Iterator[Scanned]:
        """Yield the blobs with what is found in them; `wanted` has one path for all that their paths make of each."""
        waiting: list[tuple[str, FileEntry, Facts, bytes]] = []
        size = 0
        for blob, data in blobs:
            for facts, path in wanted[blob].items():
                kind = facts.kind or kind_of_script(data[:_SHEBANG_BYTES])
                if kind is not None:
                    entry = FileEntry(printable(path), Path(os.devnull), kind, facts.role, len(data), 0)
                    waiting.append((blob, entry, facts, data))
                    size += len(data)
            if size > _BATCH_BYTES:
                yield from self._searched(waiting, size)
                waiting, size = [], 0
        yield from self._searched(waiting, size)

    def _searched(self, waiting: Sequence[tuple[str, FileEntry, Facts, bytes]], size: int) -> Iterator[Scanned]:
        self.batch = [(entry, facts, data) for _, entry, facts, data in waiting]
        jobs = 1 if size < _ALONE_BYTES else self.jobs or cores()
        entries = [entry for entry, _, _ in self.batch]
        for index, outcome in analyse_all(entries, self, jobs=jobs, deadline=FILE_DEADLINE):
            blob, entry, facts, data = waiting[index]
            result = _nothing(entry, outcome.reason) if isinstance(outcome, Lost) else outcome
            if jobs > 1 and entry.kind in PYTHON_KINDS:
                self._learn(entry, facts, data, result)
            yield Scanned(blob, entry, facts, result, data)

    def _learn(self, entry: FileEntry, facts: Facts, data: bytes, result: FileResult) -> None:
        """Take note of what a worker found clean: the workers of the next batch begin with that."""
        source = read_bytes(entry, data).source
        if source is not None and result.is_whole:
            parts = pieces(source.text, source.role.value.encode())
            self._analysis(facts).clean |= clean(parts, result.diagnostics)

    def _analysis(self, facts: Facts) -> FileAnalysis:
        if facts.state not in self.analyses:
            self.analyses[facts.state] = FileAnalysis(facts.settings, knowledge_with(facts.settings.knowledge))
        return self.analyses[facts.state]


def _nothing(entry: FileEntry, reason: str = "") -> FileResult:
    return FileResult(entry.path, b"", None, (), Suppressions(entry.path), reason, role=entry.role)


class CleanBlobs:
    """The blobs in which nothing was found, kept from run to run by what names them; nothing of their content is."""

    def __init__(self, cache: Cache, state: bytes) -> None:
        self._cache = cache
        self._state = state
        payload = cache.stored_run(_RUN, state) or b""
        self._known = {payload[at : at + _KEY_BYTES] for at in range(0, len(payload), _KEY_BYTES)}
        self._new: set[bytes] = set()

    def knows(self, key: bytes) -> bool:
        """Return whether an earlier run found nothing in a blob."""
        return key in self._known

    def add(self, key: bytes) -> None:
        """Take note of a blob in which nothing was found."""
        self._new.add(key)

    def keep(self) -> str:
        """Store what this run adds; return why that failed, or ""."""
        if not self._new:
            return ""
        return self._cache.store((), [(_RUN, self._state, b"".join(sorted(self._known | self._new)))])
