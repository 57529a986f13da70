"""The states of files: of all of each, and of what each declares."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from archlint.ir.module import Flag, body_digest, declarations_digest, file_digest
from archlint.project.symbols import Module

if TYPE_CHECKING:
    from archlint.project.project import Project

FileDigests = tuple[bytes, bytes]
_BYTES = 8
_encode = msgspec.msgpack.Encoder().encode


def digest(data: bytes) -> bytes:
    """Return a short digest; a collision would need two answers to one question in two states of a project."""
    return hashlib.blake2b(data, digest_size=_BYTES).digest()


def states_of(project: Project, before: Mapping[str, FileDigests] = MappingProxyType({})) -> dict[str, FileDigests]:
    """Return for each file a digest of all of it, and one of all but the bodies of functions.

    The second is that of `before` where the file is as it was.
    """
    found: dict[str, FileDigests] = {}
    for module in project.modules:
        whole, known = digest(module.role.value.encode() + file_digest(module.facts)), before.get(module.path)
        is_same = known is not None and known[0] == whole
        found[module.path] = known if known is not None and is_same else (whole, _declared(module))
    return found


def changed(before: Mapping[str, FileDigests], now: Mapping[str, FileDigests]) -> frozenset[str]:
    """Return the paths of files that are not what they were."""
    return frozenset(path for path in {*now, *before} if now.get(path) != before.get(path))


def declare_the_same(before: Mapping[str, FileDigests], now: Mapping[str, FileDigests]) -> bool:
    """Return whether all files are the same but for the bodies of functions."""
    return now.keys() == before.keys() and all(now[path][1] == before[path][1] for path in changed(before, now))


def _declared(module: Module) -> bytes:
    """Return a digest of what a file declares, the values of its names and of its fields included."""
    others = (unit for unit in module.facts.units if not unit.flags & Flag.FUNCTION)
    values = [b"".join([_encode(unit.attributes), body_digest(unit)]) for unit in others]
    return digest(b"".join([module.role.value.encode(), declarations_digest(module.facts), *values]))
