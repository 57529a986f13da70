"""What is new since a commit: the findings of now without those of then, or those on lines that changed."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from pathlib import Path
from posixpath import dirname
from time import time_ns

import msgspec
from msgspec.structs import replace

from archlint.baseline.accepted import Key, key_of
from archlint.cache import Cache, stamp
from archlint.fact_store import Stores
from archlint.pipeline import Request, resolve, run
from archlint.policy import Identity
from archlint.report.result import Report, Result
from archlint.settings import SettingsResolver
from archlint.source import FileEntry
from archlint.stages.caching import cache_of
from archlint.stages.changes import Changes, changes_since
from archlint.stages.earlier import earlier_of
from archlint.stages.finding import find_files
from archlint.stages.past import Past

_RUN = "base"
_SHOWN = 3
_WALKED = ("include", "exclude", "extend-exclude", "respect-gitignore")
"""Settings that decide which files are read."""
_LINE_END = re.compile(rb"\r\n|\r|\n")


class _Before(msgspec.Struct, frozen=True):
    """What was found in a commit; `unseen` are files that could not be checked whole then, and why."""

    found: list[Identity] = []
    unseen: dict[str, str] = {}


def new_findings(request: Request, revision: str) -> Report:
    """Return the report on a project with the results only that its merge base with a revision has not.

    One to one, under the configuration of now, which counts for both sides. Where the past cannot be told, findings
    count as new, and a warning says so. Raises `UsageError`.
    """
    root, resolver = resolve(request)
    changes = changes_since(root, revision, request.environment)
    # First the past: the cache may still have what its last run found, if that was before the change.
    before = _found_before(replace(request, stores=Stores()), root, resolver, changes)
    report = run(request)
    renamed = (one._replace(path=changes.renames.get(one.path, one.path)) for one in before.found)
    left: Counter[Key] = Counter(map(key_of, renamed))
    match = report.baseline
    for one in match.entries if match is not None else ():
        if match is not None and one not in match.expired:
            left[one.key] -= one.count  # what the baseline has is no result on either side

    def is_known(result: Result) -> bool:
        key = key_of(result.identity)
        left[key] -= 1
        return left[key] >= 0

    new = _without(report, is_known_by=[is_known(one) for one in report.results], revision=revision)
    unseen = {changes.renames.get(path, path): why for path, why in before.unseen.items()}
    return replace(new, warnings=(*new.warnings, *_doubts(unseen, _unseen(report), revision))) if new.results else new


def _unseen(report: Report) -> dict[str, str]:
    """Return the files that could not be checked whole, and why."""
    from archlint.analysis import READING_CODES

    told = (one.diagnostic for one in (*report.results, *report.suppressed) if one.diagnostic.code in READING_CODES)
    return {**dict(report.skipped), **{one.span.path: one.message for one in told}}


def _doubts(before: Mapping[str, str], now: Mapping[str, str], revision: str) -> Iterator[str]:
    """Yield what is to be said of findings that look new; what is as it was hides the same on both sides."""
    doubtful = [(path, why) for path, why in sorted(before.items()) if now.get(path) != why]
    for path, why in doubtful[:_SHOWN]:
        yield f"what is found in {path} or because of it counts as new: as of {revision}, {why}"
    if len(doubtful) > _SHOWN:
        yield f"and so does what is found in {len(doubtful) - _SHOWN} more files or because of them"


def findings_on_changed_lines(request: Request, revision: str) -> Report:
    """Return the report on a project with the results only whose first line changed since the merge base.

    What a change breaks elsewhere is not among them. Raises `UsageError`.
    """
    root, _ = resolve(request)
    changes = changes_since(root, revision, request.environment)
    report = run(request)
    lines = {
        path: _changed_lines(root, path, changes)
        for path in {one.diagnostic.span.path for one in report.results}
        if path in changes.new or path in changes.contents
    }
    known = [one.diagnostic.span.line not in lines.get(one.diagnostic.span.path, ()) for one in report.results]
    return _without(report, is_known_by=known, revision=revision)


def _without(report: Report, *, is_known_by: list[bool], revision: str) -> Report:
    pairs = list(zip(report.results, is_known_by, strict=True))
    reason = f"not new since {revision}"
    known = tuple(replace(one, is_accepted=True, suppressed_by=reason) for one, is_known in pairs if is_known)
    return replace(
        report,
        results=tuple(one for one, is_known in pairs if not is_known),
        known=known,
        compared_with=revision,
    )


def _found_before(request: Request, root: Path, resolver: SettingsResolver, changes: Changes) -> _Before:
    """Return what a run over the project would have found in a commit, from the cache where it is known."""
    began = time_ns()
    whole = replace(request, paths=(root,), overrides=replace(request.overrides, baseline=""))
    cache, _ = cache_of(resolver.run_settings())
    files, _ = find_files(whole, root, resolver.run_settings())
    earlier = earlier_of(root, resolver.run_settings().migrations_since, request.environment)
    state = _state(files.files, resolver, changes, f"{changes.commit} {earlier.commit}", began)
    known = _stored(cache, state) if state else None
    if known is not None:
        return known
    entries = list(changes.past_entries(resolver))
    past = Past({one.path: data for one, data in entries}, tuple(one for one, _ in entries), changes.new)
    report = run(replace(whole, past=past, overlay=past.contents))
    before = _Before([one.identity for one in report.results], _unseen(report))
    if state and not report.crashed:
        cache.store((), [(_RUN, state, msgspec.msgpack.encode(before))])
    return before


def _state(files: Iterable[FileEntry], resolver: SettingsResolver, changes: Changes, commits: str, began: int) -> bytes:
    """Return a digest of all that the findings in a commit depend on, b"" where nobody can prove it.

    Beside the commits (that, and the one since which migrations are new) that is the configuration, and files that git
    does not know and archlint reads. `began` is a time in nanoseconds before any of them was looked at.
    """
    settings = resolver.run_settings()
    parts = [commits, str(settings.root), json.dumps([settings.values.get(key) for key in _WALKED])]
    digests: dict[int, str] = {}
    folders: dict[str, str] = {}
    for entry in files:
        own = resolver.settings_for(entry.path)
        folders[dirname(entry.path)] = digests.setdefault(id(own), own.digest().hex())
        if entry.path not in changes.tracked and entry.path not in changes.new:
            proof = stamp(entry, began)
            if not proof:
                return b""
            parts += entry.path, proof.decode()
    parts += (part for pair in sorted(folders.items()) for part in pair)
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _stored(cache: Cache, state: bytes) -> _Before | None:
    payload = cache.stored_run(_RUN, state)
    try:
        return None if payload is None else msgspec.msgpack.decode(payload, type=_Before)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _changed_lines(root: Path, path: str, changes: Changes) -> frozenset[int]:
    """Return the lines of a file that it had not before; of a new file all."""
    try:
        now = _LINE_END.split((root / path).read_bytes())
    except OSError:
        return frozenset()
    data = changes.before(path)
    before = [] if data is None else _LINE_END.split(data)
    blocks = SequenceMatcher(None, before, now).get_opcodes()
    return frozenset(number + 1 for tag, _, _, start, end in blocks if tag != "equal" for number in range(start, end))
