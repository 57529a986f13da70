"""The summary for pull requests: it fits into a comment, and nothing from the checked project is markup in it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from factories import any_report, make_entry, make_full_report, make_related, make_report, make_result, make_span
from hypothesis import given, settings

from archlint.diagnostic import Severity
from archlint.report.formats import render
from archlint.report.markdown import LONGEST
from archlint.report.options import RenderOptions
from archlint.report.result import Report

TAGS = {"details", "summary", "b", "code", "ol", "ul", "li", "p"}
HOSTILE = "<img src=x> @somebody #1 https://x.example/ [x](y) `a<b>|c` `odd"


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        assert tag in TAGS
        assert not attrs
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def shown(report: Report, **options: Any) -> str:
    """Return a summary whose HTML stands in blocks that close what they open, since Markdown begins at empty lines."""
    text = render(report, "markdown", RenderOptions(**options))
    assert len(text) <= LONGEST
    for block in re.split(r"\n\n+", text):
        if "<details>" in block:
            assert block.startswith("<details>")
            tags = _Tags()
            tags.feed(block)
            assert not tags.open
    return text


@settings(max_examples=40, deadline=None)
@given(any_report())
def test_any_report_is_markdown_with_closed_blocks(report: Report) -> None:
    text = shown(report)
    assert text.count("<details>") == len(report.results) + bool(report.skipped)


def test_nothing_found() -> None:
    assert shown(make_report()) == "## archlint\n\nAll clear: 120 files checked.\n"


def test_figures_rules_and_findings_with_their_chain() -> None:
    text = shown(make_full_report(crashed=True, fixed=1))
    head, _, rest = text.partition("| rule |")
    assert "Found 3 diagnostics (1 error, 1 warning, 1 note) in 120 files." in head
    assert "Made 1 fix." in head
    assert "**archlint failed in at least one rule" in head
    assert "<summary>1 file could not be checked</summary><ul><li><code>app/big.py</code>: too large</li></ul>" in head
    assert "| `ARC101` query-in-loop | A query runs once for each turn of a loop. | 2 | error |" in rest
    assert "<ol><li><code>app/urls.py:4</code> <code>GET /orders</code> is served here</li>" in rest
    assert "<ul><li><code>app/models.py:7</code> the model</li></ul>" in rest
    assert rest.index("ARC101</code> <code>app/views.py:3") < rest.index("ARC401</code> <code>app/rates.py:9")


def test_nothing_in_a_message_is_markup() -> None:
    text = shown(make_report(make_result(HOSTILE, span=make_span("a/<b>.py"))))
    assert "&lt;img src=x&gt; @<!-- -->somebody #<!-- -->1 https:<!-- -->//x.example/ [x](y) " in text
    assert "<code>a&lt;b&gt;|c</code> `odd" in text
    assert "<code>a/&lt;b&gt;.py:3</code>" in text


def test_a_summary_cannot_end_its_cell() -> None:
    text = shown(make_report(make_result(entry=make_entry(summary="`a|b` or c|d"))))
    assert "| `a\\|b` or c\\|d | 1 |" in text


@pytest.mark.parametrize("message", ["x" * 5000, "&" * 5000, "##[" * 2000])
def test_what_does_not_fit_is_counted(message: str) -> None:
    flow = tuple(make_related(message) for _ in range(30))
    light = [make_result(message, span=make_span(line=number), flow=flow) for number in range(1, 300)]
    text = shown(make_report(*light, make_result("the worst", severity=Severity.ERROR)))
    shown_findings = text.count("<summary>")
    assert "the worst" in text
    assert 1 < shown_findings < 300
    assert f"\n{300 - shown_findings} more findings left out" in text
