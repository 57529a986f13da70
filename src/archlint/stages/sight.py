"""What a run did not see: what rests on that may well be there, although it was not found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import msgspec

from archlint.analysis import FileResult
from archlint.discovery import Discovery
from archlint.registry import rules_of
from archlint.settings import Settings, SettingsResolver
from archlint.source import FileEntry, Role
from archlint.stages.shaping import shapes_project

_OF_TESTS = frozenset({Role.TEST, Role.EXAMPLE})


class Sight(msgspec.Struct, frozen=True):
    """`unread` are the files that were not read and parsed to their end.

    `is_clear` tells that none was among them, or left out of this run, which decides what is found in others.
    """

    unread: tuple[str, ...]
    is_clear: bool


def sight_of(
    found: Discovery, entries: Iterable[FileEntry], results: Sequence[FileResult], settings: Settings, *, is_part: bool
) -> Sight:
    """Return what a run saw; `is_part` says that there are files in the project that it did not list."""
    broken = frozenset(one.path for one in results if not one.is_whole)
    unread = broken.union(one.span.path for one in found.problems)
    is_blind = bool(found.problems or found.unlisted or settings.sees_less or is_part)
    is_missed = not is_blind and broken and any(_is_missed(one) for one in entries if one.path in broken)
    return Sight(tuple(sorted(unread)), is_clear=not (is_blind or is_missed))


def _is_missed(entry: FileEntry) -> bool:
    """Return whether what is found in other files may rest on a file; on one that tests are made of, nothing does."""
    return entry.role not in _OF_TESTS and shapes_project(entry)


def unjudged_codes(sight: Sight, resolver: SettingsResolver, paths: Collection[str]) -> frozenset[str]:
    """Return the codes of which a run may not have found all that is in some files."""
    settings = resolver.run_settings()
    if settings.finds_less:
        return settings.selected.union(*(resolver.settings_for(path).selected for path in paths))
    return frozenset() if sight.is_clear else linked_codes(resolver, paths)


def linked_codes(resolver: SettingsResolver, paths: Iterable[str]) -> frozenset[str]:
    """Return the codes of the rules selected for some files that one file alone does not answer."""
    distinct = {id(one): one for one in map(resolver.settings_for, paths)}.values()
    return frozenset[str]().union(*map(linked_in, distinct))


def linked_in(settings: Settings) -> frozenset[str]:
    """Return the codes of the selected rules that one file alone does not answer."""
    return frozenset(rule.code for rule in rules_of(settings.selected, settings.added) if rule.is_linked)
