"""A fact store: the results of some files in one file that goes to another machine, to be believed there row by row."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import msgspec

from archlint.sealed import FILES, RUN, CachedFile, as_bytes, files_of, insert, opened, opened_to_read, reason, unsealed

SUFFIX = ".facts"
_ABOUT = "store"
_PATIENCE = 0.0
"""Nobody else knows of a store that is being written."""
_DAMAGED = "it is damaged, or no store of archlint"


class Maker(msgspec.Struct, frozen=True):
    """Who wrote a store: a digest of all that results depend on beside a project and its settings, and a name."""

    digest: bytes
    name: str


class Stores(msgspec.Struct, frozen=True):
    """The fact stores that a run takes results from; where it is `complete`, they must suffice."""

    files: tuple[Path, ...] = ()
    complete: bool = False


class FactStore(msgspec.Struct, frozen=True):
    """What a store holds: results by path, and the files that no store can hold (unreadable, too large, too slow).

    `unkept` has the state of each of these, as `state_of_unkept` tells it. `problem` says what is wrong, or is "".
    """

    rows: Mapping[str, CachedFile] = msgspec.field(default_factory=dict)
    unkept: Mapping[str, bytes] = msgspec.field(default_factory=dict)
    problem: str = ""


class _About(msgspec.Struct, frozen=True):
    maker: str
    rows: int
    unkept: dict[str, bytes]


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(_About)


def state_of_unkept(context: bytes, digest: bytes) -> bytes:
    """Return the state of a file without a stored result: what else that rests on, and its content, if it has any."""
    return len(context).to_bytes(2, "little") + context + digest


def write_store(file: Path, maker: Maker, rows: Mapping[str, CachedFile], unkept: Mapping[str, bytes]) -> None:
    """Write a store, in place of one that is there, as a whole or not at all.

    Raises `OSError` and `sqlite3.Error`.
    """
    from tempfile import TemporaryDirectory  # late: runs without stores have no use for it

    about = _ENCODER.encode(_About(maker.name, len(rows), dict(unkept)))
    file.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{file.name[:100]}.", dir=file.parent) as folder:
        partial = Path(folder, "partial")
        with closing(opened(partial, _PATIENCE)) as connection, connection:
            insert(connection, rows.items(), [(_ABOUT, maker.digest, about)])
        partial.replace(file)


def read_store(file: Path, maker: Maker) -> FactStore:
    """Return what a store holds that this archlint may believe; raises `OSError` where there is no file to read.

    A row is only known to be whole: whether it is about the file at hand is for the reader to compare.
    """
    if not stat.S_ISREG(file.stat().st_mode):
        return FactStore(problem="it is no regular file")
    try:
        with closing(opened_to_read(file)) as connection:
            return _read(connection, maker)
    except sqlite3.OperationalError as error:
        return FactStore(problem=f"it cannot be read: {reason(error)}")
    except (sqlite3.DatabaseError, msgspec.MsgspecError, UnicodeDecodeError):
        return FactStore(problem=_DAMAGED)


def _read(connection: sqlite3.Connection, maker: Maker) -> FactStore:
    described = list(unsealed(connection.execute(RUN, (as_bytes(_ABOUT),))))
    if len(described) != 1:
        return FactStore(problem=_DAMAGED)
    _, digest, payload = described[0]
    if digest != maker.digest:
        return FactStore(problem=_foreign(_made_by(payload), maker.name))
    about = _DECODER.decode(payload)
    rows = files_of(connection.execute(FILES))
    lost = about.rows - len(rows)
    return FactStore(rows, about.unkept, f"{lost} of its {about.rows} results are damaged" if lost else "")


def _foreign(theirs: str, ours: str) -> str:
    return f"it was made by {theirs}, and this is {f'another build of {ours}' if theirs == ours else ours}"


def _made_by(payload: bytes) -> str:
    """Return what a store says of its maker; one that is older or newer may say it in another form."""
    try:
        return _DECODER.decode(payload).maker
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return "some other version"
