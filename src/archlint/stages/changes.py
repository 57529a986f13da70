"""What lies between a commit and the work tree, in files of the project; nothing is checked out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from archlint.discovery import kind_of, role_of
from archlint.discovery.kinds import kind_of_script
from archlint.discovery.naming import printable
from archlint.errors import UsageError
from archlint.git import open_repository
from archlint.settings import SettingsResolver
from archlint.source import FileEntry
from archlint.stages.repository_paths import to_project

_SHEBANG_BYTES = 128


class Changes(msgspec.Struct, frozen=True):
    """The files of a project that are not as they were in a commit.

    `contents` are the bytes that changed files had then, those of files that are gone now as well. `new` are the files
    that were not there. `renames` gives new paths by old ones. `tracked` are all files of the commit.
    """

    commit: str
    contents: Mapping[str, bytes]
    new: frozenset[str]
    renames: Mapping[str, str]
    tracked: frozenset[str]

    def before(self, path: str) -> bytes | None:
        """Return what a changed file was, under its old name where it had one; None where it was not there."""
        old = next((old for old, new in self.renames.items() if new == path), path)
        return self.contents.get(old)

    def past_entries(self, resolver: SettingsResolver) -> Iterator[tuple[FileEntry, bytes]]:
        """Yield the changed files as archlint would have read them then."""
        for path, data in self.contents.items():
            *folders, name = path.split("/")
            kind = kind_of(name, tuple(folder.lower() for folder in folders)) or kind_of_script(data[:_SHEBANG_BYTES])
            settings = resolver.settings_for(path)
            if kind is not None and not settings.leaves_out(path):
                role = settings.role_of(path) or role_of(path)
                yield FileEntry(path, settings.root / path, kind, role, len(data), 0), data


def changes_since(root: Path, revision: str, environment: Mapping[str, str]) -> Changes:
    """Return the changes since the merge base of a revision and HEAD; raises `UsageError` with what to do."""
    repository = open_repository(root, None, environment)
    if repository.top is None:
        raise UsageError("this repository has no work tree to compare with")
    commit = repository.fork_point(revision)
    mapped = to_project((root,), root, root, repository.top)

    def own(paths: Iterable[tuple[str, str]]) -> dict[str, str]:
        return {printable(path): blob for shown, blob in paths if (path := mapped(shown)) is not None}

    changed = own(repository.differing(commit))
    blobs = sorted({blob for blob in changed.values() if blob})
    if len(repository.sizes(blobs)) < len(blobs):
        raise UsageError("this clone lacks files of that commit: fetch them first, or clone without `--filter`")
    data = dict(repository.contents(blobs))
    contents = {path: data[blob] for path, blob in changed.items() if blob in data and not _is(root / path, data[blob])}
    renames = ((mapped(old), mapped(new)) for old, new in repository.renames(commit).items())
    untracked = own((path, "") for path in repository.untracked())
    return Changes(
        commit,
        contents,
        frozenset([*untracked, *(path for path, blob in changed.items() if not blob)]),
        {printable(old): printable(new) for old, new in renames if old is not None and new is not None},
        frozenset(own(repository.tree(commit).items())),
    )


def _is(file: Path, data: bytes) -> bool:
    """Return whether a file has some content: what was only touched is not changed."""
    try:
        return file.stat().st_size == len(data) and file.read_bytes() == data
    except OSError:
        return False
