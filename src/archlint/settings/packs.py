"""Rule packs: installed distributions with rules of others, which a configuration names.

A configuration is data of the linted project, and only names: code comes from what whoever runs archlint has
installed. What lies in the current folder is not installed, though `python -m` puts it on the path.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from archlint.catalogue import CODE, CODE_PREFIX, Entry, read_entries
from archlint.errors import UsageError
from archlint.settings.suggestions import did_you_mean, quoted

if TYPE_CHECKING:
    from importlib.metadata import Distribution, EntryPoint

GROUP = "archlint.rules"
_PACKAGE = re.compile(r"[A-Za-z_]\w*")
_RESERVED = frozenset({"tool"})
"""Families whose rules archlint treats apart."""
_COMPILED = "__pycache__"


class Pack(msgspec.Struct, frozen=True):
    """A rule pack: the name of its entry point with its version, and a digest of all that decides what it finds."""

    title: str
    digest: bytes


def packs_of(names: Sequence[str], where: str) -> tuple[tuple[Pack, ...], tuple[Entry, ...]]:
    """Return the packs with some names, and their rules; nothing of them is run yet.

    Raises `UsageError` for packs that are not installed and for rules that are not those of a pack.
    """
    if not names:
        return (), ()
    installed = _installed()
    packs: list[Pack] = []
    entries: list[Entry] = []
    for name in dict.fromkeys(names):
        found = installed.get(name)
        if found is None:
            hint = did_you_mean(name, installed) or f"; packs register in the group `{GROUP}` of entry points"
            raise UsageError(f"{where}: the pack {quoted(name)} is not installed{hint}")
        title = f"{name} {found[0].version}"
        folder = _folder(found[1], f"{where}: pack `{title}`")
        packs.append(Pack(title, _digest(folder)))
        entries += _entries(folder, found[1].value, title)
    return tuple(packs), tuple(sorted(entries, key=lambda one: one.code))


def _installed() -> dict[str, tuple[Distribution, EntryPoint]]:
    """Return the packs by name: of those with one name the first on the path, as an import would find it."""
    from importlib.metadata import distributions  # it takes longer than all other settings

    here = os.path.realpath(os.curdir)
    path = [one for one in sys.path if one and os.path.realpath(one) != here]
    found: dict[str, tuple[Distribution, EntryPoint]] = {}
    for distribution in distributions(path=path):
        for point in distribution.entry_points:
            if point.group == GROUP:
                found.setdefault(point.name, (distribution, point))
    return found


def _folder(point: EntryPoint, label: str) -> Path:
    """Return the folder of the package that an entry point names, without importing it."""
    if not _PACKAGE.fullmatch(point.value):
        raise UsageError(f"{label}: its entry point must name a top-level package, not {quoted(point.value)}")
    spec = find_spec(point.value)
    if spec is None or spec.origin is None or not spec.submodule_search_locations:
        raise UsageError(f"{label}: there is no package {quoted(point.value)}")
    folder = Path(spec.origin).parent
    if os.path.realpath(folder.parent) == os.path.realpath(os.curdir):
        raise UsageError(
            f"{label}: {quoted(point.value)} would be taken from the current folder; nothing of it was run"
        )
    return folder


def _entries(folder: Path, package: str, title: str) -> Iterable[Entry]:
    try:
        entries = read_entries(folder)
    except ValueError as error:
        raise UsageError(f"pack `{title}`: {error}") from None
    for entry in entries:
        if not CODE.fullmatch(entry.code) or entry.code.startswith(CODE_PREFIX):
            raise UsageError(f"pack `{title}`: {quoted(entry.code)} is no code of a pack, such as `ACME001`")
        if entry.family in _RESERVED:
            raise UsageError(f"pack `{title}`: {quoted(entry.code)}: the family `{entry.family}` is archlint's own")
    return [replace(entry, pack=title, package=package, own=None) for entry in entries]


def _digest(folder: Path) -> bytes:
    """Return a digest of all files of a pack: one that is installed for editing changes without a new version."""
    state = hashlib.blake2b(digest_size=16)
    for path in sorted(one for one in folder.rglob("*") if one.is_file() and _COMPILED not in one.parts):
        content = path.read_bytes()
        state.update(f"{path.relative_to(folder).as_posix()}:{len(content)};".encode() + content)
    return state.digest()
