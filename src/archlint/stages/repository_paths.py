"""Paths of a repository as paths of the project in it: either may be the outer one."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path


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


def _relative(path: str, start: str) -> str:
    return os.path.relpath(path, start).replace(os.sep, "/")
