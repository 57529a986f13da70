"""Addresses: of a rule's page, of a file from here and inside its repository, of a path as a URI."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from archlint.catalogue import Entry


def explain_command(entry: Entry) -> str:
    """Return what a person types to read a rule's page."""
    return f"archlint explain {entry.code}"


def path_from_here(path: str, root: str = "", here: str = "") -> str:
    """Return a path relative to the current folder, given one relative to the project root."""
    return path if root == here else posixpath.relpath(posixpath.join(root, path), here)


def repository_path(path: str, root_in_repository: str = "") -> str | None:
    """Return a path relative to the repository, given one relative to the project root; None if it is outside."""
    normal = posixpath.normpath(posixpath.join(root_in_repository, path))
    outside = normal in {".", ".."} or normal.startswith(("/", "../"))
    return None if outside else normal


def relative_uri(path: str) -> str:
    """Return a relative path as a URI reference; bytes of a name that is not UTF-8 are kept as they are."""
    try:
        raw = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = path.encode("utf-8", "surrogatepass")
    return quote(raw, safe="/")
