"""Measure how cost and memory grow with the lines of a project, on generated trees; for docs/performance.md.

`python benchmarks/scale.py` writes the trees once, runs `archlint check` cold on each, and prints a row for each run:
processor seconds by stage, what a million lines take, and that as a share of what they take in the smallest tree.
"Peak" is the most memory that a process had in use at a time; a worker shares a part of it with the main process.
Linux only: what a process needs is read from /proc.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from scale_tree.tree import write

SIZES = (250_000, 1_000_000, 4_000_000)
STAGES = ("discover", "analyse", "link and check", "judge")
STAGE = re.compile(r"(?:archlint: )?([a-z ]+): [\d.]+ s \(([\d.]+) s of processors\)")
EVERY = 0.1
"""Seconds between two looks at the processes; each keeps its highest mark itself."""
HEAD = (
    "| lines | jobs | discover | analyse | link and check | judge | together s | s a million lines | of linear "
    "| peak MB | workers' peak MB | findings |\n|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
)


@dataclass(frozen=True, slots=True)
class Run:
    """One run: processor seconds by stage and of all, the peaks of memory in bytes, and what was found."""

    lines: int
    jobs: int
    stages: dict[str, float]
    seconds: float
    wall: float
    peak: int
    workers_peak: int
    findings: int

    @property
    def per_million(self) -> float:
        """Return the processor seconds that a million lines take."""
        return self.seconds / self.lines * 1e6


def main() -> int:
    """Write the trees, measure and print; return 0, or end the program with a sentence where a run fails."""
    options = _parser().parse_args()
    print(f"CPython {platform.python_version()}, {os.cpu_count()} processors\n\n{HEAD}", flush=True)
    runs: list[Run] = []
    for jobs in options.jobs:
        for size in sorted(options.lines):
            folder, lines = tree(options.cache_dir, size)
            runs.append(measured(folder, lines, jobs))
            first = next(run for run in runs if run.jobs == jobs)
            print(row(runs[-1], runs[-1].per_million / first.per_million), flush=True)
    if options.json:
        options.json.write_text(json.dumps([asdict(run) for run in runs], indent=2) + "\n", encoding="utf-8")
    return 0


def tree(cache_dir: Path, size: int) -> tuple[Path, int]:
    """Return the folder with a tree of at least so many lines, written where it is not there yet, and its lines."""
    folder = cache_dir / f"tree-{size}"
    note = cache_dir / f"tree-{size}.lines"
    if not note.exists():
        note.write_text(f"{write(folder, size)}\n", encoding="utf-8")
    return folder, int(note.read_text(encoding="utf-8"))


def measured(folder: Path, lines: int, jobs: int) -> Run:
    """Return what a cold run over a folder takes, and what it finds."""
    with tempfile.TemporaryDirectory(prefix="archlint-scale-") as scratch:
        report = Path(scratch) / "report.json"
        log = Path(scratch) / "log"
        command = [sys.executable, "-m", "archlint", "check", ".", "--isolated", "--no-cache", "--exit-zero"]
        command += ["--verbose", "--jobs", str(jobs), "--output-format", "json", "--output-file", str(report)]
        start = time.perf_counter()
        with log.open("wb") as errors:
            process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=errors)
            peak, workers = watched(process.pid)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        said = log.read_text(encoding="utf-8")
        if status:
            raise SystemExit(f"archlint ends with {os.waitstatus_to_exitcode(status)}\n{said}")
        summary = json.loads(report.read_bytes())["summary"]
    stages = {found[1]: float(found[2]) for found in STAGE.finditer(said)}
    return Run(lines, jobs, stages, used.ru_utime + used.ru_stime, wall, peak, workers, summary["diagnostics"])


def watched(pid: int) -> tuple[int, int]:
    """Return the highest marks of memory of a process and of its children, in bytes, once it has ended."""
    own = children = 0
    while (mark := _high_mark(pid)) is not None:
        own = max(own, mark)
        children = max([children, *(_high_mark(child) or 0 for child in _children(pid))])
        time.sleep(EVERY)
    return own, children


def row(run: Run, share: float) -> str:
    """Return a row of the table."""
    stages = " | ".join(f"{run.stages[name]:.1f}" for name in STAGES)
    workers = f"{run.workers_peak / 1e6:.0f}" if run.workers_peak else ""
    return (
        f"| {run.lines:,} | {run.jobs} | {stages} | {run.seconds:.1f} | {run.per_million:.1f} | {share:.2f} "
        f"| {run.peak / 1e6:.0f} | {workers} | {run.findings:,} |"
    )


def _high_mark(pid: int) -> int | None:
    """Return the most memory that a process ever had, None where it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return None
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else None


def _children(pid: int) -> Iterator[int]:
    try:
        listed = [path.read_text(encoding="utf-8") for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return
    yield from (int(child) for text in listed for child in text.split())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, nargs="+", default=SIZES, help="sizes of the trees")
    parser.add_argument("--jobs", type=int, nargs="+", default=(1, 2), help="how many processes, one run for each")
    default = Path(tempfile.gettempdir()) / "archlint-scale"
    parser.add_argument("--cache-dir", type=Path, default=default, help=f"where trees are kept (default: {default})")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
