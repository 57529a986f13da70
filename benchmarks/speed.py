"""Measure archlint beside bandit, ruff and libcst's bare parse on a pinned public package.

`python benchmarks/speed.py` downloads the wheel once, runs every command in turn, round by round,
and prints the median wall seconds of each and how they compare. It works on two copies of the package: one that stays
as it is, and one in which a function body of `CHANGED` gets one more statement before the runs that are about a change.
"""

from __future__ import annotations

import argparse
import ast
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
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import archlint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PACKAGE = "Django==5.2"
ROUNDS = 5
CHANGED = "django/contrib/auth/backends.py"
UNCHANGED = "django/contrib/auth/models.py"
RULES = "S,ASYNC,BLE,DJ,PERF"
"""The rules of ruff that are about what archlint is about."""
COLD = "archlint, cold"
WARM = "archlint, warm"
BARE_PARSE = """
import pathlib, sys
import libcst
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.py")):
    libcst.parse_module(path.read_bytes())
"""


@dataclass(frozen=True, slots=True)
class Command:
    """What is run, and in which folder; `changed` is a file that is changed just before, after a run that is not timed.

    That run finds the file as it was, so that the one change is all that is new.
    """

    words: tuple[str, ...]
    folder: Path
    changed: Path | None = None


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
        _ensure_kept(timed[WARM])
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
        _run(Command((*pip, "--dest", str(wheels), package), Path.cwd()))
        (wheel,) = wheels.glob("*.whl")
        partial = wheels / "unpacked"
        shutil.rmtree(partial, ignore_errors=True)
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(partial)
        partial.rename(folder)
    return folder


def commands(package: Path, scratch: Path) -> dict[str, Command]:
    """Return what is measured, by name: each exits 0 whatever it finds, and reads all of the package or one file."""
    still, edited = (_project(package, scratch / name) for name in ("still", "edited"))
    python = sys.executable
    check = (python, "-m", "archlint", "check", "--isolated", "--exit-zero", "--output-format", "json")
    ruff = (python, "-m", "ruff", "check", "--isolated", "--no-cache", "--exit-zero", "--quiet")
    bandit = (python, "-m", "bandit", "--quiet", "--recursive", "--exit-zero", "--format", "json", ".")
    return {
        COLD: Command((*check, "--no-cache", "."), still),
        f"{COLD}, one process": Command((*check, "--no-cache", "--jobs", "1", "."), still),
        WARM: Command((*check, "."), still),
        "archlint, one file changed": Command((*check, "."), edited, edited / CHANGED),
        "archlint, hook on an unchanged file": Command((*check, UNCHANGED), still),
        "archlint, hook on the changed file": Command((*check, CHANGED), edited, edited / CHANGED),
        "archlint --version": Command((python, "-m", "archlint", "--version"), still),
        "python -c pass": Command((python, "-c", "pass"), still),
        "bandit": Command(bandit, still),
        "ruff, no cache": Command((*ruff, "."), still),
        f"ruff, no cache, {RULES}": Command((*ruff, "--select", RULES, "."), still),
        "libcst, bare parse": Command((python, "-c", BARE_PARSE, "."), still),
    }


def _project(package: Path, folder: Path) -> Path:
    """Return a copy of a package that is a project of its own: a hook asks about one file of such a one."""
    shutil.copytree(package, folder)
    (folder / "archlint.toml").touch()
    return folder


def measure(timed: Mapping[str, Command], rounds: int) -> list[Timing]:
    """Run the commands in turn, so that a busy moment hits all alike; a first round fills caches and is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in timed}
    for number in range(rounds + 1):
        for name, command in timed.items():
            with _changed(command, number):
                start = time.perf_counter()
                _run(command)
                took = time.perf_counter() - start
            if number:
                seconds[name].append(took)
            print(f"round {number} of {rounds}: {name}", file=sys.stderr)
    return [Timing(name, tuple(values), statistics.median(values)) for name, values in seconds.items()]


@contextmanager
def _changed(command: Command, number: int) -> Iterator[None]:
    """Change the file of a command, each time in another way, and put it back."""
    if command.changed is None:
        yield
        return
    _run(replace(command, words=tuple("." if word == CHANGED else word for word in command.words)))
    text = command.changed.read_text(encoding="utf-8")
    command.changed.write_text(with_one_more_statement(text, number), encoding="utf-8")
    try:
        yield
    finally:
        command.changed.write_text(text, encoding="utf-8")


def with_one_more_statement(text: str, number: int) -> str:
    """Return a module with an assignment before the last statement of its last function."""
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    last = max(functions, key=lambda node: node.lineno).body[-1]
    lines = text.splitlines(keepends=True)
    lines.insert(last.lineno - 1, f"{' ' * last.col_offset}changed_{time.time_ns()} = {number}\n")
    return "".join(lines)


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


def _ensure_reading(command: Command) -> None:
    """End the program where archlint reads no file, since nothing is done in no time."""
    if not json.loads(_run(command).stdout)["summary"]["files"]:
        raise SystemExit("archlint reads no file of the package: is its folder ignored by git?")


def _ensure_kept(command: Command) -> None:
    """End the program where the warm run is none: something changes the copy, or its cache cannot be written."""
    if b"nothing has changed" not in _run(replace(command, words=(*command.words, "--verbose"))).stderr:
        raise SystemExit("archlint did not find the report of the run before")


def _run(command: Command) -> subprocess.CompletedProcess[bytes]:
    # What pip installs comes with its bytecode; a checkout has it from its first run, unless that must not write any.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command.words, capture_output=True, check=False, env=environment, cwd=command.folder)
    if done.returncode:
        raise SystemExit(
            f"{' '.join(command.words[:4])}: exit {done.returncode}\n{done.stderr.decode(errors='replace')}"
        )
    return done


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
