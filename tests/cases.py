"""Fixture projects: what they expect, from markers in their files and from `expected.toml` beside them."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archlint import check
from archlint.report.result import Report
from archlint.settings import Overrides

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FIXTURES = Path(__file__).parent / "fixtures"
SIDECAR = "expected.toml"
_MARKER = re.compile(r'(?:#|--|//)\s*expect:\s*(ARC\d{3})(?:\s+"([^"]*)")?')


@dataclass(frozen=True, order=True)
class Expectation:
    path: str
    line: int
    code: str
    text: str = ""


def cases() -> list[Path]:
    return sorted(path for path in FIXTURES.glob("*/*/*") if path.is_dir() and path.name.startswith(("bad", "good")))


def expectations(case: Path) -> list[Expectation]:
    return sorted([*_marked(case), *_listed(case)])


def _marked(case: Path) -> Iterator[Expectation]:
    for path in sorted(case.rglob("*")):
        if not path.is_file() or path.name == SIDECAR:
            continue
        lines = path.read_bytes().decode("utf-8", "replace").split("\n")
        for number, line in enumerate(lines, start=1):
            for code, text in _MARKER.findall(line):
                yield Expectation(path.relative_to(case).as_posix(), number, code, text)


def _listed(case: Path) -> Iterator[Expectation]:
    sidecar = case / SIDECAR
    if sidecar.is_file():
        for row in tomllib.loads(sidecar.read_text(encoding="utf-8")).get("expect", []):
            yield Expectation(row["path"], row["line"], row["code"], row.get("text", ""))


def selection(*codes: str) -> tuple[str, ...]:
    """What archlint says about its own work shows only when other rules ran as well."""
    return ("ALL",) if any(code.startswith("ARC0") for code in codes) else codes


def copied(case: Path, folder: Path, configuration: str = "") -> Path:
    """A copy of a case that is its own project, with a configuration where it has none."""
    project = folder / "project"
    shutil.copytree(case, project, ignore=shutil.ignore_patterns(SIDECAR))
    if not (project / "archlint.toml").exists():
        (project / "archlint.toml").write_text(configuration, encoding="utf-8")
    return project


def run_case(case: Path, folder: Path, *codes: str) -> Report:
    """Lint a copy of a case that is its own project: where the fixtures lie must not matter."""
    project = copied(case, folder)
    overrides = Overrides(select=selection(*codes), no_cache=True, min_confidence="low", jobs=1)
    return check([project], root=project, overrides=overrides)
