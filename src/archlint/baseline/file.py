"""The file of the baseline: JSON with one entry on each line, so that git merges it and a person reads its diff."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from archlint.baseline.accepted import Accepted, Key, joined
from archlint.errors import UsageError
from archlint.settings.suggestions import quoted

NAME = "archlint-baseline.json"
_MAX_BYTES = 50_000_000
_HEADER = '"archlint-baseline": 1'
_MAX_MESSAGE = 200
_CONFLICT = ("<<<<<<<", "=======", ">>>>>>>")


class _Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: Annotated[Literal[1], Meta(title="the format")] = msgspec.field(name="archlint-baseline")
    findings: list[Accepted | None] = msgspec.field()


class Baseline(msgspec.Struct, frozen=True):
    """The entries of a file, and on which line each stands; `lines` has those that stand on one of their own."""

    file: Path
    entries: tuple[Accepted, ...] = ()
    lines: Mapping[Key, int] = msgspec.field(default_factory=dict)


def rendered(entries: Iterable[Accepted]) -> str:
    """Return the text of the file.

    The `null` at the end lets every line of an entry end in a comma: adding one never changes the line before.
    """
    lines = "".join(f"{one.line()},\n" for one in joined(entries))
    return f'{{{_HEADER}, "findings": [\n{lines}null\n]}}\n'


def parsed(text: str, file: Path, shown: str) -> Baseline:
    """Return the baseline that a text is; raises `UsageError` that names the file as it is `shown`."""
    named, rows = quoted(shown), text.split("\n")
    for number, row in enumerate(rows, start=1):
        if row.startswith(_CONFLICT):
            raise UsageError(f"{named}, line {number}: a merge left its marks: keep the lines of both sides")
    try:
        document = msgspec.json.decode(text, type=_Document)
    except (msgspec.DecodeError, RecursionError) as error:
        raise UsageError(f"{named} is no baseline: {_line_of(rows)}{_told(text, str(error))}") from None
    entries = joined(one for one in document.findings if one is not None)
    return Baseline(file, entries, _lines(rows))


def read_baseline(file: Path, shown: str, *, is_asked_for: bool) -> Baseline | None:
    """Return what a file has; None where there is none, unless somebody asked for this one.

    Raises `UsageError` for one that is no baseline or cannot be read.
    """
    named = quoted(shown)
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UsageError(f"{named} is no regular file")
        if status.st_size > _MAX_BYTES:
            raise UsageError(f"{named} is no baseline: it has more than {_MAX_BYTES:,} bytes")
        return parsed(file.read_text(encoding="utf-8"), file, shown)
    except FileNotFoundError:
        if is_asked_for:
            raise UsageError(f"no such baseline: {named}; `archlint baseline write` makes one") from None
        return None
    except UnicodeDecodeError:
        raise UsageError(f"{named} is no baseline: it is not UTF-8") from None
    except OSError as error:
        raise UsageError(f"cannot read {named}: {(error.strerror or 'not readable').lower()}") from None


def shown_name(file: Path, root: Path) -> str:
    """Return how the file is named in outputs: from the root of the project, where it lies below that."""
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else os.fspath(file)


def _told(text: str, message: str) -> str:
    """Return what is wrong with a text, in words for who edits it by hand."""
    if not text.strip():
        return "it is empty"
    if "RFC3339" in message:
        return "`expires` is a day such as 2027-03-31"
    if message.endswith("`$.archlint-baseline`"):
        return "its format is one that this version of archlint does not know"
    return _printable(message)


def _printable(message: str) -> str:
    """Return what the decoder says, which names fields as they stand in the file."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in message[:_MAX_MESSAGE])


def _lines(rows: list[str]) -> dict[Key, int]:
    return {one.key: number for number, row in enumerate(rows, start=1) if (one := _entry_on(row)) is not None}


def _entry_on(row: str) -> Accepted | None:
    if not row.startswith("{"):
        return None
    try:
        return msgspec.json.decode(row.rstrip().removesuffix(","), type=Accepted)
    except msgspec.DecodeError:
        return None


def _line_of(rows: list[str]) -> str:
    """Return where the first line stands that is no entry, in a file with one on each."""
    for number, row in enumerate(rows[1:], start=2):
        text = row.strip().removesuffix(",")
        if text.startswith("{") and _entry_on(text) is None:
            return f"line {number}: "
        try:
            json.loads(text or "null")
        except (ValueError, RecursionError):
            if text != "]}":
                return f"line {number}: "
    return ""
