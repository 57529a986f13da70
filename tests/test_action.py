"""The GitHub Action: its shell steps, run as a runner would run them; what GitHub itself does is not tried here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from adopting import SLEEP

from archlint import __version__

ROOT = Path(__file__).resolve().parents[1]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]


@dataclass(frozen=True)
class Runner:
    """A folder as the home of a job, with the files that GitHub gives to steps."""

    home: Path

    def step(self, name: str, **inputs: str) -> subprocess.CompletedProcess[str]:
        step = next(one for one in STEPS if one.get("name") == name)
        assert set(step.get("env", {})) == set(inputs)
        given = {
            "RUNNER_TEMP": str(self.home),
            "GITHUB_OUTPUT": str(self.home / "output"),
            "GITHUB_STEP_SUMMARY": str(self.home / "summary"),
            "GITHUB_ACTIONS": "true",
            "CI": "true",
        }
        # As GitHub runs `shell: bash`.
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        return subprocess.run(
            command,
            cwd=self.home / "work",
            env={**os.environ, **given, **inputs},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    @property
    def outputs(self) -> dict[str, str]:
        lines = (self.home / "output").read_text(encoding="utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    (tmp_path / "work" / "a b").mkdir(parents=True)
    (tmp_path / "work" / "a b" / "views.py").write_text(SLEEP, encoding="utf-8")
    (tmp_path / "work" / "clean.py").write_text("x = 1\n", encoding="utf-8")
    program = tmp_path / "archlint" / "bin" / "archlint"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m archlint "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return Runner(tmp_path)


def test_it_installs_this_version() -> None:
    assert ACTION["inputs"]["package"]["default"] == f"archlint=={__version__}"


def test_findings_are_annotated_summed_up_and_fail_the_job_at_its_end(runner: Runner) -> None:
    done = runner.step("Check", PATHS=".\n", ARGUMENTS="--no-cache\n-j1\n")
    assert done.returncode == 0, done.stderr
    assert "::warning" in done.stdout or "::error" in done.stdout
    assert runner.outputs["exit-code"] == "1"
    (run,) = json.loads(Path(runner.outputs["sarif"]).read_text(encoding="utf-8"))["runs"]
    assert [one["ruleId"] for one in run["results"]] == ["ARC301"]
    assert "ARC301" in (runner.home / "summary").read_text(encoding="utf-8")
    assert runner.step("Verdict", CODE=runner.outputs["exit-code"]).returncode == 1


def test_a_clean_project_passes(runner: Runner) -> None:
    runner.step("Check", PATHS="clean.py", ARGUMENTS="--no-cache\n-j1")
    assert runner.outputs["exit-code"] == "0"
    assert runner.step("Verdict", CODE="0").returncode == 0


def test_a_path_is_a_line_and_nothing_more(runner: Runner) -> None:
    """Neither blanks nor what a shell would run, nor a dash, make more of it."""
    runner.step("Check", PATHS="a b\n\n", ARGUMENTS="--no-cache\n-j1")
    assert runner.outputs["exit-code"] == "1"
    runner.step("Check", PATHS="$(touch made)\n--fix", ARGUMENTS="")
    assert runner.outputs["exit-code"] == "2"
    assert not (runner.home / "work" / "made").exists()


def test_a_usage_error_leaves_no_report_and_fails(runner: Runner) -> None:
    """Nor does it find that of an earlier use in the same job."""
    runner.step("Check", PATHS=".", ARGUMENTS="--no-cache\n-j1")
    (runner.home / "output").unlink()
    done = runner.step("Check", PATHS=".", ARGUMENTS="--no-such-option")
    assert done.returncode == 0
    assert runner.outputs == {"exit-code": "2"}


def test_no_input_is_part_of_a_script() -> None:
    """What a pull request names would be run."""
    assert [step["name"] for step in STEPS if "${{" in step.get("run", "")] == []


def test_forks_upload_nothing() -> None:
    (upload,) = (step for step in STEPS if "upload-sarif" in step.get("uses", ""))
    assert "github.event.pull_request.head.repo.fork != true" in upload["if"]


@pytest.mark.slow
def test_the_wheel_of_this_checkout_is_installed_and_runs(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    built = [sys.executable, "-m", "build", "--quiet", "--wheel", "--outdir", str(tmp_path), str(ROOT)]
    if subprocess.run(built, capture_output=True, timeout=300, check=False).returncode != 0:
        pytest.skip("no wheel can be built here")
    (wheel,) = tmp_path.glob("*.whl")
    runner = Runner(tmp_path)
    done = runner.step("Install archlint", PACKAGE=str(wheel))
    assert done.returncode == 0, done.stderr
    (tmp_path / "work" / "views.py").write_text(SLEEP, encoding="utf-8")
    runner.step("Check", PATHS=".", ARGUMENTS="")
    assert runner.outputs["exit-code"] == "1"
