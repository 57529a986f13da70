"""Which versions a row is about, against the version that a project has, as far as that is known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.specifiers import SpecifierSet
    from packaging.version import Version

    from archlint.knowledge.rows import Default

_VERSION = re.compile(r"\d[\w.!+]*")
_NEWEST = "99999"


class Pin(msgspec.Struct, frozen=True):
    """What a project says of a distribution: exactly `version`, or at least it and, where given, less than `below`."""

    version: str
    exact: bool = True
    below: str = ""


def admits(versions: str, pin: Pin | None) -> bool:
    """Return whether a distribution pinned like this may be in the range `versions`; "" is every version.

    What cannot be read as a version excludes nothing.
    """
    return not versions or pin is None or any(_matches(versions, one) for one in _candidates(pin, [versions]))


def possible_defaults(defaults: Iterable[Default], pin: Pin | None) -> frozenset[float | None]:
    """Return the deadlines (seconds, None for no deadline) that may hold; more than one where the version is open.

    A version that no range holds (a preview release, as a rule) is an open one.
    """
    rows = tuple(defaults)
    candidates = _candidates(pin, [row.versions for row in rows]) if pin else []
    possible = [row for row in rows if any(_matches(row.versions, one) for one in candidates)]
    return frozenset(row.seconds for row in possible or rows)


def version_key(text: str) -> tuple[bool, Version | str]:
    """Return a sort key: versions in their order, after what is none."""
    parsed = _version(text)
    return (True, parsed) if parsed is not None else (False, text)


def _candidates(pin: Pin, ranges: list[str]) -> list[str]:
    """Return versions that stand for all that a pin allows: its own, and the bounds of the ranges that lie above."""
    if pin.exact:
        return [pin.version]
    low, high = _version(pin.version), _version(pin.below or _NEWEST)
    bounds = [bound for text in ranges for bound in _VERSION.findall(text)]
    parsed = [(bound, _version(bound)) for bound in (*bounds, _NEWEST)]
    inside = [text for text, one in parsed if one and (low is None or one >= low) and (high is None or one < high)]
    return [pin.version, *inside, *([] if pin.below else [_NEWEST])]


def _matches(versions: str, version: str) -> bool:
    parsed = _version(version)
    if not versions or parsed is None:
        return True
    return _specifiers(versions).contains(parsed, prereleases=True)


def _specifiers(versions: str) -> SpecifierSet:
    from packaging.specifiers import SpecifierSet

    return SpecifierSet(versions)


def _version(text: str) -> Version | None:
    from packaging.version import InvalidVersion, Version

    try:
        return Version(text)
    except InvalidVersion:
        return None
