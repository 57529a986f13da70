"""SQLite files whose rows carry a checksum: what the cache keeps and what a fact store takes to another machine."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

_CHECKSUM = 8
_TABLES = (
    "CREATE TABLE files (path BLOB PRIMARY KEY, stamp BLOB, context BLOB, digest BLOB, payload BLOB, seal BLOB)",
    "CREATE TABLE runs (name BLOB PRIMARY KEY, state BLOB, payload BLOB, seal BLOB)",
)
FILES = "SELECT path, stamp, context, digest, payload, seal FROM files"
_PUT_FILE = "INSERT OR REPLACE INTO files (path, stamp, context, digest, payload, seal) VALUES (?, ?, ?, ?, ?, ?)"
_PUT_RUN = "INSERT OR REPLACE INTO runs (name, state, payload, seal) VALUES (?, ?, ?, ?)"
RUN = "SELECT name, state, payload, seal FROM runs WHERE name = ?"


class CachedFile(msgspec.Struct, frozen=True):
    """The stored result of one file.

    `stamp` is what `stat` said (empty where it proves nothing), `context` a digest of all else that the result
    depends on, `digest` one of the content.
    """

    stamp: bytes
    context: bytes
    digest: bytes
    payload: bytes


def opened(file: Path, patience: float) -> sqlite3.Connection:
    """Return a connection to a file with exactly our tables; raises `sqlite3.DatabaseError` for any other content.

    The file may come with the project: a view or a trigger in it would run as ours.
    `patience` is in seconds, for another run that writes.
    """
    connection = sqlite3.connect(file, timeout=patience)
    try:
        connection.execute("PRAGMA synchronous = OFF")
        if not _has_tables(connection):
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                for table in _TABLES:
                    connection.execute(table.replace("TABLE", "TABLE IF NOT EXISTS", 1))
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def opened_to_read(file: Path) -> sqlite3.Connection:
    """Return a connection that changes nothing, beside the file neither.

    Raises `sqlite3.DatabaseError` for a file that has not exactly our tables.
    """
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        if not _has_tables(connection):
            raise sqlite3.DatabaseError("empty")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def insert(
    connection: sqlite3.Connection,
    files: Iterable[tuple[str, CachedFile]],
    runs: Iterable[tuple[str, bytes, bytes]] = (),
) -> None:
    """Put results of files, and of runs with the state that they hold for, in place of those of the same names."""
    rows = (_sealed(as_bytes(path), row.stamp, row.context, row.digest, row.payload) for path, row in files)
    connection.executemany(_PUT_FILE, rows)
    kept = (_sealed(as_bytes(name), state, payload) for name, state, payload in runs)
    connection.executemany(_PUT_RUN, kept)


def files_of(rows: Iterable[tuple[object, ...]]) -> dict[str, CachedFile]:
    """Return what the rows of `FILES` say, by path; what is damaged is left out."""
    return {path.decode("utf-8", "replace"): CachedFile(*values) for path, *values in unsealed(rows)}


def unsealed(rows: Iterable[tuple[object, ...]]) -> Iterator[tuple[bytes, ...]]:
    """Yield the values of the rows whose checksum holds."""
    for row in rows:
        values = tuple(value for value in row if isinstance(value, bytes))
        if len(values) == len(row) and _seal(values[:-1]) == values[-1]:
            yield values[:-1]


def as_bytes(text: str) -> bytes:
    """Return a path or a name as it is stored."""
    return text.encode("utf-8", "surrogatepass")


def reason(error: sqlite3.Error | OSError) -> str:
    """Return in a few words why a file could not be read or written."""
    if isinstance(error, OSError):
        return (error.strerror or type(error).__name__).lower()
    # SQLite's own texts ("database is locked") quote nothing.
    return str(error) or type(error).__name__


def _has_tables(connection: sqlite3.Connection) -> bool:
    """Return whether our tables are there, False where nothing is; raises `sqlite3.DatabaseError` for all else."""
    connection.execute("PRAGMA trusted_schema = OFF")
    found = {sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")}
    if found and found != set(_TABLES):
        raise sqlite3.DatabaseError("not a cache of archlint")
    return bool(found)


def _seal(values: Iterable[bytes]) -> bytes:
    digest = hashlib.blake2b(digest_size=_CHECKSUM)
    for value in values:
        digest.update(len(value).to_bytes(8, "little"))
        digest.update(value)
    return digest.digest()


def _sealed(*values: bytes) -> tuple[bytes, ...]:
    return (*values, _seal(values))
