"""The map of a project as one HTML page that needs nothing else: no network, no other file."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from html import escape
from importlib import resources
from string import Template
from typing import TYPE_CHECKING

from archlint.report.escaping import json_text, visible
from archlint.report.map_json import map_document

if TYPE_CHECKING:
    from archlint.project.views.service_map import ServiceMap


def map_html(whole: ServiceMap, title: str) -> str:
    """Return the page. Nothing of the project is markup in it, and its policy allows the page's own script alone."""
    style, script = _part("map.css"), _part("map.js")
    return Template(_part("map.html")).substitute(
        title=escape(visible(title)),
        style=style,
        script=script,
        style_hash=_digest(style),
        script_hash=_digest(script),
        data=_inert(json_text(map_document(whole))),
    )


def _part(name: str) -> str:
    return resources.files("archlint.report").joinpath("map_page", name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _inert(text: str) -> str:
    """Return JSON that ends no element and starts no comment."""
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
