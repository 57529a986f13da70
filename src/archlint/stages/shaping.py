"""Which files decide what is found in others."""

from __future__ import annotations

from archlint.source import FileEntry, Kind

_SHAPING = frozenset({Kind.PYTHON, Kind.STUB, Kind.SQL, Kind.TEMPLATE, Kind.LOCK, Kind.REQUIREMENTS})


def shapes_project(entry: FileEntry) -> bool:
    """Return whether what the project checks find depends on a file: Python, SQL, templates, and what pins versions."""
    return entry.kind in _SHAPING
