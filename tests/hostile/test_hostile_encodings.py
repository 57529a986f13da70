"""Bytes and encodings, 1 to 24 of `docs/reliability.md`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from surroundings import BLOCKING, FOUND, archlint, lint, lint_one, places, report, write

COOKIES = ("klingon", "rot13", "zlib", "hex", "undefined", "utf-16", "utf-7", "unicode_escape")
BINARY = {
    "image.py": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0PAYLOAD\xff",
    "compiled.py": b"\xa7\r\r\n\0\0\0\0PAYLOAD\xff",
    "program.py": b"\x7fELF\x02\x01\x01\0PAYLOAD\xff",
    "packed.py": b"\x1f\x8b\x08\0PAYLOAD\xff\xfe",
}


@pytest.mark.parametrize("text", ["", "\n", "\r\n", "# a comment", " \t\x0c\n"], ids=repr)
def test_nothing_is_clean(tmp_path: Path, text: str) -> None:
    assert lint_one(tmp_path, text) == []


def test_a_byte_order_mark_shifts_no_column(tmp_path: Path) -> None:
    text = "async def f(): time.sleep(1)\nimport time\n"
    assert places(lint_one(tmp_path, "\ufeff" + text)) == places(lint_one(tmp_path, text)) == [("ARC301", 1, 16)]


def test_a_mark_and_another_encoding_contradict_each_other(tmp_path: Path) -> None:
    [found] = lint_one(tmp_path, b"\xef\xbb\xbf# coding: latin-1\n")
    assert (found.place, found.message.rpartition(": ")[2]) == (("ARC004", 1, 1), "`latin-1` with BOM")


def test_columns_are_characters_in_any_encoding(tmp_path: Path) -> None:
    text = f"# coding: latin-1\n{BLOCKING}".replace("    time", "    x = 'é'; time")
    assert places(lint_one(tmp_path, text.encode("latin-1"))) == [("ARC301", 6, 14)]


@pytest.mark.parametrize("cookie", COOKIES)
def test_an_encoding_that_hides_code_is_a_note(tmp_path: Path, cookie: str) -> None:
    [found] = lint_one(tmp_path, f"# coding: {cookie}\n{BLOCKING}")
    assert (found.place, "source encoding" in found.message) == (("ARC004", 1, 1), True)


def test_what_cannot_be_read_is_not_fixed(tmp_path: Path) -> None:
    files = {f"with_{cookie}.py": f"# coding: {cookie}\n{BLOCKING}".encode() for cookie in COOKIES}
    write(tmp_path, files)
    assert archlint(tmp_path, "--fix", "--unsafe-fixes").returncode == 0
    assert {name: (tmp_path / name).read_bytes() for name in files} == files


@pytest.mark.parametrize(
    ("data", "place", "says"),
    [
        pytest.param(b"x = 1\ny = '\xe9'\n", ("ARC004", 2, 6), "offset 11", id="invalid-utf8"),
        pytest.param("x = 1\n".encode("utf-16"), ("ARC004", 1, 1), "UTF-16", id="utf16"),
        pytest.param("x = 1\n".encode("utf-16-le"), ("ARC001", 1, 2), "null bytes", id="utf16-without-mark"),
        pytest.param(b"x = 1\ny \0= 2\n", ("ARC001", 2, 3), "null bytes", id="nul"),
        pytest.param(b"x = 1\ny = '\0'\n", ("ARC001", 2, 6), "null bytes", id="nul-in-a-string"),
        pytest.param(b"x = 1\n\x1ay = 2\n", ("ARC001", 2, 1), "invalid", id="ctrl-z"),
        pytest.param(b"x = 1\ny = \x01 2\n", ("ARC001", 2, 5), "invalid", id="control-character"),
        pytest.param("x = 1\ny =\u00a02\n".encode(), ("ARC001", 2, 4), "invalid", id="no-break-space"),
        pytest.param(b"x = 1\ny = 2 \\", ("ARC001", 2, 8), "unexpected EOF", id="trailing-backslash"),
    ],
)
def test_what_is_no_source_is_told_where_it_begins(
    tmp_path: Path, data: bytes, place: tuple[str, int, int], says: str
) -> None:
    [found] = lint_one(tmp_path, data)
    assert found.place == place
    assert says in found.message


def test_binary_files_are_not_echoed(tmp_path: Path) -> None:
    write(tmp_path, {**BINARY, "good.py": BLOCKING})
    done = archlint(tmp_path, "--output=sarif=report.sarif", "--output=github=report.txt")
    assert [(one.path, one.code) for one in lint(tmp_path)] == [
        ("compiled.py", "ARC003"),
        ("good.py", "ARC301"),
        ("image.py", "ARC003"),
        ("packed.py", "ARC003"),
        ("program.py", "ARC003"),
    ]
    written = done.stdout + b"".join((tmp_path / name).read_bytes() for name in ("report.sarif", "report.txt"))
    assert b"PAYLOAD" not in written


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param("\x0c" + BLOCKING, FOUND, id="form-feed-first"),
        pytest.param(BLOCKING.replace("    time", "\x0c    time"), ("ARC301", 5, 6), id="form-feed-in-an-indent"),
        pytest.param(BLOCKING.replace("\n", "\r"), FOUND, id="carriage-returns"),
        pytest.param("import time\r\n\r\n\nasync def wait():\r    time.sleep(1)\n", FOUND, id="mixed-line-ends"),
        pytest.param(BLOCKING.rstrip(), FOUND, id="no-line-end"),
        pytest.param(BLOCKING.replace("\n\n\n", "\nx = '\u2028\x0b\x1c\x85\u2029'\n\n"), FOUND, id="other-line-ends"),
        pytest.param(BLOCKING.replace("time.", "\uff54ime."), FOUND, id="compatible-identifier"),
        pytest.param(BLOCKING.replace("    time", "    x = '🎉'; time"), ("ARC301", 5, 14), id="astral"),
    ],
)
def test_odd_text_is_analysed_and_found_where_python_says(
    tmp_path: Path, text: str, place: tuple[str, int, int]
) -> None:
    assert places(lint_one(tmp_path, text)) == [place]


def test_fixes_keep_each_line_end(tmp_path: Path) -> None:
    text = "import requests\r\n\r\n\n# é\rdef f(url):\r    return requests.get(url)  # archlint: ignore[ARC101]\n"
    write(tmp_path, {"a.py": text})
    assert archlint(tmp_path, "--fix", "--select=ARC006,ARC101").returncode == 0
    fixed = (tmp_path / "a.py").read_bytes().decode()
    assert fixed == text.replace("  # archlint: ignore[ARC101]", "")


def test_bidi_controls_are_shown_as_escapes(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": BLOCKING.replace("sleep(1)", "sleep(1)  # \u202e\u2066 \u0440\u0430ypal")})
    done = archlint(tmp_path)
    assert b"time.sleep(1)  # \\u202e\\u2066" in done.stdout
    assert "\u202e".encode() not in done.stdout


def test_columns_behind_an_astral_character_are_right_in_each_format(tmp_path: Path) -> None:
    """SARIF counts as its `columnKind` says, in UTF-16; all else in characters."""
    write(tmp_path, {"a.py": BLOCKING.replace("    time", "    x = '🎉'; time")})
    archlint(tmp_path, "--output=sarif=report.sarif", "--output=github=report.txt", "--output=concise=plain.txt")
    [json_result] = report(tmp_path)["diagnostics"]
    log = json.loads((tmp_path / "report.sarif").read_text(encoding="utf-8"))["runs"][0]
    region = log["results"][0]["locations"][0]["physicalLocation"]["region"]
    shift = {"unicodeCodePoints": 0, "utf16CodeUnits": 1}[log["columnKind"]]
    assert region["startColumn"] == 14 + shift
    assert json_result["column"] == 14
    assert "col=14" in (tmp_path / "report.txt").read_text(encoding="utf-8")
    assert (tmp_path / "plain.txt").read_text(encoding="utf-8").startswith("a.py:5:14:")
