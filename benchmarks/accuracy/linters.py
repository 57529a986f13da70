"""The linters that are scored: how each is run over a tree, and its SARIF read back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlparse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LIMIT_SECONDS = 900
SEMGREP_FOLDERS = ("django", "sqlalchemy", "requests", "flask", "fastapi", "lang")
RUFF_RULES = "ASYNC,S,BLE,E722,DJ,PERF,G"
DJCH_TO_SARIF = (
    "import json,re,subprocess,sys;o=subprocess.run(['djch','check'],capture_output=True,text=True).stdout;"
    "r=[{'ruleId':'djch','message':{'text':''},'locations':[{'physicalLocation':{"
    "'artifactLocation':{'uri':m[1].removeprefix('./')},'region':{'startLine':int(m[2])}}}]}"
    " for m in re.finditer(r'^(\\S+?):(\\d+):\\d+:',o,re.M)];"
    "json.dump({'runs':[{'results':r}]},open(sys.argv[1],'w'))"
)


class Place(NamedTuple):
    """Lines of a file, both ends included."""

    path: str
    first: int
    last: int

    def overlaps(self, other: Place) -> bool:
        """Say whether the two have a line in common."""
        return self.path == other.path and self.first <= other.last and other.first <= self.last


class Finding(NamedTuple):
    """A result of a linter; `places` are the primary, the related and the flow's places."""

    rule: str
    primary: Place
    places: tuple[Place, ...]


def run(tool: str, root: Path, sarif: Path, extra: Sequence[str] = ()) -> tuple[float, str | None]:
    """Run a linter in a tree; return its wall seconds and what went wrong, if anything did."""
    return execute(_command(tool, sarif, extra), root, sarif)


def execute(command: Sequence[str], root: Path, report: Path) -> tuple[float, str | None]:
    """Run a command that writes a report; return its wall seconds and what went wrong, if anything did."""
    start = time.time()
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, timeout=LIMIT_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return time.time() - start, f"no answer in {LIMIT_SECONDS} s"
    seconds = time.time() - start
    if report.exists() and report.stat().st_size:
        return seconds, None
    return seconds, f"exit {done.returncode}: {done.stderr.decode(errors='replace')[-300:]}"


def findings(sarif: Path, root: Path) -> Iterator[Finding]:
    """Yield the results that a SARIF file locates."""
    for each in json.loads(sarif.read_text(encoding="utf-8")).get("runs", []):
        for result in each.get("results", []):
            own = [place for location in result.get("locations", []) if (place := _place(location, root))]
            if own:
                others = [place for location in _other_locations(result) if (place := _place(location, root))]
                yield Finding(result.get("ruleId", ""), own[0], (*own, *others))


def _other_locations(result: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from result.get("relatedLocations", [])
    for flow in result.get("codeFlows", []):
        for thread in flow.get("threadFlows", []):
            for step in thread.get("locations", []):
                yield step.get("location", {})


def _place(location: dict[str, Any], root: Path) -> Place | None:
    physical = location.get("physicalLocation") or {}
    uri = (physical.get("artifactLocation") or {}).get("uri")
    region = physical.get("region") or {}
    if not uri or "startLine" not in region:
        return None
    return Place(_path(uri, root), region["startLine"], region.get("endLine", region["startLine"]))


def _path(uri: str, root: Path) -> str:
    path = unquote(urlparse(uri).path) if uri.startswith("file:") else unquote(uri)
    return path.removeprefix(f"{root}/").removeprefix("./")


def _command(tool: str, sarif: Path, extra: Sequence[str]) -> list[str]:
    """Return the command that makes a linter ignore configuration and suppressions, exit 0 and write SARIF."""
    out = str(sarif)
    if tool == "archlint":
        own = os.environ.get("ARCHLINT", "archlint").split()
        flags = ["--isolated", "--exit-zero", "--output-format", "sarif", "--output-file", out]
        return [*own, "check", *flags, *extra, "."]
    if tool == "ruff":
        flags = ["--isolated", "--no-cache", "--exit-zero", "--ignore-noqa", "--select", RUFF_RULES]
        return ["ruff", "check", *flags, "--output-format", "sarif", "-o", out, "."]
    if tool == "bandit":
        return ["bandit", "-q", "-r", "--exit-zero", "--ignore-nosec", "-f", "sarif", "-o", out, "."]
    if tool == "semgrep":
        return _semgrep(out)
    if tool == "django-orm-lens":
        return ["sh", "-c", f"django-orm-lens nplusone --exit-zero --format sarif --path . > {out}"]
    if tool == "djch":
        return [sys.executable, "-c", DJCH_TO_SARIF, out]
    raise SystemExit(f"no tool {tool}")


def _semgrep(out: str) -> list[str]:
    rules = Path(os.environ["SEMGREP_RULES"])
    configs = [f"--config={rules / folder}" for folder in SEMGREP_FOLDERS if (rules / folder).exists()]
    flags = ["--metrics=off", "--disable-version-check", "--quiet", "--disable-nosem", "--no-git-ignore"]
    return ["semgrep", "scan", *flags, "--sarif", "-o", out, *configs, "."]
