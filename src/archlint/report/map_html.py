"""The map of a project as one HTML page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.report.html_page import html_page
from archlint.report.map_json import map_document

if TYPE_CHECKING:
    from archlint.project.views.service_map import ServiceMap


def map_html(whole: ServiceMap, title: str) -> str:
    """Return the page."""
    return html_page("map_page", "map", title, map_document(whole))
