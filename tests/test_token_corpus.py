"""The corpus of tokens: what archlint makes of every known format and of what only looks like one."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks" / "accuracy"))

import pytest
from corpus_structures import NAMED
from token_corpus import KINDS, findings_of, score, write_corpus

pytestmark = pytest.mark.slow

FLOOR = 0.99
FLOOR_OF_A_KIND = 0.75


def test_tokens_are_found_and_twins_are_not(tmp_path: Path) -> None:
    samples = write_corpus(tmp_path, 2, seed=7, hosts=2)
    found = findings_of(tmp_path)
    scores = score(samples, found)
    assert scores.total.recall >= FLOOR, sorted(scores.wrong.items())
    assert scores.total.precision >= FLOOR, sorted(scores.wrong.items())
    assert {kind for kind, one in scores.kinds.items() if one.recall < FLOOR_OF_A_KIND} == set()
    # The search alone parses only what has a sign of a secret: it must find as much.
    assert findings_of(tmp_path, "secrets") == found


def test_each_kind_has_its_own_name() -> None:
    names = [kind.description for kind in KINDS]
    assert len(set(names)) == len(names)
    assert all(kind.twins for kind in KINDS)
    assert all(kind.name != "label" for kind in NAMED)
