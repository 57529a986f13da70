"""One HTML page that needs nothing else: no network, no other file, its own script and style alone."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from html import escape
from importlib import resources
from string import Template

from archlint.report.escaping import json_text, visible


def html_page(folder: str, stem: str, title: str, document: object) -> str:
    """Return the page of a folder of this package, with a document of plain values as JSON in it.

    Nothing of the project is markup in it, and its policy allows the page's own script alone.
    """
    style, script = _part(folder, f"{stem}.css"), _part(folder, f"{stem}.js")
    return Template(_part(folder, f"{stem}.html")).substitute(
        title=escape(visible(title)),
        style=style,
        script=script,
        style_hash=_digest(style),
        script_hash=_digest(script),
        data=_inert(json_text(document)),
    )


def _part(folder: str, name: str) -> str:
    return resources.files("archlint.report").joinpath(folder, name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _inert(text: str) -> str:
    """Return JSON that ends no element and starts no comment."""
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
