"""Which files are as they were at an earlier point of the history, so that migrations that have run are not judged.

Only the commit is asked of git: what the work tree has is compared by content, so that it does not matter whether a
change is committed, staged, or neither, and no filter runs that the repository configures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from archlint.source import SourceFile

if TYPE_CHECKING:
    from archlint.git import Repository

_SHA1_DIGITS = 40


@dataclass(frozen=True)
class Earlier:
    """A commit of a repository; without one, all files are new."""

    commit: str = ""
    repository: Repository | None = None

    def unchanged(self, paths: Iterable[str], source_of: Callable[[str], SourceFile | None]) -> frozenset[str]:
        """Return those of some paths whose content the commit has, at that path or at another one."""
        if not self.commit:
            return frozenset()
        sources = ((path, source_of(path)) for path in paths)
        return frozenset(path for path, one in sources if one is not None and self._has(one.text))

    def _has(self, text: str) -> bool:
        return any(_blob(data, self.commit) in self._blobs for data in _stored(text))

    @cached_property
    def _blobs(self) -> frozenset[str]:
        return frozenset(self.repository.tree(self.commit).values()) if self.repository is not None else frozenset()


def earlier_of(root: Path, revision: str, environment: Mapping[str, str]) -> Earlier:
    """Return the last commit that HEAD has in common with a revision; raises `UsageError` where git has none."""
    if not revision:
        return Earlier()
    from archlint.git import open_repository  # what it needs takes a while to import, and most runs need none of it

    repository = open_repository(root, None, environment)
    return Earlier(repository.fork_point(revision), repository)


def _stored(text: str) -> Iterator[bytes]:
    """Yield the bytes by which git may keep a text: it may have another end of line, and reading drops the mark."""
    for one in (text, text.replace("\r\n", "\n")):
        data = one.encode("utf-8", "surrogatepass")
        yield from (data, b"\xef\xbb\xbf" + data)


def _blob(data: bytes, like: str) -> str:
    """Return the name of a blob, by the hash by which the repository names its commit `like`."""
    digest = hashlib.sha1(usedforsecurity=False) if len(like) == _SHA1_DIGITS else hashlib.sha256()
    digest.update(b"blob %d\0" % len(data) + data)
    return digest.hexdigest()
