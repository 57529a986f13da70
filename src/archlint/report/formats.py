"""The formats of a report, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from archlint.errors import UsageError
from archlint.report.github import github
from archlint.report.json_report import json_lines, json_report
from archlint.report.options import RenderOptions
from archlint.report.result import Report
from archlint.report.sarif import sarif
from archlint.report.text import concise, full

Renderer = Callable[[Report, RenderOptions], str]

FORMATS: Mapping[str, Renderer] = MappingProxyType(
    {
        "full": full,
        "concise": concise,
        "json": json_report,
        "jsonl": json_lines,
        "sarif": sarif,
        "github": github,
    }
)


def render(report: Report, format: str, options: RenderOptions) -> str:  # noqa: A002 - what users call it
    """Return the report in a format; raises `UsageError` for a name that is not in `FORMATS`."""
    if format not in FORMATS:
        raise UsageError(f"unknown output format `{format}`: use one of {', '.join(FORMATS)}")
    return FORMATS[format](report, options)
