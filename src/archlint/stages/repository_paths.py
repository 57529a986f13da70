"""Paths of a repository as paths of the project in it: either may be the outer one."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from archlint.discovery.naming import printable
from archlint.errors import ArchlintError
from archlint.git import open_repository


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


def renames_since(root: Path, file: Path, environment: Mapping[str, str]) -> Mapping[str, str]:
    """Return the new paths of the project's files by the old ones, as git knows them since a file last changed.

    Without git, or outside of a repository, nothing is known.
    """
    if not environment:
        return {}
    try:
        repository = open_repository(root, None, environment)
        renames = repository.renames(repository.last_change(file) or "HEAD")
    except ArchlintError:
        return {}
    mapped = to_project((root,), root, root, repository.top)
    pairs = ((mapped(old), mapped(new)) for old, new in renames.items())
    return {printable(old): printable(new) for old, new in pairs if old is not None and new is not None}


def _relative(path: str, start: str) -> str:
    return os.path.relpath(path, start).replace(os.sep, "/")
