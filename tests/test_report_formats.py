"""What holds in every format: any report is rendered, read back, the same again, and tells no place of this machine."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from factories import any_report, make_full_report, make_report, make_result, make_span
from hypothesis import given, settings

from archlint.report.formats import FORMATS, render
from archlint.report.options import RenderOptions
from archlint.report.result import Report

HOSTED = ("gitlab", "junit", "rdjson", "checkstyle", "markdown", "agent", "tasks")
"""The formats whose files leave the machine: their paths start at the root of the repository."""
READERS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("json", "sarif", "gitlab", "rdjson", "agent"), json.loads),
    **dict.fromkeys(("junit", "checkstyle"), ET.fromstring),
    "jsonl": lambda text: [json.loads(line) for line in text.splitlines()],
}


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=60, deadline=None)
@given(any_report())
def test_any_report_is_rendered_and_read_back(name: str, report: Report) -> None:
    text = render(report, name, RenderOptions(ci=True))
    assert text == render(report, name, RenderOptions(ci=True))
    READERS.get(name, str)(text)
    if name in HOSTED:
        text.encode("utf-8")
        assert "/outside/" not in text
    if name != "github":
        assert not re.search(r"^[^\S\n]*::|##\w*\[", text, re.MULTILINE)


@pytest.mark.parametrize("name", HOSTED)
def test_files_are_named_from_the_root_of_the_repository(name: str) -> None:
    text = render(make_full_report(), name, RenderOptions(root_in_repository="services/shop"))
    assert "services/shop/app/views.py" in text
    assert not re.search(r"(?<!services/shop/)app/views\.py", text)


@pytest.mark.parametrize("name", HOSTED)
def test_a_file_outside_the_repository_is_named_nowhere(name: str) -> None:
    result = make_result(span=make_span("/home/somebody/x.py"))
    text = render(make_report(result, skipped=(("/home/somebody/y.py", "too large"),)), name, RenderOptions())
    assert "somebody" not in text
    if name in {"junit", "markdown", "agent", "tasks"}:
        assert "outside" in text


@pytest.mark.parametrize("name", sorted({*HOSTED} - {"gitlab", "rdjson", "checkstyle"}))
def test_what_could_not_be_checked_is_said(name: str) -> None:
    text = render(make_full_report(crashed=True), name, RenderOptions())
    assert "app/big.py" in text
    assert "too large" in text
    assert "failed in at least one rule" in text


@pytest.mark.parametrize("name", HOSTED)
def test_no_message_is_empty(name: str) -> None:
    text = render(make_report(make_result("")), name, RenderOptions())
    assert "A query runs once for each turn of a loop." in text
