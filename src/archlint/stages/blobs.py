"""Blobs of git searched for secrets, each once for all that its paths make of it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from archlint.analysis import PYTHON_KINDS, FileAnalysis, FileResult
from archlint.cache import Cache
from archlint.discovery import kind_of, role_of
from archlint.discovery.kinds import kind_of_script
from archlint.discovery.naming import printable
from archlint.knowledge import knowledge_with
from archlint.reading import read_bytes
from archlint.secrets.scout import has_candidate
from archlint.settings import Settings
from archlint.source import FileEntry, Kind, Role
from archlint.stages.analyse import FILE_DEADLINE, cores
from archlint.suppression import Suppressions
from archlint.syntax.secret_places import CONFIG_KINDS
from archlint.workers import Lost, analyse_all

_READ = PYTHON_KINDS | frozenset(CONFIG_KINDS)
_RUN = "blobs"
_KEY_BYTES = 16
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
        told = f"{blob}:{kind}:{self.role.value}:".encode() + self.state
        return hashlib.blake2b(told, digest_size=_KEY_BYTES).digest()


@dataclass(frozen=True, slots=True)
class Scanned:
    """A blob that was looked at; `data` is what it holds, for those who show where something was found."""

    blob: str
    facts: Facts
    entry: FileEntry
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
        if settings.is_excluded(shown) or (
            settings.include and not any(one.matches(shown) for one in settings.include)
        ):
            return None
        role = settings.role_of(shown) or role_of(shown)
        if id(settings) not in self._states:
            self._states[id(settings)] = settings.digest() + knowledge_with(settings.knowledge).digest
        return Facts(kind, role, settings, self._states[id(settings)])


@dataclass(slots=True)
class Searching:
    """Searches blobs in processes, as many as the settings allow; a worker is given a blob by its index."""

    jobs: int
    batch: list[tuple[FileEntry, Settings, bytes]] = field(default_factory=list)
    analyses: dict[int, FileAnalysis] = field(default_factory=dict)

    def __call__(self, index: int) -> FileResult:
        """Return what is found in a blob: without a candidate it is not parsed."""
        entry, settings, data = self.batch[index]
        done = read_bytes(entry, data, settings.max_file_size)
        if done.source is not None and not has_candidate(done.source.text):
            return FileResult(entry.path, b"", None, (), Suppressions(entry.path), role=entry.role)
        if id(settings) not in self.analyses:
            self.analyses[id(settings)] = FileAnalysis(settings, knowledge_with(settings.knowledge))
        found = self.analyses[id(settings)].run(entry, "", data)
        return found if found.diagnostics else replace(found, facts=None)

    def search(self, blobs: Iterable[tuple[str, bytes]], wanted: dict[str, dict[Facts, str]]) -> Iterator[Scanned]:
        """Yield the blobs with what is found in them; `wanted` has one path for all that their paths make of each."""
        waiting: list[tuple[str, Facts, FileEntry, bytes]] = []
        size = 0
        for blob, data in blobs:
            for facts, path in wanted[blob].items():
                kind = facts.kind or kind_of_script(data[:128])
                if kind is not None:
                    entry = FileEntry(printable(path), Path(os.devnull), kind, facts.role, len(data), 0)
                    waiting.append((blob, facts, entry, data))
                    size += len(data)
            if size > _BATCH_BYTES:
                yield from self._searched(waiting, size)
                waiting, size = [], 0
        yield from self._searched(waiting, size)

    def _searched(self, waiting: Sequence[tuple[str, Facts, FileEntry, bytes]], size: int) -> Iterator[Scanned]:
        self.batch = [(entry, facts.settings, data) for _, facts, entry, data in waiting]
        jobs = 1 if size < _ALONE_BYTES else self.jobs or cores()
        entries = [entry for entry, _, _ in self.batch]
        for index, outcome in analyse_all(entries, self, jobs=jobs, deadline=FILE_DEADLINE):
            blob, facts, entry, data = waiting[index]
            yield Scanned(blob, facts, entry, _given_up(entry, outcome) if isinstance(outcome, Lost) else outcome, data)


def _given_up(entry: FileEntry, lost: Lost) -> FileResult:
    return FileResult(entry.path, b"", None, (), Suppressions(entry.path), lost.reason, role=entry.role)


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
