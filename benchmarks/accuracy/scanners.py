"""The scanners that look for secrets alone: how each is run over a tree, and where its report says they are.

No secret is kept: each is told to hash or to redact what it found, and only rules and lines are read back.
"""

from __future__ import annotations

import json
import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linters import Finding, Place, execute, findings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ANY_RULE = ""
# detect-secrets would send what it finds to the services that issued it; --no-verify forbids that.
DETECT_SECRETS = (
    "{tool} scan --all-files --no-verify --disable-filter detect_secrets.filters.allowlist.is_line_allowlisted"
)
WITHOUT_ENTROPY = "--disable-plugin Base64HighEntropyString --disable-plugin HexHighEntropyString"
# Where it finds nothing, CredSweeper writes no file.
CREDSWEEPER = (
    "{tool} --path . --sort --hashed --no-stdout --log SILENCE --save-json {report}"
    " && {{ test -e {report} || echo '[]' > {report}; }}"
)
# Its own rules, whatever the tree configures.
GITLEAKS = (
    "GITLEAKS_CONFIG_TOML='[extend]\nuseDefault = true' {tool} dir . --no-banner --redact --ignore-gitleaks-allow"
    " --exit-code 0 --report-format sarif --report-path {report}"
)


@dataclass(frozen=True, slots=True)
class Scanner:
    """A scanner with its options: a line of shell, who reads its report, and which of its rules count."""

    tool: str
    line: str
    read: Callable[[Path, Path], Iterator[Finding]]
    rules: str = ANY_RULE

    def run(self, root: Path, report: Path) -> tuple[float, str | None]:
        """Scan a tree; return the wall seconds and what went wrong, if anything did."""
        tool = os.environ.get(self.tool.upper().replace("-", "_"), self.tool)
        line = self.line.format(tool=tool, report=shlex.quote(str(report)))
        return execute(["sh", "-c", line], root, report)


def of_detect_secrets(report: Path, _root: Path) -> Iterator[Finding]:
    """Yield the findings of a baseline that detect-secrets printed."""
    for path, found in json.loads(report.read_text(encoding="utf-8"))["results"].items():
        for each in found:
            place = Place(path.removeprefix("./"), each["line_number"], each["line_number"])
            yield Finding(each["type"], place, (place,))


def of_credsweeper(report: Path, _root: Path) -> Iterator[Finding]:
    """Yield the findings of CredSweeper's JSON; one over several lines reaches from the first to the last."""
    for each in json.loads(report.read_text(encoding="utf-8")):
        place = _spanned(each["line_data_list"])
        yield Finding(each["rule"], place, (place,))


def _spanned(parts: list[dict[str, Any]]) -> Place:
    lines = [part["line_num"] for part in parts]
    return Place(parts[0]["path"].removeprefix("./"), min(lines), max(lines))


SCANNERS = {
    "detect-secrets": Scanner("detect-secrets", f"{DETECT_SECRETS} > {{report}}", of_detect_secrets),
    "detect-secrets-no-entropy": Scanner(
        "detect-secrets", f"{DETECT_SECRETS} {WITHOUT_ENTROPY} > {{report}}", of_detect_secrets
    ),
    "credsweeper": Scanner("credsweeper", CREDSWEEPER, of_credsweeper),
    "credsweeper-no-ids": Scanner("credsweeper", CREDSWEEPER, of_credsweeper, rules=r"^(?!(UUID|Salt|AWS S3 Bucket)$)"),
    "gitleaks": Scanner("gitleaks", GITLEAKS, findings),
}
