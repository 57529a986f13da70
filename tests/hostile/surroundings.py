"""Makes hostile projects and lints them through the two public ways in: the command line and `archlint.check`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archlint.pipeline import check
from archlint.settings import Overrides

BLOCKING = "import time\n\n\nasync def wait():\n    time.sleep(1)\n"
FOUND = ("ARC301", 5, 5)
"""What is found in `BLOCKING`."""
COMMAND = [sys.executable, "-m", "archlint"]
Done = subprocess.CompletedProcess[bytes]


@dataclass(frozen=True)
class Seen:
    """A finding as these tests compare it."""

    path: str
    code: str
    line: int
    column: int
    message: str

    @property
    def place(self) -> tuple[str, int, int]:
        return self.code, self.line, self.column


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Make a project of files below a folder."""
    root.mkdir(exist_ok=True)
    (root / "archlint.toml").touch()
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
    return root


def lint(root: Path, *paths: str, **overrides: Any) -> list[Seen]:
    """Return what is found with all rules, without a worker lost or a rule crashed."""
    chosen = Overrides(**{"select": ("ALL",), "min_confidence": "low", "no_cache": True, "jobs": 1, **overrides})
    report = check([root / path for path in paths or (".",)], root=root, overrides=chosen)
    assert not report.crashed
    assert not [reason for _, reason in report.skipped if "died" in reason or "longer than" in reason]
    spans = [(each.diagnostic, each.diagnostic.span) for each in report.results]
    return [Seen(span.path, one.code, span.line, span.column, one.message) for one, span in spans]


def lint_one(root: Path, content: str | bytes, name: str = "a.py", **overrides: Any) -> list[Seen]:
    """Return what is found in a project of one file."""
    return lint(write(root, {name: content}), **overrides)


def places(found: list[Seen]) -> list[tuple[str, int, int]]:
    return [one.place for one in found]


def archlint(cwd: Path, *arguments: str, **environment: str) -> Done:
    """Run the command line; whatever it says is no traceback and no warning of Python."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    assert b"Warning:" not in done.stderr
    return done


def report(cwd: Path, *arguments: str, **environment: str) -> Any:
    """Return the JSON report of a run that came to its end."""
    done = archlint(cwd, "--output-format=json", *arguments, **environment)
    assert done.returncode in {0, 1}, done.stderr
    return json.loads(done.stdout)


@contextmanager
def seconds(limit: float) -> Iterator[None]:
    """Bound the time that this process computes: another process on the machine does not count."""
    since = time.process_time()
    yield
    assert time.process_time() - since < limit
