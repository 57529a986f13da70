"""Code Quality reports of GitLab: what its merge requests show as found and as resolved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.diagnostic import Confidence, Severity
from archlint.report.escaping import json_text
from archlint.report.hosted import hosted

if TYPE_CHECKING:
    from archlint.report.options import RenderOptions
    from archlint.report.result import Report, Result

_SCALE = ("info", "minor", "major", "critical", "blocker")
_BLOCKING = 9.0
"""Where CVSS v3.1 begins to call a score critical."""


def gitlab(report: Report, options: RenderOptions) -> str:
    """Return the JSON array that `artifacts:reports:codequality` takes, an object for each result.

    Its fields are those of https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format.
    """
    found = hosted(report, options).report
    return json_text([_violation(result) for result in found.results], indent=2) + "\n"


def _violation(result: Result) -> dict[str, object]:
    found = result.diagnostic
    line = max(found.span.line, 1)
    return {
        "description": f"{found.code}: {found.message}",
        "check_name": result.entry.name,
        "fingerprint": result.fingerprint,
        "severity": _severity(result),
        "location": {"path": found.span.path, "lines": {"begin": line, "end": max(found.span.end_line, line)}},
    }


def _severity(result: Result) -> str:
    """Return one of five levels: notes are minor, what is less than sure is one softer, and a leak blocks."""
    step = {Severity.NOTE: 1, Severity.WARNING: 2, Severity.ERROR: 3}[result.severity]
    if result.severity is Severity.ERROR and (result.entry.security_severity or 0) >= _BLOCKING:
        step += 1
    return _SCALE[step - (result.diagnostic.confidence is Confidence.LOW)]
