"""Annotations for GitHub Actions: one workflow command for each result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.diagnostic import Severity
from archlint.report.escaping import visible
from archlint.report.links import repository_path
from archlint.report.regions import Texts, first_line

if TYPE_CHECKING:
    from archlint.report.options import RenderOptions
    from archlint.report.result import Report, Result


def github(report: Report, options: RenderOptions) -> str:
    """Return `::error file=…,line=…::message` for each result, the place cut to one line as GitHub wants it."""
    texts = Texts(report.texts)
    return "".join(_command(result, texts, options) + "\n" for result in report.results)


def _command(result: Result, texts: Texts, options: RenderOptions) -> str:
    found, span = result.diagnostic, first_line(result.diagnostic.span, texts)
    command = "notice" if result.severity is Severity.NOTE else result.severity.value
    properties = {
        "file": repository_path(span.path, options.root_in_repository) or span.path,
        "line": str(span.line),
        "col": str(span.column),
        "endLine": str(span.end_line),
        "endColumn": str(span.end_column),
        "title": f"{found.code} {result.entry.name}",
    }
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{command} {listed}::{_data(found.message)}"


def _data(text: str) -> str:
    r"""Return a text as a command carries it; line ends are encoded, other unseen characters shown as `\x1b`."""
    encoded = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return visible(encoded)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
