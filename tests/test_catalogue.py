"""The catalogue agrees with the code and the fixtures, and its examples are true."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from cases import FIXTURES, selection

import archlint.rules
from archlint import check
from archlint.catalogue import Entry, Example, catalogue
from archlint.registry import load
from archlint.settings import Overrides

ROOT = Path(__file__).parents[1]
CODE_RANGES = {
    "tool": "0", "loops": "1", "bounds": "2", "request_path": "3", "external": "4", "secrets": "5", "sql": "6",
    "api": "7", "services": "8", "operations": "9",
}  # fmt: skip
EXAMPLES = [(entry, number, example) for entry in catalogue() for number, example in enumerate(entry.examples)]


def _stems(folder: Path, pattern: str) -> set[str]:
    found = {path.relative_to(folder).with_suffix("").as_posix() for path in folder.glob(pattern)}
    return {stem for stem in found if not stem.endswith("__init__") and not stem.startswith("knowledge/")}


def test_the_three_trees_have_the_same_stems() -> None:
    in_catalogue = _stems(ROOT / "rules", "*/*.yaml")
    assert in_catalogue == _stems(Path(archlint.rules.__path__[0]), "*/*.py")
    fixtures = {path.relative_to(FIXTURES).as_posix() for path in FIXTURES.glob("*/*") if path.is_dir()}
    # A crash, a time-out and what only CI is told cannot be shown by a file: they have tests of their own.
    assert in_catalogue - fixtures <= {"tool/rule_crashed", "tool/stale_baseline_entry"}
    assert fixtures <= in_catalogue


@pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: entry.code)
def test_entry(entry: Entry) -> None:
    assert load(entry).code == entry.code
    assert re.fullmatch(r"ARC\d{3}", entry.code)
    assert entry.code[3] == CODE_RANGES[entry.family], "the family decides the first digit"
    assert re.fullmatch(r"[A-Z`][^.]*(\.\w[^.]*)*\.", entry.summary), "the summary is one sentence"
    assert not re.match(r"(no|ban|disallow|forbid)-", entry.name), "the name says what is bad"
    assert entry.source or entry.family == "tool", "a rule encodes a line of the checklist"


def test_codes_and_names_are_unique() -> None:
    for values in ([entry.code for entry in catalogue()], [entry.name for entry in catalogue()]):
        assert max(Counter(values).values()) == 1


def test_each_rule_has_bad_and_good_cases() -> None:
    for entry in catalogue():
        names = [path.name for path in (FIXTURES / entry.family / entry.stem).glob("*") if path.is_dir()]
        if names:
            assert any(name.startswith("bad") for name in names), entry.code
            assert any(name.startswith("good") for name in names), entry.code


@pytest.mark.parametrize(
    ("entry", "number", "example"), EXAMPLES, ids=[f"{entry.code}-{number}" for entry, number, _ in EXAMPLES]
)
def test_example(entry: Entry, number: int, example: Example, tmp_path: Path) -> None:
    bad = example.bad_files or {example.path: example.bad}
    good = example.good_files or {example.path: example.good}
    assert _codes(tmp_path / "bad", bad, entry.code) == {entry.code}, f"example {number} is not reported"
    assert _codes(tmp_path / "good", good, entry.code) == set(), f"example {number}'s correction is reported"


def _codes(folder: Path, files: dict[str, str], code: str) -> set[str]:
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    if "archlint.toml" not in files:
        (folder / "archlint.toml").write_text("", encoding="utf-8")
    report = check([folder], root=folder, overrides=Overrides(select=selection(code), no_cache=True))
    return {result.diagnostic.code for result in report.results} & {code, "ARC001", "ARC002"}
