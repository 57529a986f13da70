"""Secrets in the versions of files: one finding for each secret and path, with the commit that brought it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timezone

import msgspec
from msgspec.structs import replace

from archlint.diagnostic import Diagnostic
from archlint.git import Commit
from archlint.report.prose import counted
from archlint.source import Role, SourceFile

_Key = tuple[str, str, str, bool]
_SHORT = 10
"""Digits of a commit's name that are shown: enough for millions of objects."""


class Appearance(msgspec.Struct, frozen=True):
    """A diagnostic in one version of a file; `reason` is why it is suppressed, "" where it is not.

    `commit` is the first that brought the version to this path. `in_head` tells that HEAD has it there.
    """

    diagnostic: Diagnostic
    source: SourceFile
    role: Role
    commit: Commit
    in_head: bool
    reason: str = ""


class Leak(msgspec.Struct, frozen=True):
    """A secret at a path over all of its versions: where to look, and the diagnostic that says since when."""

    diagnostic: Diagnostic
    source: SourceFile
    role: Role
    reason: str


def key_of(found: Diagnostic, reason: str) -> _Key:
    """Return what tells a secret at a path from others: suppressed ones are told apart."""
    return found.span.path, found.code, found.anchor, bool(reason)


def leaks(appearances: Iterable[Appearance]) -> list[Leak]:
    """Return one leak for each secret at each path, sorted by place.

    A secret is known by its slot and a short digest. It stands where HEAD has it, else in the oldest version.
    """
    groups: defaultdict[_Key, list[Appearance]] = defaultdict(list)
    for one in appearances:
        groups[key_of(one.diagnostic, one.reason)].append(one)
    present = {one.diagnostic.anchor: one.diagnostic.span.path for one in _in_head(groups)}
    told = (_leak(group, present) for group in groups.values())
    return sorted(told, key=lambda leak: (leak.diagnostic.span, leak.diagnostic.code, leak.diagnostic.message))


def texts_of(found: Iterable[Leak]) -> Mapping[str, SourceFile]:
    """Return the text of each path whose leaks stand in one version of it: a report shows one text of a file."""
    by_path: defaultdict[str, set[int]] = defaultdict(set)
    sources: dict[str, SourceFile] = {}
    for leak in found:
        by_path[leak.source.path].add(id(leak.source))
        sources[leak.source.path] = leak.source
    return {path: sources[path] for path, versions in by_path.items() if len(versions) == 1}


def _in_head(groups: Mapping[_Key, list[Appearance]]) -> Iterator[Appearance]:
    yield from (one for key in sorted(groups, reverse=True) for one in groups[key] if one.in_head)


def _leak(group: list[Appearance], present: Mapping[str, str]) -> Leak:
    first = min(group, key=lambda one: (one.commit, one.diagnostic.span))
    shown = min((one for one in group if one.in_head), key=lambda one: one.diagnostic.span, default=first)
    found = shown.diagnostic
    since = f"in commit {first.commit.name[:_SHORT]} ({_day(first.commit)})"
    where = _now(shown, present.get(found.anchor, ""), len({one.commit for one in group}))
    what = found.message.partition(": ")[0]  # without the way out for a secret that is not in the history yet
    return Leak(replace(found, message=f"{what}, {since}; {where}", fix=None), shown.source, shown.role, shown.reason)


def _now(shown: Appearance, elsewhere: str, versions: int) -> str:
    """Return what became of a secret, and what follows from that."""
    times = f", in {counted(versions, 'version')} of the file" if versions > 1 else ""
    if shown.in_head:
        return f"still in HEAD{times}: rotate it, the history keeps it when the line is gone"
    if elsewhere:
        return f"gone from here{times}, but in HEAD at `{elsewhere}`: rotate it"
    return f"gone from HEAD{times}: rotate it, the history keeps it"


def _day(commit: Commit) -> str:
    return datetime.fromtimestamp(commit.time, timezone.utc).strftime("%Y-%m-%d")
