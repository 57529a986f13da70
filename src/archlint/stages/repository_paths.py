"""Paths of a repository as paths of the project in it: either may be the outer one."""

from __future__ import annotations

import os
import stat
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from archlint.discovery.naming import printable
from archlint.errors import ArchlintError
from archlint.git import Repository, open_repository

_SAME_FILE = 0.5
_MOST_NEW = 1_000
_MOST_BYTES = 1_000_000
"""Of files that git does not know: more and larger ones are no source that somebody has just moved."""


def to_project(paths: Sequence[Path], cwd: Path, root: Path, top: Path | None) -> Callable[[str], str | None]:
    """Return what turns a path of the repository into one of the project, None for those that nobody asked for.

    `paths` are asked for from a folder; without a work tree (`top` is None) they are those of the repository.
    """
    if top is None:
        start, base = "", ""
        asked = [os.path.normpath(path).replace(os.sep, "/") for path in paths]
    else:
        real, real_top = os.path.realpath(root), os.path.realpath(top)
        asked = [_relative(os.path.realpath(cwd / path), real) for path in paths]
        below, above = _relative(real_top, real), _relative(real, real_top)
        start, base = ("", f"{below}/") if not below.startswith("..") else (f"{above}/", "")
        start, base = ("" if start == "./" else start), ("" if base == "./" else base)

    def mapped(path: str) -> str | None:
        if not path.startswith(start):
            return None
        own = base + path[len(start) :]
        return own if any(one in {".", own} or own.startswith(f"{one}/") for one in asked) else None

    return mapped


class Renames(msgspec.Struct, frozen=True):
    """The new paths of files by the old ones; `is_cut` tells that the history which would say more is not there."""

    paths: Mapping[str, str] = msgspec.field(default_factory=dict)
    is_cut: bool = False


def renames_since(root: Path, file: Path, gone: Collection[str], environment: Mapping[str, str]) -> Renames:
    """Return what became of the project's files since a file last changed: as git knows it, and as the work tree shows.

    `gone` are the files that are not there any more. Without git, or outside of a repository, nothing is known.
    """
    if not environment:
        return Renames()
    try:
        repository = open_repository(root, None, environment)
        since = repository.last_change(file) or "HEAD"
        mapped = to_project((root,), root, root, repository.top)
        pairs = [*repository.renames(since).items(), *_moved(repository, since, mapped, gone)]
        is_cut = repository.is_cut_at(since)
    except ArchlintError:
        return Renames()
    own = ((mapped(old), mapped(new)) for old, new in pairs)
    return Renames({printable(old): printable(new) for old, new in own if old is not None and new is not None}, is_cut)


def is_being_moved(root: Path, environment: Mapping[str, str]) -> bool:
    """Return whether files of a project are gone and git was not told: what imports them may not have followed yet."""
    if not environment:
        return False
    try:
        repository = open_repository(root, None, environment)
        mapped = to_project((root,), root, root, repository.top)
        return any(mapped(path) is not None for path in repository.deleted())
    except ArchlintError:
        return False


def _moved(
    repository: Repository, since: str, mapped: Callable[[str], str | None], gone: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Yield old and new paths where a file that is gone stands under a name that git does not know yet.

    As in git, two are the same file where half of the text is.
    """
    blobs = {path: blob for path, blob in repository.tree(since).items() if printable(mapped(path) or "") in gone}
    if repository.top is None or not blobs:
        return
    data = dict(repository.contents(list(repository.sizes(sorted(set(blobs.values()))))))
    before = {path: Counter(data[blob].splitlines()) for path, blob in blobs.items() if blob in data}
    new = [path for path in repository.untracked() if mapped(path) is not None][:_MOST_NEW]
    now = {path: Counter(lines) for path in new if (lines := _lines(repository.top / path))}
    taken: set[str] = set()
    for _, old, path in sorted(_alike(before, now)):
        if not {f"-{old}", f"+{path}"} & taken:
            taken |= {f"-{old}", f"+{path}"}
            yield old, path


def _alike(before: Mapping[str, Counter[bytes]], now: Mapping[str, Counter[bytes]]) -> Iterator[tuple[float, str, str]]:
    """Yield pairs of files of which the larger has half of its text in the other too, the most alike as the least.

    Files that have no line in common are never compared: of many that are moved at once most have none.
    """
    having: defaultdict[bytes, list[str]] = defaultdict(list)
    for path, lines in now.items():
        for line in lines:
            having[line].append(path)
    sizes = {path: _size(lines) for path, lines in now.items()}
    for old, lines in before.items():
        shared: Counter[str] = Counter()
        for line, number in lines.items():
            for path in having.get(line, ()):
                shared[path] += len(line) * min(number, now[path][line])
        size = _size(lines)
        for path, common in shared.items():
            likeness = common / max(size, sizes[path], 1)
            if likeness >= _SAME_FILE:
                yield -likeness, old, path


def _size(lines: Counter[bytes]) -> int:
    return sum(len(line) * number for line, number in lines.items())


def _lines(file: Path) -> list[bytes]:
    try:
        is_read = stat.S_ISREG(file.lstat().st_mode) and file.lstat().st_size <= _MOST_BYTES
        return file.read_bytes().splitlines() if is_read else []
    except OSError:
        return []


def _relative(path: str, start: str) -> str:
    return os.path.relpath(path, start).replace(os.sep, "/")
