"""What linking a project from stored facts takes, with the questions of all rules answered; for docs/performance.md.

python benchmarks/link.py FOLDER...
"""

from __future__ import annotations

import multiprocessing
import resource
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import TypeVar

from archlint.analysis import FileResult
from archlint.catalogue import catalogue
from archlint.pipeline import Request, resolve
from archlint.project.project import Project
from archlint.settings import Overrides, Settings
from archlint.source import SourceFile
from archlint.stages.analyse import analyse, plan_of
from archlint.stages.caching import cache_of
from archlint.stages.checks import Wanted
from archlint.stages.files import RunFiles
from archlint.stages.finding import find_files
from archlint.stages.link import link, project_diagnostics

Value = TypeVar("Value")
Given = TypeVar("Given")
ROUNDS = 3
HEAD = (
    "| folder | files | lines | linking s | questions of the rules s | together s | peak MB | every summary s |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|"
)


@dataclass(frozen=True, slots=True)
class Stored:
    """The results of all files of a folder, as a cache holds them, and what else rules read."""

    results: tuple[FileResult, ...]
    sources: dict[str, SourceFile]
    settings: Settings
    lines: int


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds on one core; `peak` are the bytes of the whole process when the rules had their answers."""

    linking: float
    rules: float
    peak: int
    summaries: float


def main() -> None:
    """Print a row for each folder: the medians of some rounds, each in a process that read nothing else."""
    print(HEAD)
    for folder in sys.argv[1:]:
        stored = _apart(stored_results, Path(folder).resolve())
        costs = [_apart(cost, stored) for _ in range(ROUNDS)]
        linking, rules, both, summaries = (
            statistics.median(seconds)
            for seconds in zip(*((c.linking, c.rules, c.linking + c.rules, c.summaries) for c in costs), strict=True)
        )
        peak = max(one.peak for one in costs)
        print(
            f"| {Path(folder).name} | {len(stored.results)} | {stored.lines:,} | {linking:.2f} | {rules:.2f} "
            f"| {both:.2f} | {peak / 1e6:.0f} | {summaries:.2f} |",
            flush=True,
        )


def stored_results(root: Path) -> Stored:
    """Return what one process makes of all files below a folder, each read alone."""
    request = Request((root,), cwd=root, overrides=Overrides(no_cache=True, select=("ALL",)))
    _, resolver = resolve(request)
    settings = resolver.run_settings()
    found, context = find_files(request, root, settings)
    files = RunFiles(found, context, {}, settings)
    plan = plan_of(files.entries, resolver.settings_for, {})
    results = tuple(analyse(plan, cache_of(settings)[0], root, jobs=1, progress=lambda *_: None).results)
    sources = {one.path: files.text_of(one.path) for one in results if one.facts is not None}
    return Stored(results, sources, settings, sum(len(source.starts) for source in sources.values()))


def cost(stored: Stored) -> Cost:
    """Return what it takes to link, to answer the rules, and then to say of every function what it does."""
    every = frozenset(entry.code for entry in catalogue())
    start = process_time()
    project = link(stored.results, {})
    linked = process_time()
    project_diagnostics(lambda: project, Wanted(every, stored.settings), stored.sources.__getitem__, {})
    answered = process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    _summarised(project)
    return Cost(linked - start, answered - linked, peak, process_time() - answered)


def _summarised(project: Project) -> None:
    for module in project.modules:
        for function in module.functions.values():
            project.effects.summary(function)


def _apart(action: Callable[[Given], Value], given: Given) -> Value:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(action, (given,))


if __name__ == "__main__":
    main()
