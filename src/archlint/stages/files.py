"""The files of a run and their texts, read again where a report needs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from msgspec.structs import replace

from archlint.analysis import FileResult
from archlint.discovery import Discovery, kind_of, role_of
from archlint.discovery.walk import of_no_kind
from archlint.knowledge import Pin, locked_versions
from archlint.reading import read, read_bytes, read_text
from archlint.settings import Settings
from archlint.source import FileEntry, Kind, Role, SourceFile
from archlint.stages.shaping import tells_versions

_KEPT_SOURCES = 512
"""Texts that are kept: rules look at one file after the other, and at what is called from there."""


class RunFiles:
    """What a run reads: the files that are reported on, and others that cross-file rules must know as well."""

    def __init__(
        self, found: Discovery, context: Sequence[FileEntry], overlay: Mapping[str, str | bytes], settings: Settings
    ) -> None:
        self.entries = tuple(sorted((*found.files, *context), key=lambda entry: entry.path))
        self.reported = frozenset(
            [*(entry.path for entry in found.files), *(problem.span.path for problem in found.problems)]
        )
        self._by_path = {entry.path: entry for entry in self.entries}
        self._results: dict[str, FileResult] = {}
        self._sources: dict[str, SourceFile | None] = {}
        self._overlay = overlay
        self._max_size = settings.max_file_size

    def analysed(self, results: Sequence[FileResult]) -> None:
        """Take note of what the files were when they were analysed."""
        self._results = {result.path: result for result in results}

    @property
    def results(self) -> Mapping[str, FileResult]:
        """Return what is known of each file by itself, by path."""
        return self._results

    def role_of(self, path: str) -> Role:
        """Return the role of a file, by its first lines too where it was read."""
        if path in self._results:
            return self._results[path].role
        entry = self._by_path.get(path)
        return entry.role if entry is not None else Role.PRODUCTION

    def entry_of(self, path: str) -> FileEntry | None:
        """Return where a file is that was found, or None."""
        return self._by_path.get(path)

    def digest_of(self, path: str) -> bytes:
        """Return the digest of a file's content as it was analysed."""
        return self._results[path].digest if path in self._results else b""

    def source_of(self, path: str) -> SourceFile | None:
        """Return a file's text with its lines, or None where it is not what was analysed; the last ones are kept."""
        if path in self._sources:
            source = self._sources.pop(path)
        else:
            entry = self._by_path.get(path)
            source = None if entry is None else self._read(entry)
        self._sources[path] = source
        if len(self._sources) > _KEPT_SOURCES:
            del self._sources[next(iter(self._sources))]
        return source

    def text_of(self, path: str) -> SourceFile:
        """Return a file that was read before; an empty one where it has changed since."""
        return self.source_of(path) or SourceFile.of(path, "", Kind.PYTHON)

    def pins(self) -> Mapping[str, str]:
        """Return the texts of the files that say which libraries the project has."""
        entries = [entry for entry in self.entries if tells_versions(entry)]
        sources = ((entry.path, self.source_of(entry.path)) for entry in entries)
        return {path: source.text for path, source in sources if source is not None}

    @cached_property
    def versions(self) -> Mapping[str, Pin]:
        """Return the versions that the project has of its libraries, as lock and requirements files say."""
        return locked_versions(self.pins())

    def _read(self, entry: FileEntry) -> SourceFile | None:
        text = self._overlay.get(entry.path)
        if text is None:
            done = read(entry, self._max_size)
        else:
            done = read_bytes(entry, text) if isinstance(text, bytes) else read_text(entry, text)
        known = self.digest_of(entry.path)
        return None if known and done.digest != known else done.source


def with_unsaved(found: Discovery, paths: Sequence[str], settings: Settings) -> Discovery:
    """Return what was found with files that exist only as the texts of an editor, or of standard input."""
    new = [one for path in paths if (one := _unsaved(path, settings)) is not None]
    unknown = {path for path in paths if kind_of(path.rpartition("/")[2]) is None}
    hints = (*found.hints, of_no_kind(unknown)) if unknown else found.hints
    return replace(found, files=(*found.files, *new), missing=(), hints=hints)


def _unsaved(path: str, settings: Settings) -> FileEntry | None:
    """Return what a file is that exists only as the text of an editor, or None where archlint would not read it."""
    kind = kind_of(path.rpartition("/")[2])
    if kind is None or (settings.force_exclude and settings.leaves_out(path)):
        return None
    role = settings.role_of(path) or role_of(path)
    return FileEntry(path, settings.root / path, kind, role, 0, 0, explicit=True)
