"""Measure archlint beside bandit, ruff and libcst's bare parse on a pinned public package.

`python benchmarks/speed.py` downloads the wheel once, runs every command in turn, round by round,
and prints the median wall seconds of each and how they compare.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import archlint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PACKAGE = "Django==5.2"
ROUNDS = 5
COLD = "archlint, cold"
WARM = "archlint, warm"
BARE_PARSE = """
import pathlib, sys
import libcst
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.py")):
    libcst.parse_module(path.read_bytes())
"""


@dataclass(frozen=True, slots=True)
class Timing:
    """What one command took: wall seconds per round, and their median."""

    name: str
    seconds: tuple[float, ...]
    median: float


def main() -> int:
    """Measure and print; return 0, or end the program with a sentence where a command fails."""
    options = _parser().parse_args()
    folder = unpacked(options.package, options.cache_dir)
    with tempfile.TemporaryDirectory(prefix="archlint-speed-") as scratch:
        timed = commands(folder, Path(scratch))
        _ensure_reading(timed[COLD])
        timings = measure(timed, options.rounds)
    facts = {"package": options.package, "rounds": options.rounds, **_size(folder), **_environment()}
    print("\n".join(f"{name}: {value}" for name, value in facts.items()), end="\n\n")
    print(table(timings))
    if options.json:
        report = {**facts, "timings": [asdict(timing) for timing in timings]}
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0


def unpacked(package: str, cache_dir: Path) -> Path:
    """Return the folder with a wheel's content, downloaded where it is not there yet."""
    folder = cache_dir / package.replace("==", "-")
    if not folder.is_dir():
        wheels = cache_dir / "wheels" / folder.name
        pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--quiet"]
        _run([*pip, "--dest", str(wheels), package])
        (wheel,) = wheels.glob("*.whl")
        partial = wheels / "unpacked"
        shutil.rmtree(partial, ignore_errors=True)
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(partial)
        partial.rename(folder)
    return folder


def commands(folder: Path, scratch: Path) -> dict[str, list[str]]:
    """Return what is measured, by name: each reads all of `folder` and exits 0 whatever it finds."""
    python, target = sys.executable, str(folder)
    check = [python, "-m", "archlint", "check", "--isolated", "--exit-zero", "--output-format", "json"]
    return {
        COLD: [*check, "--no-cache", target],
        f"{COLD}, one process": [*check, "--no-cache", "--jobs", "1", target],
        WARM: [*check, "--cache-dir", str(scratch / "archlint"), target],
        "bandit": [python, "-m", "bandit", "--quiet", "--recursive", "--exit-zero", "--format", "json", target],
        "ruff, no cache": [python, "-m", "ruff", "check", "--isolated", "--no-cache", "--exit-zero", "--quiet", target],
        "libcst, bare parse": [python, "-c", BARE_PARSE, target],
    }


def measure(timed: Mapping[str, Sequence[str]], rounds: int) -> list[Timing]:
    """Run the commands in turn, so that a busy moment hits all alike; a first round fills caches and is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in timed}
    for number in range(rounds + 1):
        for name, command in timed.items():
            start = time.perf_counter()
            _run(command)
            if number:
                seconds[name].append(time.perf_counter() - start)
            print(f"round {number} of {rounds}: {name}", file=sys.stderr)
    return [Timing(name, tuple(values), statistics.median(values)) for name, values in seconds.items()]


def table(timings: Sequence[Timing]) -> str:
    """Return the medians as a Markdown table, with archlint's share of what each command takes."""
    medians = {timing.name: timing.median for timing in timings}
    head = f"| command | wall seconds | {COLD} ÷ it | {WARM} ÷ it |\n|---|---:|---:|---:|"
    rows = [
        f"| {name} | {median:.2f} | {medians[COLD] / median:.2f} | {medians[WARM] / median:.2f} |"
        for name, median in medians.items()
    ]
    return "\n".join([head, *rows])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", default=PACKAGE, help=f"a pinned requirement with a wheel (default: {PACKAGE})")
    default = Path(tempfile.gettempdir()) / "archlint-benchmark"
    parser.add_argument("--cache-dir", type=Path, default=default, help=f"where wheels are kept (default: {default})")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"measured rounds (default: {ROUNDS})")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    return parser


def _ensure_reading(command: Sequence[str]) -> None:
    """End the program where archlint reads no file, since nothing is done in no time."""
    if not json.loads(_run(command))["summary"]["files"]:
        raise SystemExit("archlint reads no file of the package: is its folder ignored by git?")


def _run(command: Sequence[str]) -> bytes:
    # What pip installs comes with its bytecode; a checkout has it from its first run, unless that must not write any.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, capture_output=True, check=False, env=environment)
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:4])}: exit {done.returncode}\n{done.stderr.decode(errors='replace')}")
    return done.stdout


def _size(folder: Path) -> dict[str, int]:
    files = sorted(folder.rglob("*.py"))
    return {"files": len(files), "lines": sum(path.read_bytes().count(b"\n") for path in files)}


def _environment() -> dict[str, str | int | None]:
    others = {name: version(name) for name in ("bandit", "ruff", "libcst")}
    return {
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "archlint": archlint.__version__,
        **others,
    }


if __name__ == "__main__":
    sys.exit(main())
