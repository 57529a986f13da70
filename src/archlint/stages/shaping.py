"""Which files decide what is found in others."""

from __future__ import annotations

from archlint.source import FileEntry, Kind

_SHAPING = frozenset({Kind.PYTHON, Kind.STUB, Kind.SQL, Kind.TEMPLATE})
_PINNING = frozenset({Kind.LOCK, Kind.REQUIREMENTS})
_NAMING = frozenset({"alembic.ini", "pyproject.toml"})
"""Beside them: these name distributions among much else."""


def shapes_project(entry: FileEntry) -> bool:
    """Return whether what the project checks find depends on a file: Python, SQL, templates, what names libraries."""
    return entry.kind in _SHAPING or tells_versions(entry)


def tells_versions(entry: FileEntry) -> bool:
    """Return whether a file may say which distributions the project has, and which versions of them."""
    return entry.kind in _PINNING or entry.path.rpartition("/")[2] in _NAMING
