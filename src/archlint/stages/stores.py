"""What fact stores say of the files of a run: believed by settings, versions and content, never by a time stamp."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from archlint.analysis import FileResult
from archlint.errors import UsageError
from archlint.fact_store import FactStore, Maker, Stores, read_store, state_of_unkept
from archlint.reading import content_digest
from archlint.report.escaping import visible, visible_path
from archlint.report.prose import counted
from archlint.sealed import CachedFile, reason
from archlint.source import FileEntry
from archlint.stages.identity import maker
from archlint.stages.reuse import known_results

_SHOWN = 3


class Covered(msgspec.Struct, frozen=True):
    """The results that stores have, by the index of the file, and what is to be said of those that they have not."""

    results: Mapping[int, FileResult] = msgspec.field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def covered(
    stores: Stores,
    entries: Sequence[FileEntry],
    contexts: Sequence[bytes],
    limits: Sequence[int],
    known: Collection[str],
) -> Covered:
    """Return the results of the files that stores hold in their present state, apart from those known already.

    Raises `UsageError` where a store is not there, or where the stores must suffice and do not.
    """
    if not stores.files:
        return Covered()
    search = _Search(entries, contexts, limits, {entry.path for entry in entries}.difference(known))
    made_by = maker()
    for file in stores.files:  # one at a time: together they may hold more than fits into memory twice
        search.take(file, _read(file, made_by))  # archlint: ignore[ARC103] -- each file is a database of its own
    missing = search.missing()
    if missing and stores.complete:
        raise UsageError("; ".join([*search.problems, f"{missing}, and --complete forbids that"]))
    hint = "run `archlint facts` on this state with the same options, or forbid it with --complete"
    return Covered(search.results, (*search.problems, *([f"{missing}; {hint}"] if missing else [])))


def named(store: Path) -> str:
    """Return the name of a store as it is told to a person: whole, since what tells stores apart comes last."""
    return f"`{visible(os.fspath(store))}`"


def _read(file: Path, made_by: Maker) -> FactStore:
    try:
        return read_store(file, made_by)
    except OSError as error:
        raise UsageError(f"cannot read {named(file)}: {reason(error)}") from None


@dataclass(slots=True)
class _Search:
    """The files that no store has had so far, and those of them of which one had another state."""

    entries: Sequence[FileEntry]
    contexts: Sequence[bytes]
    limits: Sequence[int]
    wanted: set[str]
    changed: set[str] = field(default_factory=set)
    foreign: set[str] = field(default_factory=set)
    results: dict[int, FileResult] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def take(self, file: Path, store: FactStore) -> None:
        """Take what is still wanted from a store."""
        if store.problem:
            self.problems.append(f"{named(file)}: {store.problem}")
        rows = {path: row for path, row in store.rows.items() if path in self.wanted}
        for index, result, _ in known_results(self.entries, self.contexts, rows, self.limits, now=0):
            self.results[index] = result
            self.wanted.discard(result.path)
        for entry, context, limit in zip(self.entries, self.contexts, self.limits, strict=True):
            if entry.path in self.wanted and entry.path in rows:
                self._refuse(entry.path, rows[entry.path], context)
            elif entry.path in self.wanted and entry.path in store.unkept:
                self._excuse(entry, store.unkept[entry.path], state_of_unkept(context, content_digest(entry, limit)))

    def missing(self) -> str:
        """Return how many files are to be read here and why, or ""."""
        if not self.wanted:
            return ""
        changed, foreign = self.wanted & self.changed, self.wanted & self.foreign - self.changed
        parts = (
            _listed(self.wanted - self.changed - self.foreign, "in no store"),
            _listed(changed, "changed since"),
            _listed(foreign, "stored with other settings or library versions"),
        )
        return f"{len(self.wanted)} of {counted(len(self.entries), 'file')} read here: {', '.join(filter(None, parts))}"

    def _excuse(self, entry: FileEntry, stored: bytes, state: bytes) -> None:
        """Want a file no more that no store can hold, as long as it is as it was."""
        if stored == state:
            self.wanted.discard(entry.path)
        else:
            self.changed.add(entry.path)

    def _refuse(self, path: str, row: CachedFile, context: bytes) -> None:
        (self.changed if row.context == context else self.foreign).add(path)


def _listed(paths: Iterable[str], why: str) -> str:
    names = sorted(paths)
    if not names:
        return ""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{len(names)} {why} ({', '.join(visible_path(name) for name in names[:_SHOWN])}{more})"
