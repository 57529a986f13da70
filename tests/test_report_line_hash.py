"""GitHub's line hash: the vectors that codeql-action publishes, and what must hold of any text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archlint.report.line_hash import line_hashes

GREETING = "e9496ae3ebfced30 fb7c023a8b9ccb3f ce8ba1a563dcdaca e20e36e16fcb0cc8 b3edc88f2938467e c8e28b0b4002a3a0"
VECTORS = {
    "empty": ("", "c129715d7a2bc9a3"),
    "short": (" a\nb\n  \t\tc\n d", "271789c17abda88f 54703d4cd895b18 180aee12dab6264 a23a3dc5e078b07b"),
    "no final line end": (
        " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End",
        "8b7cf3e952e7aeb2 b1ae1287ec4718d9 bff680108adb0fcc c6805c5e1288b612 b86d3392aea1be30 e6ceba753e1a442",
    ),
    "LF": (" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", f"{GREETING} c129715d7a2bc9a3"),
    "CR": (" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r", f"{GREETING} c129715d7a2bc9a3"),
    "CR LF": (
        " hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n",
        f"{GREETING} c129715d7a2bc9a3",
    ),
    "mixed": (" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n", f"{GREETING} c129715d7a2bc9a3"),
}


def hashes_of(text: str) -> list[str]:
    lines = len(re.split(r"\r\n|\r|\n", text))
    return list(line_hashes(text, range(1, lines + 1)).values())


@pytest.mark.parametrize(("text", "expected"), VECTORS.values(), ids=VECTORS)
def test_published_vectors(text: str, expected: str) -> None:
    assert hashes_of(text) == [f"{value}:1" for value in expected.split()]


def test_equal_lines_are_numbered() -> None:
    assert hashes_of("Lorem ipsum dolor sit amet.\n" * 10) == [
        *(f"a7f2ff13bc495cf2:{number}" for number in range(1, 7)),
        "a7f2ff1481e87703:1",
        "a9cf91f7bbf1862b:1",
        "55ec222b86bcae53:1",
        "cc97dc7b1d7d8f7b:1",
        "c129715d7a2bc9a3:1",
    ]


def rolling(text: str) -> list[str]:
    """Return the hashes as the published algorithm describes them: one unit at a time over a window."""
    raw = text.encode("utf-16-le", "surrogatepass")
    units = [int.from_bytes(raw[at : at + 2], "little") for at in range(0, len(raw), 2)]
    kept: list[int] = []
    after_return = False
    for unit in units:
        if unit in {9, 32} or (after_return and unit == 10):
            after_return = False
            continue
        after_return = unit == 13
        kept.append(10 if unit == 13 else unit)
    kept.append(0xFFFF)
    starts = [0, *(at + 1 for at, unit in enumerate(kept) if unit == 10)]
    counts: dict[int, int] = {}
    hashes = []
    for start in starts:
        window = (kept[start : start + 100] + [0] * 100)[:100]
        value = sum(unit * 37 ** (99 - at) for at, unit in enumerate(window)) % 2**64
        counts[value] = counts.get(value, 0) + 1
        hashes.append(f"{value:x}:{counts[value]}")
    return hashes


@given(st.lists(st.sampled_from("ab \t\r\n\u00e9\U0001f600\u2028"), max_size=300).map("".join))
def test_any_text_hashes_as_the_window_does(text: str) -> None:
    assert hashes_of(text) == rolling(text)


@given(st.text(st.sampled_from("a \n"), max_size=60), st.sets(st.integers(1, 40), max_size=5))
def test_one_line_hashes_as_it_does_among_all(text: str, lines: set[int]) -> None:
    every = line_hashes(text, range(1, 100))
    assert line_hashes(text, lines) == {line: every[line] for line in sorted(lines) if line in every}
