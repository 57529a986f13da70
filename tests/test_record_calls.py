"""What the recorder of calls sees when a program runs; it needs Python 3.12 or later to run it with."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

RECORDER = Path(__file__).resolve().parent.parent / "benchmarks" / "model" / "record_calls.py"
FILES = {
    "app/__init__.py": "",
    "app/core.py": """
        import functools
        from contextlib import contextmanager

        def noted(function):
            @functools.wraps(function)
            def wrapper(*args):
                return function(*args)
            return wrapper

        class Box:
            def __init__(self, value):
                self.value = value

            @property
            def double(self):
                return twice(self.value)

            def __call__(self):
                return self.value

        def twice(value):
            return value * 2

        @noted
        def thrice(value):
            return value * 3

        def numbers():
            yield 1
            yield 2

        @contextmanager
        def opened():
            yield

        async def later():
            return 1
    """,
    "app/use.py": """
        import asyncio

        from app.core import Box, later, numbers, opened, thrice, twice

        def main():
            made = Box(1)
            made()
            made.double
            thrice(2)
            sorted([2, 1], key=twice)
            [twice(n) for n in numbers()]
            sum(twice(n) for n in [1])
            with opened():
                pass
            asyncio.run(inside())

        async def inside():
            await later()
    """,
    "app/tests/test_it.py": """
        from app.core import twice

        def run():
            twice(5)
    """,
    "run.py": """
        from app.tests.test_it import run
        from app.use import main

        main()
        run()
        raise SystemExit(3)
    """,
}


def python() -> str:
    """Return an interpreter that can record, or skip the test."""
    if sys.version_info >= (3, 12):
        return sys.executable
    for name in ("python3.14", "python3.13", "python3.12"):
        found = shutil.which(name)
        if found and subprocess.run([found, "-c", ""], check=False, capture_output=True).returncode == 0:
            return found
    pytest.skip("no Python 3.12 or later")


@pytest.mark.slow
def test_each_kind_of_call_is_recorded_with_its_place(tmp_path: Path) -> None:
    recorded = record(tmp_path)
    rows = [
        (row["site"][1], row["site"][2], row["callee"][1].replace(".<locals>", ""), row["kind"])
        for row in recorded["calls"]
    ]
    assert sorted(row for row in rows if row[0] != "<module>") == sorted(
        [
            ("Box.double", 17, "twice", "call"),
            ("inside", 19, "later", "call"),
            ("main", 7, "Box.__init__", "construct"),
            ("main", 8, "Box.__call__", "instance"),
            ("main", 9, "Box.double", "attribute"),
            ("main", 10, "noted.wrapper", "call"),
            ("main", 11, "twice", "callback"),
            ("main", 12, "numbers", "call"),
            ("main", 12, "twice", "call"),
            ("main", 13, "twice", "call"),
            ("main", 14, "opened", "wrapped"),
            ("main", 16, "inside", "call"),
            ("noted.<locals>.wrapper", 8, "thrice", "call"),
        ]
    )
    (wrapper,) = [row for row in recorded["calls"] if row.get("wrapped")]
    assert [name for _, name, _ in wrapper["wrapped"]] == ["thrice"]


@pytest.mark.slow
def test_what_tests_call_is_left_out_and_what_libraries_call_stands_apart(tmp_path: Path) -> None:
    recorded = record(tmp_path)
    assert not [row for row in recorded["calls"] if "test_it" in row["site"][0]]
    assert [row["callee"][1] for row in recorded["entered"]] == ["opened", "inside"]


@pytest.mark.slow
def test_two_runs_record_the_same(tmp_path: Path) -> None:
    assert record(tmp_path) == record(tmp_path)


def record(root: Path) -> dict[str, Any]:
    for path, text in FILES.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text), encoding="utf-8")
    out = root / "out.json"
    command = [python(), str(RECORDER), "--root", str(root), "--folder", "app", "--out", str(out), "--", "run.py"]
    done = subprocess.run(command, cwd=root, check=False, capture_output=True, text=True)
    assert done.returncode == 3, done.stderr
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found
