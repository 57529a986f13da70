"""How paths are written in outputs."""

from __future__ import annotations

import os


def relative(path: str, root: str) -> str:
    """Return a path below a root without the root; the root itself is empty."""
    return path[len(root.rstrip("/")) + 1 :]


def posix(path: str) -> str:
    """Return a path with forward slashes, whatever the system writes."""
    return path if os.sep == "/" else path.replace(os.sep, "/")


def printable(path: str) -> str:
    r"""Return a path that every encoder takes: bytes that are not UTF-8 are written as `\xff`."""
    if path.isascii():
        return path
    try:
        path.encode()
    except UnicodeEncodeError:
        return os.fsencode(path).decode("utf-8", "backslashreplace")
    return path
