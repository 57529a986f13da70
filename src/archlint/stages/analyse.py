"""All files analysed: from the cache where nothing changed, else in worker processes."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from archlint.analysis import FileAnalysis, FileResult
from archlint.cache import Cache
from archlint.fact_store import Stores
from archlint.knowledge import Knowledge, Pin, knowledge_with
from archlint.rules.tool.skipped_file import lost_file
from archlint.settings import Settings
from archlint.source import FileEntry
from archlint.stages.memory import Memory
from archlint.stages.reuse import gone_files, known_results, lasts, rows_of
from archlint.stages.stores import covered
from archlint.suppression import Suppressions
from archlint.workers import Lost, analyse_all

FILE_DEADLINE = 20.0
"""Seconds that one file may take."""
_IN_PROCESS_BYTES = 400_000
"""Below this many bytes, starting processes costs more than it saves."""


@dataclass(slots=True)
class Plan:
    """Which file is analysed under which settings; a worker process is given one and calls it with an index.

    `versions` are those that the project has of its libraries.
    """

    entries: tuple[FileEntry, ...]
    settings: tuple[Settings, ...]
    settings_index: tuple[int, ...]
    overlay: Mapping[str, str | bytes]
    versions: Mapping[str, Pin] = field(default_factory=dict)
    analyses: dict[int, FileAnalysis] = field(default_factory=dict)

    def __call__(self, index: int) -> FileResult:
        """Return the result of the file with this index."""
        which = self.settings_index[index]
        if which not in self.analyses:
            self.analyses[which] = FileAnalysis(self.settings[which], self.knowledge(which))
        entry = self.entries[index]
        name = module_name(entry.path, self.settings[which].src)
        return self.analyses[which].run(entry, name, self.overlay.get(entry.path))

    def knowledge(self, which: int) -> Knowledge:
        """Return what is known where the settings with this index hold."""
        return knowledge_with(self.settings[which].knowledge).pinned(self.versions)

    def contexts(self) -> list[bytes]:
        """Return for each file a digest of all that its result depends on beside its content."""
        shared = [settings.digest() + self.knowledge(which).digest for which, settings in enumerate(self.settings)]
        result = []
        for entry, which in zip(self.entries, self.settings_index, strict=True):
            own = f"{entry.role.value}:{entry.kind.value}:{module_name(entry.path, self.settings[which].src)}"
            data = shared[which] + own.encode("utf-8", "surrogatepass")
            result.append(hashlib.blake2b(data, digest_size=16).digest())
        return result

    def limits(self) -> list[int]:
        """Return for each file the size in bytes up to which it is read."""
        return [self.settings[which].max_file_size for which in self.settings_index]


def plan_of(
    entries: Sequence[FileEntry],
    settings_for: Callable[[str], Settings],
    overlay: Mapping[str, str | bytes],
    versions: Mapping[str, Pin] | None = None,
) -> Plan:
    """Return the plan for some files of a project that has some versions of its libraries."""
    by_id: dict[int, int] = {}
    distinct: list[Settings] = []
    index = []
    for entry in entries:
        settings = settings_for(entry.path)
        if id(settings) not in by_id:
            by_id[id(settings)] = len(distinct)
            distinct.append(settings)
        index.append(by_id[id(settings)])
    return Plan(tuple(entries), tuple(distinct), tuple(index), overlay, versions or {})


class Analysed(msgspec.Struct, frozen=True):
    """The result of each file in the order of the plan.

    `cached` of them come from the cache, `stored` from fact stores; `warnings` are for a person.
    `is_kept` tells that the cache has all of them now: each holds as long as its file is unchanged.
    """

    results: list[FileResult]
    cached: int
    stored: int
    warnings: tuple[str, ...]
    is_kept: bool


def analyse(  # noqa: PLR0913 - the places that results come from
    plan: Plan,
    cache: Cache,
    root: Path,
    *,
    jobs: int,
    progress: Callable[[int, int], None],
    stores: Stores = Stores(),  # noqa: B008 - a frozen value
    memory: Memory | None = None,
) -> Analysed:
    """Return the results of all files of a plan, from the cache and from stores where these know them.

    What `memory` has of earlier runs of this process is taken from there.
    Raises `UsageError` where a store is not there, or where the stores must suffice and do not.
    """
    began = time.time_ns()
    contexts, limits = plan.contexts(), plan.limits()
    results = {} if memory is None else dict(memory.known(plan.entries, contexts, plan.overlay, began))
    unknown = {one.path for index, one in enumerate(plan.entries) if index not in results}.difference(plan.overlay)
    # Where stores must suffice, it does not help that this machine has read a file before.
    kept = cache.files() if (unknown or memory is None) and not stores.complete else {}
    rows_left = {path: row for path, row in kept.items() if path in unknown}
    fresh: list[int] = []
    for index, result, is_touched in known_results(plan.entries, contexts, rows_left, limits, began):
        results[index] = result
        fresh += [index] if is_touched else []
    cached = len(results)
    untouched = cached - len(fresh)
    known = {plan.entries[index].path for index in results}
    found = covered(stores, plan.entries, contexts, limits, known.union(plan.overlay))
    results.update(found.results)
    fresh += found.results
    lost: set[int] = set()
    for index, outcome in _run(plan, [index for index in range(len(plan.entries)) if index not in results], jobs):
        if isinstance(outcome, Lost):
            results[index] = _lost(plan.entries[index], outcome)
            lost.add(index)
        else:
            results[index] = outcome
            fresh += [index] if plan.entries[index].path not in plan.overlay else []
        progress(len(results), len(plan.entries))
    rows = list(rows_of(((plan.entries[index], contexts[index], results[index]) for index in fresh), began))
    problem = cache.store(rows, gone=gone_files(kept, {entry.path for entry in plan.entries}, root))
    warnings = (*filter(None, (problem,)), *found.warnings)
    if memory is not None:
        for index, entry in enumerate(plan.entries):
            if entry.path not in plan.overlay and index not in lost and lasts(results[index]):
                memory.keep(entry, contexts[index], results[index], began)
    ordered = [results[index] for index in range(len(plan.entries))]
    return Analysed(ordered, cached, len(found.results), warnings, len(rows) + untouched == len(results))


def module_name(path: str, src: tuple[str, ...]) -> str:
    """Return the dotted name of a file's module; `src` are the folders in which top-level modules stand."""
    stem = path.rpartition(".")[0]
    for folder in sorted(src, key=len, reverse=True):
        if folder and stem.startswith(f"{folder}/"):
            stem = stem[len(folder) + 1 :]
            break
    return stem.removesuffix("/__init__").replace("/", ".") if stem != "__init__" else ""


def _run(plan: Plan, todo: list[int], jobs: int) -> Iterator[tuple[int, FileResult | Lost]]:
    entries = [plan.entries[index] for index in todo]
    is_small = sum(entry.size for entry in entries) < _IN_PROCESS_BYTES
    count = 1 if is_small else jobs or cores()
    for position, outcome in analyse_all(entries, _Shifted(plan, tuple(todo)), jobs=count, deadline=FILE_DEADLINE):
        yield todo[position], outcome


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Shifted(msgspec.Struct, frozen=True):
    """A plan, called with positions in a list of indexes."""

    plan: Plan
    todo: tuple[int, ...]

    def __call__(self, position: int) -> FileResult:
        return self.plan(self.todo[position])


def _lost(entry: FileEntry, lost: Lost) -> FileResult:
    found = lost_file(entry.path, lost.reason)
    return FileResult(entry.path, b"", None, (found,), Suppressions(entry.path), lost.reason)
