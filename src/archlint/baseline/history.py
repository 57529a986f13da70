"""How large the baseline was over time, as git remembers it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from archlint.baseline.file import parsed
from archlint.errors import ArchlintError
from archlint.git import open_repository

_MOST = 50
"""Commits that are looked at: more are no curve but a blur."""


class BaselineSize(msgspec.Struct, frozen=True):
    """How many findings a commit left in the file; `time` is in seconds since 1970."""

    commit: str
    time: int
    findings: int


def sizes_over_time(file: Path, environment: Mapping[str, str]) -> tuple[BaselineSize, ...]:
    """Return the size after each of the last commits that changed a file, the oldest first; () without git."""
    try:
        repository = open_repository(file.parent, None, environment)
        versions = list(repository.versions(file, _MOST))
        texts = dict(repository.contents(list(repository.sizes([blob for _, blob in versions]))))
    except ArchlintError:
        return ()
    found = ((commit, _findings(texts.get(blob, b""), file)) for commit, blob in versions)
    return tuple(BaselineSize(one.name[:10], one.time, number) for one, number in found if number is not None)[::-1]


def _findings(text: bytes, file: Path) -> int | None:
    """Return how many findings a text has; None where it is no baseline."""
    try:
        return sum(one.count for one in parsed(text.decode(), file, file.name).entries)
    except (ArchlintError, UnicodeDecodeError):
        return None
