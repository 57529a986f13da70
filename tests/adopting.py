"""A project with a history, and archlint in it: what tests of baselines and of comparisons have in common."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner

from archlint.cli.app import archlint
from archlint.errors import ArchlintError

SLEEP = "import time\n\n\nasync def wait():\n    time.sleep(1)\n"
NAME = "archlint-baseline.json"


class Done(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def places(self) -> list[str]:
        """Return path, line and code of what is reported in the concise format."""
        rows = [line.split(" ") for line in self.out.splitlines() if ": ARC" in line]
        return [f"{place.rsplit(':', 2)[0]} {code}" for place, code in (row[:2] for row in rows)]


@dataclass(frozen=True)
class Project:
    """A folder; `environment` is set for each run."""

    root: Path
    monkeypatch: pytest.MonkeyPatch

    def write(self, **files: str) -> None:
        """Write modules of the package `app` by their names."""
        (self.root / "app").mkdir(exist_ok=True)
        for name, text in files.items():
            (self.root / "app" / f"{name}.py").write_text(text, encoding="utf-8")

    def run(self, *arguments: str, ci: str = "") -> Done:
        """Run a command in the project; what goes wrong is its last line, as on the command line."""
        self.monkeypatch.chdir(self.root)
        self.monkeypatch.setenv("CI", ci)
        done = CliRunner().invoke(archlint, [*arguments], prog_name="archlint")
        if isinstance(done.exception, ArchlintError):
            return Done(done.exception.exit_code, done.stdout, str(done.exception))
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Done(done.exit_code, done.stdout, done.stderr)

    def check(self, *arguments: str, ci: str = "") -> Done:
        return self.run("check", "--output-format", "concise", "-j1", *arguments, ci=ci)

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run("check", "--output-format", "json", "-j1", *arguments).out)

    def entries(self) -> list[dict[str, Any]]:
        """Return what stands in the baseline."""
        return [one for one in json.loads(self.text())["findings"] if one is not None]

    def text(self) -> str:
        return (self.root / NAME).read_text(encoding="utf-8")

    def git(self, *arguments: str) -> str:
        who = {f"GIT_{role}_{what}": "shop" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        environment = {**os.environ, **who, **quiet}
        command = ["git", "-c", "protocol.file.allow=always", *arguments]
        return subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, text=True, check=True, timeout=60
        ).stdout

    def commit(self) -> str:
        """Commit all files and return the commit."""
        if not (self.root / ".git").exists():
            self.git("init", "-q", "-b", "main")
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "x")
        return self.git("rev-parse", "HEAD").strip()


def made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project with one finding in `app/views.py`."""
    folder.mkdir(exist_ok=True)
    (folder / "archlint.toml").write_text("", encoding="utf-8")
    (folder / ".gitignore").write_text(".archlint_cache\n", encoding="utf-8")
    project = Project(folder, monkeypatch)
    project.write(views=SLEEP)
    return project
