"""The table of `docs/reliability.md` is whole, and each test that it names is there."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "reliability.md"
_ROW = re.compile(r"^\| ([\d, -]+) \|", re.MULTILINE)
_BUILT_LATER = {65}


def numbers(cell: str) -> set[int]:
    """Return the numbers of a cell such as `36-41, 43`."""
    found: set[int] = set()
    for part in cell.split(","):
        first, _, last = part.strip().partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return found


def test_each_input_stands_in_the_table_once() -> None:
    listed = [number for cell in _ROW.findall(PAGE.read_text(encoding="utf-8")) for number in numbers(cell)]
    assert sorted(listed) == list(range(1, 73))


def test_each_row_names_a_test_or_what_is_not_built() -> None:
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cell = _ROW.match(line)
        if cell is not None:
            assert "test_" in line or "the same" in line or numbers(cell[1]) <= _BUILT_LATER, line


def test_the_tests_that_it_names_are_there() -> None:
    written = "".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    named = re.findall(r"`(test_\w+)`", PAGE.read_text(encoding="utf-8"))
    assert named != []
    assert [name for name in named if f"def {name}(" not in written] == []
