"""Documents: the texts that an editor has open, and where each of them lies."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
from pygls.uris import to_fs_path

from archlint.discovery import kind_of


class Document(msgspec.Struct, frozen=True):
    """A text that is open, as it was at a version; `root` is that of its project, `name` its path from there."""

    uri: str
    version: int | None
    text: str
    path: Path
    root: Path
    name: str


def path_of(uri: str) -> Path | None:
    """Return the file that a URI means, None where it is no file of this machine that archlint might read."""
    try:
        path = to_fs_path(uri)
    except ValueError:
        return None
    if not path or "\0" in path or not os.path.isabs(path):  # noqa: PTH117 - a text of the client, no path yet
        return None
    name = os.path.basename(path)  # noqa: PTH119
    # A script has no suffix; what it is, its first line says.
    return Path(path) if kind_of(name) is not None or ("." not in name and Path(path).is_file()) else None


def name_in(root: Path, path: Path) -> str:
    """Return the path of a file as reports have it: from the root, or absolute where it lies elsewhere."""
    real, real_root = Path(os.path.realpath(path)), Path(os.path.realpath(root))
    return real.relative_to(real_root).as_posix() if real.is_relative_to(real_root) else real.as_posix()
