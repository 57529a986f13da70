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

from archlint.analysis import lower
from archlint.ir.bodies import OpenBlocks
from archlint.ir.module import ModuleFacts, decode_body, decode_facts, encode_facts
from archlint.source import Kind, SourceFile

Value = TypeVar("Value")
ROUNDS = 5
HEAD = (
    "| folder | files | source MB | stored ÷ source | lowering s | encoding s | declarations s | bodies s "
    "| declarations MB | bodies MB |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
)


@dataclass(frozen=True, slots=True)
class Measured:
    """The facts of one folder; seconds are CPU time, medians of `ROUNDS`, memory is what the process grew by."""

    files: int
    source: int
    stored: int
    lowering: float
    encoding: float
    declarations: float
    bodies: float
    declarations_memory: int
    bodies_memory: int


def main() -> None:
    """Print a row for each folder, measured in a process of its own."""
    print(HEAD)
    for folder in sys.argv[1:]:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            one = pool.apply(measured, (folder,))
        times = " | ".join(f"{value:.2f}" for value in (one.lowering, one.encoding, one.declarations, one.bodies))
        memory = f"{one.declarations_memory / 1e6:.0f} | {one.bodies_memory / 1e6:.0f}"
        share = f"{one.stored / one.source:.3f}"
        print(f"| {Path(folder).name} | {one.files} | {one.source / 1e6:.1f} | {share} | {times} | {memory} |")


def measured(folder: str) -> Measured:
    """Return what the Python files of a folder take; a file that does not parse counts nowhere."""
    paths = sorted(path for path in Path(folder).rglob("*.py") if path.is_file())
    source = lowering = encoding = 0.0
    stored: list[bytes] = []
    for path in paths:
        seconds, facts = _timed(lambda path=path: _facts(path, folder))  # type: ignore[misc]
        if facts is not None:
            source += path.stat().st_size
            lowering += seconds
            seconds, data = _median(lambda facts=facts: encode_facts(facts))  # type: ignore[misc]
            encoding += seconds
            stored.append(data)
    facts = None
    before = _memory()
    declarations, read = _median(lambda: _read(stored))
    declared = _memory()
    bodies, _ = _median(lambda: _decode(read))
    return Measured(
        len(stored),
        int(source),
        sum(map(len, stored)),
        lowering,
        encoding,
        declarations,
        bodies,
        declared - before,
        _memory() - declared,
    )


def _facts(path: Path, folder: str) -> ModuleFacts | None:
    relative = path.relative_to(folder).as_posix()
    source = SourceFile.of(relative, path.read_bytes().decode("utf-8", "replace"), Kind.PYTHON)
    name = relative.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return lower(source, name, is_package=path.name == "__init__.py")[0]


def _read(stored: list[bytes]) -> list[ModuleFacts]:
    opened = OpenBlocks()
    return [decode_facts(data, opened) for data in stored]


def _decode(files: list[ModuleFacts]) -> int:
    """Decode each body, keep none; return how many there are."""
    count = 0
    for facts in files:
        for unit in facts.units:
            decode_body(unit.body)
            count += 1
    return count


def _median(action: Callable[[], Value]) -> tuple[float, Value]:
    runs = [_timed(action) for _ in range(ROUNDS)]
    return statistics.median(seconds for seconds, _ in runs), runs[-1][1]


def _timed(action: Callable[[], Value]) -> tuple[float, Value]:
    start = process_time()
    value = action()
    return process_time() - start, value


def _memory() -> int:
    """Return the bytes that the process has in memory; Linux only."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096


if __name__ == "__main__":
    main()
