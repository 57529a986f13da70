"""Unified differences, as `diff -u` and git write them."""

from __future__ import annotations

import re
from difflib import unified_diff

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_NO_LINE_END = "\\ No newline at end of file\n"


def difference(path: str, before: str, after: str) -> str:
    """Return what changes in a file, "" where nothing does; only CR LF, CR and LF end a line, and each stays itself."""
    lines = unified_diff(_LINE.findall(before), _LINE.findall(after), path, path)
    return "".join(line if line.endswith(("\n", "\r")) else f"{line}\n{_NO_LINE_END}" for line in lines)
