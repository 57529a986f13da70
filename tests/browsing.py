"""Pages as a parser and as a browser see them."""

from __future__ import annotations

import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


class Page(HTMLParser):
    """Collects what a browser would take for elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def opened(text: str, folder: Path, fragment: str = "") -> Page:
    """Return what Chromium has made of a page after its script ran."""
    assert CHROMIUM is not None
    file = folder / "page.html"
    file.write_text(text, encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
    options += ["--disable-background-networking", "--disable-component-update", f"--user-data-dir={folder / 'user'}"]
    done = subprocess.run(
        [CHROMIUM, *options, "--virtual-time-budget=3000", "--dump-dom", f"{file.as_uri()}{fragment}"],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return Page(done.stdout)


in_a_browser = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
