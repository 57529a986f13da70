"""What earlier runs found out: one SQLite file that may be deleted at any time and is never trusted blindly."""

from __future__ import annotations

import os
import re
import sqlite3
import stat
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import msgspec

from archlint.sealed import FILES, RUN, CachedFile, as_bytes, files_of, insert, opened, reason, unsealed
from archlint.source import FileEntry

_FILE = "cache.db"
_SUFFIXES = ("", "-journal", "-wal", "-shm")
_VERSION = re.compile(r"\d+\.\d+[\w.+-]*")
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# This directory holds a cache of archlint; it may be deleted.\n"
_MARKS = (("CACHEDIR.TAG", _TAG), (".gitignore", "*\n"))
_RACY = 2_000_000_000
"""Nanoseconds: a file that changed this shortly before it was read may change again without a new time stamp."""
_PATIENCE = 5.0
"""Seconds to wait for another run that writes."""


class Cache(msgspec.Struct, frozen=True):
    """A cache in a folder, for one version of archlint; without a folder it knows nothing and keeps nothing."""

    folder: Path | None
    version: str

    def files(self) -> dict[str, CachedFile]:
        """Return the results of the last runs by path; what is damaged is left out."""
        return files_of(self._select(FILES))

    def stored_run(self, name: str, state: bytes) -> bytes | None:
        """Return what a run over the same state stored under a name, or None."""
        for _, stored, payload in unsealed(self._select(RUN, as_bytes(name))):
            if stored == state:
                return payload
        return None

    def store(
        self,
        files: Iterable[tuple[str, CachedFile]],
        runs: Iterable[tuple[str, bytes, bytes]] = (),
        gone: Iterable[str] = (),
    ) -> str:
        """Keep results of files and runs and forget files that are gone, in one transaction.

        Return why that failed, or "".
        """
        if self.folder is None:
            return ""
        rows, kept = list(files), list(runs)
        old = [(as_bytes(path),) for path in gone]
        if not rows and not kept and not old:
            return ""
        try:
            self._prepare(self.folder)
            with self._connected(self.folder) as connection, connection:
                connection.executemany("DELETE FROM files WHERE path = ?", old)
                insert(connection, rows, kept)
        except (sqlite3.Error, OSError) as error:
            return f"the cache was not written: {reason(error)}"
        return ""

    def clean(self) -> bool:
        """Delete what archlint keeps in the folder, for all versions; return whether there was anything.

        Nothing else goes: the folder may be one that the user has for other things too.
        """
        if self.folder is None:
            return False
        found = False
        for folder in _version_folders(self.folder):
            found |= _discard(folder)
            with suppress(OSError):
                folder.rmdir()
        with suppress(OSError):
            for name, text in _MARKS:
                mark = self.folder / name
                if mark.is_file() and mark.read_text(encoding="utf-8") == text:
                    mark.unlink()
            self.folder.rmdir()
        return found

    def _prepare(self, folder: Path) -> None:
        """Make the folders; marks for backup programs and for git go only into a folder that is new."""
        is_new = not folder.exists()
        (folder / self.version).mkdir(parents=True, exist_ok=True)
        for name, text in _MARKS if is_new else ():
            (folder / name).write_text(text, encoding="utf-8")

    @contextmanager
    def _connected(self, folder: Path) -> Iterator[sqlite3.Connection]:
        """Open the file, made anew where it is not one of ours; raises `sqlite3.Error` and `OSError`."""
        file = folder / self.version / _FILE
        if not _is_regular_or_missing(file):
            _discard(file.parent)
        try:
            connection = opened(file, _PATIENCE)
        except sqlite3.OperationalError:
            # Locked, or not ours to open: nothing says that it is damaged.
            raise
        except sqlite3.DatabaseError:
            _discard(file.parent)
            connection = opened(file, _PATIENCE)
        with closing(connection):
            yield connection

    def _select(self, query: str, *values: bytes) -> list[tuple[object, ...]]:
        if self.folder is None or not (self.folder / self.version / _FILE).is_file():
            return []
        try:
            with self._connected(self.folder) as connection:
                return connection.execute(query, values).fetchall()
        except sqlite3.OperationalError:
            return []
        except sqlite3.DatabaseError:
            _discard(self.folder / self.version)
        except OSError:
            pass
        return []


def stamp(entry: FileEntry, now: int) -> bytes:
    """Return what proves that a file is unchanged, or b"" where it changed too recently for that.

    `now` is a time in nanoseconds at which nobody had read the file yet.
    """
    if now - max(entry.mtime_ns, entry.changed_ns) < _RACY:
        return b""
    return f"{entry.size}:{entry.mtime_ns}:{entry.changed_ns}".encode()


def _discard(folder: Path) -> bool:
    """Delete the file of a version; return whether there was one."""
    found = False
    for suffix in _SUFFIXES:
        file = folder / f"{_FILE}{suffix}"
        with suppress(OSError):
            found |= os.path.lexists(file)
            file.unlink(missing_ok=True)
    return found


def _version_folders(folder: Path) -> list[Path]:
    try:
        return sorted(one for one in folder.iterdir() if _VERSION.fullmatch(one.name) and _is_own(one))
    except OSError:
        return []


def _is_own(folder: Path) -> bool:
    return folder.is_dir() and not folder.is_symlink()


def _is_regular_or_missing(file: Path) -> bool:
    """Return whether a file may be opened: no link that leads out of the cache, no pipe that blocks."""
    try:
        return stat.S_ISREG(file.lstat().st_mode)
    except FileNotFoundError:
        return True
