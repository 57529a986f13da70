"""Checkstyle's XML, which nearly every tool that collects warnings reads."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from archlint.diagnostic import Severity
from archlint.report.hosted import hosted
from archlint.report.order import sort_results
from archlint.report.xml_document import element, xml_document

if TYPE_CHECKING:
    from archlint.report.options import RenderOptions
    from archlint.report.result import Report, Result

_VERSION = "8.0"
"""The version of Checkstyle whose form this is; readers ask that there is one."""


def checkstyle(report: Report, options: RenderOptions) -> str:
    """Return an `error` element for each result below the `file` that it is in."""
    root = ET.Element("checkstyle", version=_VERSION)
    results = sort_results(hosted(report, options).report.results)
    for path, found in groupby(results, key=lambda result: result.diagnostic.span.path):
        element(root, "file", name=path).extend(map(_error, found))
    return xml_document(root)


def _error(result: Result) -> ET.Element:
    found, entry = result.diagnostic, result.entry
    return element(
        None,
        "error",
        line=str(max(found.span.line, 1)),
        column=str(max(found.span.column, 1)),
        severity="info" if result.severity is Severity.NOTE else result.severity.value,
        message=f"{found.code} {found.message}",
        source=".".join(part for part in ("archlint", entry.family, entry.name) if part),
    )
