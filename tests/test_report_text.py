"""The formats for people: what they show, that marks line up, and that nothing of the input acts."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata

import pytest
from factories import HOSTILE_TEXT, TEXT, make_entry, make_related, make_report, make_result, make_span, spanning
from hypothesis import given
from hypothesis import strategies as st

from archlint.diagnostic import Edit, Fix, Severity
from archlint.report.escaping import visible
from archlint.report.formats import render
from archlint.report.options import RenderOptions

FORBIDDEN = {"Cc", "Cs", "Zl", "Zp"}
BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def acting(text: str) -> set[str]:
    """Return the characters of a text, line feeds apart, that a terminal would not simply show."""
    return {one for one in text if one != "\n" and (unicodedata.category(one) in FORBIDDEN or one in BIDI)}


def test_full_shows_code_chain_related_places_help_and_fix() -> None:
    result = make_result(
        flow=(make_related("route `GET /orders`", spanning("def orders")), make_related("the query runs")),
        related=(make_related(),),
        fix=Fix("add `select_related`", (Edit(0, 0, "x"),)),
    )
    assert render(make_report(result), "full", RenderOptions()) == (
        """\
warning[ARC101] query-in-loop: `order.customer` is loaded once per order
 --> app/views.py:3:15
  |
3 |         print(order.customer.name)
  |               ^^^^^^^^^^^^^^
  = chain:
    1. app/views.py:1  route `GET /orders`
    2. app/views.py:2  the query runs
note: the loop is here
 --> app/views.py:2:5
  |
2 |     for order in Order.objects.all():
  |     ---------------------------------
help: Load the rows with one query, e.g. with `select_related`
fix: add `select_related` (suggested)
see: archlint explain ARC101

Found 1 diagnostic (1 warning) in 120 files.
"""
    )


def test_fixes_are_left_out_on_request() -> None:
    report = make_report(make_result(fix=Fix("add it", (Edit(0, 0, "x"),))))
    assert "fix:" in render(report, "full", RenderOptions())
    assert "fix:" not in render(report, "full", RenderOptions(show_fixes=False))


def test_without_the_text_there_is_a_place_and_no_frame() -> None:
    text = render(make_report(make_result(), texts={}), "full", RenderOptions())
    assert " --> app/views.py:3:15\nhelp:" in text


def test_a_span_past_the_end_has_no_frame() -> None:
    text = render(make_report(make_result(span=make_span(line=99))), "full", RenderOptions())
    assert "--> app/views.py:99:15\nhelp:" in text


@pytest.mark.parametrize(
    ("line", "part", "code", "marks"),
    [
        pytest.param("x = bad()", "bad()", "x = bad()", "    ^^^^^", id="plain"),
        pytest.param("\tx = bad()", "bad()", "    x = bad()", "        ^^^^^", id="leading tab"),
        pytest.param("ab\tbad()", "bad()", "ab  bad()", "    ^^^^^", id="tab stop"),
        pytest.param("a = '漢字', bad()", "bad()", "a = '漢字', bad()", "            ^^^^^", id="wide before"),
        pytest.param("a = '漢字'", "'漢字'", "a = '漢字'", "    ^^^^^^", id="wide within"),
        pytest.param("\uff21\uff22 bad()", "bad()", "\uff21\uff22 bad()", "     ^^^^^", id="full width"),
        pytest.param("e\u0301 = bad()", "bad()", "e\u0301 = bad()", "    ^^^^^", id="combining"),
        pytest.param("\x1b[2J bad()", "bad()", "\\x1b[2J bad()", "        ^^^^^", id="escape sequence"),
        pytest.param("\u202e bad()", "bad()", "\\u202e bad()", "       ^^^^^", id="bidi control"),
        pytest.param("\U000e0041 bad()", "bad()", "\\U000e0041 bad()", "           ^^^^^", id="invisible tag"),
        pytest.param("x" * 300 + "bad()", "bad()", "..." + "x" * 80 + "bad()", " " * 83 + "^^^^^", id="long before"),
        pytest.param("bad()" + "y" * 300, "bad()", "bad()" + "y" * 195 + "...", "^^^^^", id="long after"),
        pytest.param("z" * 300, "z" * 300, "z" * 200 + "...", "^" * 200, id="long within"),
        pytest.param("x = bad(\n  1)", "bad(\n  1)", "x = bad(", "    ^^^^", id="several lines"),
        pytest.param("x = 1\r\ny = 2", "1", "x = 1", "    ^", id="CR LF"),
    ],
)
def test_marks_stand_below_what_is_meant(line: str, part: str, code: str, marks: str) -> None:
    result = make_result(span=spanning(part, line, "a.py"))
    lines = render(make_report(result, texts={"a.py": line}), "full", RenderOptions()).splitlines()
    assert lines[3:5] == [f"1 | {code}", f"  | {marks}"]


def test_an_empty_span_has_one_mark() -> None:
    lines = render(make_report(make_result(span=make_span(width=0))), "full", RenderOptions()).splitlines()
    assert lines[4] == "  |               ^"


def test_concise_is_one_line_each_and_a_summary_on_request() -> None:
    report = make_report(make_result(), make_result("again", severity=Severity.ERROR))
    lines = [
        "app/views.py:3:15: ARC101 `order.customer` is loaded once per order",
        "app/views.py:3:15: ARC101 again",
    ]
    assert render(report, "concise", RenderOptions()).splitlines() == lines
    with_summary = render(report, "concise", RenderOptions(summary=True)).splitlines()
    assert with_summary == [*lines, "Found 2 diagnostics (1 error, 1 warning) in 120 files."]


@given(st.lists(st.tuples(HOSTILE_TEXT, HOSTILE_TEXT), max_size=4))
def test_concise_is_one_harmless_line_for_each_result(found: list[tuple[str, str]]) -> None:
    results = [make_result(message, span=make_span(path)) for path, message in found]
    text = render(make_report(*results), "concise", RenderOptions())
    assert text.count("\n") == len(found) == len(text.splitlines())
    assert not acting(text)
    text.encode()


@given(HOSTILE_TEXT, HOSTILE_TEXT, HOSTILE_TEXT)
def test_full_is_harmless_whatever_path_message_and_source_hold(path: str, message: str, source: str) -> None:
    result = make_result(message, span=make_span(path, line=1, column=1), related=(make_related(message),))
    report = make_report(result, texts={path: source}, skipped=((path, message),), hints=(message,))
    text = render(report, "full", RenderOptions())
    assert not acting(text)
    assert text.splitlines() == text.split("\n")[:-1]


@given(HOSTILE_TEXT)
def test_a_path_never_reads_like_the_escape_of_another(path: str) -> None:
    twin = visible(path) if visible(path) != path else f"{path}a"
    first, second = (
        render(make_report(make_result(span=make_span(path))), "concise", RenderOptions()) for path in (path, twin)
    )
    assert first != second


RUNNER_COMMAND = re.compile(r"^\s*::|##\w*\[", re.MULTILINE)


@pytest.mark.parametrize("format_name", ["full", "concise"])
@given(
    path=HOSTILE_TEXT, message=st.sampled_from(["", " ", "\u3000"]).flatmap(lambda blank: st.just(f"{blank}::error::x"))
)
def test_in_ci_no_line_is_a_command(format_name: str, path: str, message: str) -> None:
    for text in (path, message, f"{message}##[error]", f"##vso[{path}"):
        result = make_result(text, span=make_span(text, line=1, column=1))
        report = make_report(result, texts={text: text}, skipped=((text, text),), hints=(text,))
        assert not RUNNER_COMMAND.search(render(report, format_name, RenderOptions(ci=True, summary=True)))


def test_outside_ci_nothing_is_changed_for_a_runner() -> None:
    report = make_report(make_result(span=make_span("::a.py")))
    assert render(report, "concise", RenderOptions()).startswith("::a.py:3:15: ")
    assert render(report, "concise", RenderOptions(ci=True)).startswith(r"\x3a:a.py:3:15: ")


@pytest.mark.parametrize("format_name", ["full", "concise"])
def test_colours_change_nothing_but_colours(format_name: str) -> None:
    report = make_report(
        make_result(flow=(make_related(),), related=(make_related(),)), skipped=(("a.py", "too large"),), hints=("h",)
    )
    plain = render(report, format_name, RenderOptions(summary=True))
    coloured = render(report, format_name, RenderOptions(color=True, summary=True))
    assert "\x1b[" not in plain
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == plain


def test_rendering_without_colour_loads_neither_click_nor_rich() -> None:
    code = "import sys, archlint.report.formats; sys.exit(bool({'click', 'rich', 'libcst', 'yaml'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_help_is_the_first_sentence_of_the_remedy() -> None:
    entry = make_entry(instead="Use `a.b` i.e.\nthe short one:\n\n```python\nx\n```\nMore.")
    text = render(make_report(make_result(entry=entry)), "full", RenderOptions())
    assert "\nhelp: Use `a.b` i.e. the short one\n" in text


def test_the_text_of_the_source_is_what_the_report_gives() -> None:
    masked = TEXT.replace("customer", "********")
    text = render(make_report(make_result("a secret"), texts={"app/views.py": masked}), "full", RenderOptions())
    assert "customer" not in text
    assert "order.********" in text
