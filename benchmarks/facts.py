"""What the facts of a project take: stored bytes, time to write and to read them, memory; for docs/performance.md.

python benchmarks/facts.py FOLDER...
"""

from __future__ import annotations

import multiprocessing
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import TypeVar

from archlint.ir.bodies import OpenBlocks
from archlint.ir.module import ModuleFacts, decode_body, decode_facts, encode_facts
from archlint.lowering import lower
from archlint.source import Kind, SourceFile

Value = TypeVar("Value")
Given = TypeVar("Given")
ROUNDS = 5
HEAD = (
    "| folder | files | source MB | stored ÷ source | lowering s | encoding s | declarations s | bodies s "
    "| declarations MB | bodies MB |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
)


@dataclass(frozen=True, slots=True)
class Written:
    """The facts of one folder; seconds are CPU time."""

    data: list[bytes]
    source: int
    lowering: float
    encoding: float


@dataclass(frozen=True, slots=True)
class Opened:
    """What reading them took: CPU seconds, medians of `ROUNDS`, and the bytes by which the process grew."""

    declarations: float
    bodies: float
    declarations_memory: int
    bodies_memory: int


def main() -> None:
    """Print a row for each folder; writing and reading have a process each, so that memory is not that of the other."""
    print(HEAD)
    for folder in sys.argv[1:]:
        one = _apart(written, folder)
        two = _apart(opened, one.data)
        times = " | ".join(f"{value:.2f}" for value in (one.lowering, one.encoding, two.declarations, two.bodies))
        memory = f"{two.declarations_memory / 1e6:.0f} | {two.bodies_memory / 1e6:.0f}"
        share = f"{sum(map(len, one.data)) / one.source:.3f}"
        print(f"| {Path(folder).name} | {len(one.data)} | {one.source / 1e6:.1f} | {share} | {times} | {memory} |")


def written(folder: str) -> Written:
    """Return the facts of the Python files of a folder; a file that does not parse counts nowhere."""
    source, lowering, encoding = 0, 0.0, 0.0
    data: list[bytes] = []
    for path in sorted(path for path in Path(folder).rglob("*.py") if path.is_file()):
        start = process_time()
        facts = _facts(path, folder)
        lowered = process_time()
        if facts is not None:
            data.append(encode_facts(facts))
            encoding += process_time() - lowered
            lowering += lowered - start
            source += path.stat().st_size
    return Written(data, source, lowering, encoding)


def opened(data: list[bytes]) -> Opened:
    """Return what it takes to read facts: first what files declare, then each body, of which none is kept."""
    before = _memory()
    files = _read(data)
    declared = _memory()
    _decode(files)
    grown = _memory()
    declarations, bodies = _median(lambda: _read(data)), _median(lambda: _decode(files))
    return Opened(declarations, bodies, declared - before, grown - declared)


def _facts(path: Path, folder: str) -> ModuleFacts | None:
    relative = path.relative_to(folder).as_posix()
    source = SourceFile.of(relative, path.read_bytes().decode("utf-8", "replace"), Kind.PYTHON)
    name = relative.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return lower(source, name, is_package=path.name == "__init__.py")[0]


def _read(stored: list[bytes]) -> list[ModuleFacts]:
    blocks = OpenBlocks()
    return [decode_facts(data, blocks) for data in stored]


def _decode(files: list[ModuleFacts]) -> None:
    for facts in files:
        for unit in facts.units:
            decode_body(unit.body)


def _median(action: Callable[[], object]) -> float:
    seconds = []
    for _ in range(ROUNDS):
        start = process_time()
        action()
        seconds.append(process_time() - start)
    return statistics.median(seconds)


def _apart(action: Callable[[Given], Value], given: Given) -> Value:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(action, (given,))


def _memory() -> int:
    """Return the bytes that the process has in memory; Linux only."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096


if __name__ == "__main__":
    main()
