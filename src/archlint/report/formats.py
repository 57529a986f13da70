"""The formats of a report, by name; each is imported when a report is made in it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import MappingProxyType

from archlint.errors import UsageError
from archlint.report.options import RenderOptions
from archlint.report.result import Report

Renderer = Callable[[Report, RenderOptions], str]

FORMATS = MappingProxyType(
    {
        "full": "text.full",
        "concise": "text.concise",
        "json": "json_report.json_report",
        "jsonl": "json_report.json_lines",
        "sarif": "sarif.sarif",
        "github": "github.github",
        "gitlab": "gitlab.gitlab",
        "junit": "junit.junit",
        "rdjson": "rdjson.rdjson",
        "checkstyle": "checkstyle.checkstyle",
        "markdown": "markdown.markdown",
        "agent": "agent.agent",
        "tasks": "tasks.tasks",
    }
)
"""Which module of this package, and which function of it, renders a report."""


SHOWING = MappingProxyType(
    {
        "include_baselined": frozenset({"full", "concise", "json", "jsonl", "sarif"}),
        "include_suppressed": frozenset({"json", "jsonl", "sarif"}),
    }
)
"""Which formats show what is no result, by the option that asks for it."""


def render(report: Report, format: str, options: RenderOptions) -> str:  # noqa: A002 - what users call it
    """Return the report in a format; raises `UsageError` for a name that is not in `FORMATS`."""
    if format not in FORMATS:
        raise UsageError(f"unknown output format `{format}`: use one of {', '.join(FORMATS)}")
    module, _, function = FORMATS[format].partition(".")
    renderer: Renderer = getattr(import_module(f"archlint.report.{module}"), function)
    return renderer(report, options)
