"""What archlint makes of many real Python files: crashes, files given up, seconds; for docs/reliability.md.

python benchmarks/sweep.py FOLDER... [--jobs N] [--deadline SECONDS]

Each file is analysed alone, by all rules and as production code, so that every rule looks at it; files of the same
bytes once. Exits with 1 where anything crashed, a process was lost, or a file took more than `SLOW` seconds.
"""

from __future__ import annotations

import argparse
import heapq
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from time import perf_counter, process_time

from msgspec.structs import replace

from archlint.analysis import FileAnalysis, FileResult
from archlint.catalogue import entry_by_code
from archlint.knowledge import knowledge
from archlint.settings import Settings
from archlint.source import FileEntry, Kind, Role
from archlint.stages.analyse import FILE_DEADLINE, module_name
from archlint.workers.here import Lost, Outcome
from archlint.workers.pool import Pool, batches_of

SLOW = 5.0
"""Seconds of processor time that no file may take."""
_SLOWEST = 10
_PORTION = 2_000
"""Files for one pool: its processes collect no garbage, as in a run, and end after so many."""
_CRASH = "ARC002"
_NOTES = frozenset({"ARC001", "ARC003", "ARC004", "ARC005"})
_HEAD = (
    "| folder | files | distinct | lines | crashes | lost | not analysed whole | over 5 s | seconds |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
)


@dataclass(frozen=True, slots=True)
class Sweep:
    """Analyses the file with an index, and says in `timings` which processor time all of it took."""

    entries: tuple[FileEntry, ...]
    analysis: FileAnalysis

    def __call__(self, index: int) -> FileResult:
        """Return the result of a file."""
        entry = self.entries[index]
        start = process_time()
        result = self.analysis.run(entry, module_name(entry.path, ("",)))
        return replace(result, timings={"": process_time() - start})


@dataclass(slots=True)
class Count:
    """What came of the files of one folder."""

    folder: str
    files: int = 0
    distinct: int = 0
    lines: int = 0
    seconds: float = 0.0
    crashed: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    times: list[tuple[float, str]] = field(default_factory=list)

    @property
    def slow(self) -> int:
        """Return how many files took too long."""
        return sum(seconds > SLOW for seconds, _ in self.times)

    def add(self, entry: FileEntry, outcome: FileResult | Lost) -> None:
        """Count a file."""
        name = f"{self.folder}/{entry.path}"
        if isinstance(outcome, Lost):
            self.lost.append(f"{name}: {outcome.reason}")
            return
        self.crashed += [f"{name}: {one.message}" for one in outcome.diagnostics if one.code == _CRASH]
        self.reasons.update({one.code for one in outcome.diagnostics if one.code in _NOTES})
        self.seconds += outcome.timings[""]
        self.times.append((outcome.timings[""], name))

    def row(self) -> str:
        """Return the line of the table."""
        values = (self.files, self.distinct, self.lines, len(self.crashed), len(self.lost))
        skipped = ", ".join(f"{count} {code}" for code, count in sorted(self.reasons.items())) or "0"
        numbers = " | ".join(f"{one:,}" for one in values)
        return f"| {self.folder} | {numbers} | {skipped} | {self.slow} | {self.seconds:,.0f} |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a row for each folder, the sum, the slowest files, and what went wrong; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--deadline", type=float, default=FILE_DEADLINE)
    chosen = parser.parse_args(arguments)
    start = perf_counter()
    seen: set[bytes] = set()
    counts = []
    print(_HEAD, flush=True)
    for folder in chosen.folders:
        counts.append(swept(folder, seen, chosen.jobs, chosen.deadline))
        print(counts[-1].row(), flush=True)
    total = summed(counts)
    print(total.row())
    print(f"\n{perf_counter() - start:,.0f} s of wall time. The slowest, in seconds of processor time:\n")
    print("\n".join(f"- {seconds:.2f} {name}" for seconds, name in heapq.nlargest(_SLOWEST, total.times)))
    for what, names in (("crashed", total.crashed), ("lost", total.lost)):
        print("".join(f"\n{what}: {name}" for name in names))
    return 1 if total.crashed or total.lost or total.slow else 0


def swept(folder: Path, seen: set[bytes], jobs: int, deadline: float) -> Count:
    """Return what came of the Python files below a folder, of those that were not seen before; they are now."""
    count = Count(folder.resolve().name)
    settings = Settings(folder, folder, selected=frozenset(entry_by_code()))
    analysis = FileAnalysis(settings, knowledge())
    portion: list[FileEntry] = []
    for entry in chain(_entries(folder, seen, count), [None]):
        if entry is not None:
            portion.append(entry)
        if portion and (entry is None or len(portion) == _PORTION):
            for index, outcome in _outcomes(tuple(portion), analysis, jobs, deadline):
                count.add(portion[index], outcome)
            portion = []
    return count


def summed(counts: Sequence[Count]) -> Count:
    """Return the sum of all folders."""
    total = Count("all")
    for one in counts:
        total.files += one.files
        total.distinct += one.distinct
        total.lines += one.lines
        total.seconds += one.seconds
        total.crashed += one.crashed
        total.lost += one.lost
        total.reasons += one.reasons
        total.times += one.times
    return total


def _entries(folder: Path, seen: set[bytes], count: Count) -> Iterator[FileEntry]:
    for path in sorted(folder.rglob("*.py")):
        if path.is_symlink() or not path.is_file():
            continue
        data = path.read_bytes()
        digest = blake2b(data, digest_size=16).digest()
        count.files += 1
        if digest not in seen:
            seen.add(digest)
            count.distinct += 1
            count.lines += data.count(b"\n")
            name = path.relative_to(folder).as_posix()
            yield FileEntry(name, path, Kind.PYTHON, Role.PRODUCTION, len(data), 0)


def _outcomes(entries: tuple[FileEntry, ...], analysis: FileAnalysis, jobs: int, deadline: float) -> Iterator[Outcome]:
    """Yield the outcome of each file from processes: also a single one must be able to die."""
    pool = Pool(Sweep(entries, analysis), batches_of(entries), deadline, "fork" if sys.platform == "linux" else "spawn")
    return pool.run(jobs)


if __name__ == "__main__":
    sys.exit(main())
