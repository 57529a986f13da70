"""What the README shows is what archlint prints, and its commands exist."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
OPTIONS = ("--no-cache", "--exit-zero", "--quiet", "--select", "ARC101,ARC202")


def test_the_findings_shown_are_printed() -> None:
    shown = re.search(r"```text\n(.*?)\n```", README, re.DOTALL)
    assert shown is not None
    done = subprocess.run(
        [sys.executable, "-m", "archlint", "examples/fastapi_shop", *OPTIONS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
    )
    assert done.stdout.strip() == shown.group(1).strip()


def test_the_commands_and_pages_exist() -> None:
    for command in re.findall(r"\$ (\./\w+)", README):
        assert os.access(ROOT / command, os.X_OK), command
    for page in re.findall(r"\]\(([\w./-]+\.md)\)", README):
        assert (ROOT / page).is_file(), page


def test_the_rules_listed_are_those_of_the_catalogue() -> None:
    listed = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", README.split("## Two commands")[0]))
    from archlint.catalogue import catalogue

    assert listed == {entry.name for entry in catalogue() if entry.family != "tool"}
