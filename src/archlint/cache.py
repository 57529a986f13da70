"""What earlier runs found out: one SQLite file that may be deleted at any time and is never trusted blindly."""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
import stat
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from archlint.source import FileEntry

_FILE = "cache.db"
_SUFFIXES = ("", "-journal", "-wal", "-shm")
_VERSION = re.compile(r"\d+\.\d+[\w.+-]*")
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# This directory holds a cache of archlint; it may be deleted.\n"
_MARKS = (("CACHEDIR.TAG", _TAG), (".gitignore", "*\n"))
_RACY = 2_000_000_000
"""Nanoseconds: a file that changed this shortly before it was read may change again without a new time stamp."""
_CHECKSUM = 8
_PATIENCE = 5.0
"""Seconds to wait for another run that writes."""
_TABLES = (
    "CREATE TABLE files (path BLOB PRIMARY KEY, stamp BLOB, context BLOB, digest BLOB, payload BLOB, seal BLOB)",
    "CREATE TABLE runs (name BLOB PRIMARY KEY, state BLOB, payload BLOB, seal BLOB)",
)


@dataclass(frozen=True, slots=True)
class CachedFile:
    """The stored result of one file.

    `stamp` is what `stat` said (empty where it proves nothing), `context` a digest of all else that the result
    depends on, `digest` one of the content.
    """

    stamp: bytes
    context: bytes
    digest: bytes
    payload: bytes


@dataclass(frozen=True, slots=True)
class Cache:
    """A cache in a folder, for one version of archlint; without a folder it knows nothing and keeps nothing."""

    folder: Path | None
    version: str

    def files(self) -> dict[str, CachedFile]:
        """Return the results of the last runs by path; what is damaged is left out."""
        rows = self._select("SELECT path, stamp, context, digest, payload, seal FROM files")
        return {_text(path): CachedFile(*values) for path, *values in _unsealed(rows)}

    def stored_run(self, name: str, state: bytes) -> bytes | None:
        """Return what a run over the same state stored under a name, or None."""
        rows = self._select("SELECT name, state, payload, seal FROM runs WHERE name = ?", _bytes(name))
        for _, stored, payload in _unsealed(rows):
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
        rows = [_sealed(_bytes(path), row.stamp, row.context, row.digest, row.payload) for path, row in files]
        kept = [_sealed(_bytes(name), state, payload) for name, state, payload in runs]
        old = [(_bytes(path),) for path in gone]
        if not rows and not kept and not old:
            return ""
        try:
            self._prepare(self.folder)
            with self._connected(self.folder) as connection, connection:
                connection.executemany("DELETE FROM files WHERE path = ?", old)
                connection.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)", rows)
                connection.executemany("INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?)", kept)
        except (sqlite3.Error, OSError) as error:
            return f"the cache was not written: {_reason(error)}"
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
            connection = _opened(file)
        except sqlite3.OperationalError:
            # Locked, or not ours to open: nothing says that it is damaged.
            raise
        except sqlite3.DatabaseError:
            _discard(file.parent)
            connection = _opened(file)
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


def _opened(file: Path) -> sqlite3.Connection:
    """Return a connection to a file with exactly our tables; raises `sqlite3.DatabaseError` for any other content.

    The file may come with the project: a view or a trigger in it would run as ours.
    """
    connection = sqlite3.connect(file, timeout=_PATIENCE)
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        found = {sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")}
        if not found:
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                for table in _TABLES:
                    connection.execute(table.replace("TABLE", "TABLE IF NOT EXISTS", 1))
        elif found != set(_TABLES):
            raise sqlite3.DatabaseError("not a cache of archlint")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


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


def _reason(error: sqlite3.Error | OSError) -> str:
    if isinstance(error, OSError):
        return (error.strerror or type(error).__name__).lower()
    # SQLite's own texts ("database is locked") quote nothing.
    return str(error) or type(error).__name__


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _seal(values: Iterable[bytes]) -> bytes:
    digest = hashlib.blake2b(digest_size=_CHECKSUM)
    for value in values:
        digest.update(len(value).to_bytes(8, "little"))
        digest.update(value)
    return digest.digest()


def _sealed(*values: bytes) -> tuple[bytes, ...]:
    return (*values, _seal(values))


def _unsealed(rows: Iterable[tuple[object, ...]]) -> Iterator[tuple[bytes, ...]]:
    """Yield the values of the rows whose checksum holds."""
    for row in rows:
        values = tuple(value for value in row if isinstance(value, bytes))
        if len(values) == len(row) and _seal(values[:-1]) == values[-1]:
            yield values[:-1]
