"""Every rule over its fixture projects, exact in both directions."""

from __future__ import annotations

from pathlib import Path

import pytest
from cases import Expectation, cases, expectations, run_case

from archlint.catalogue import catalogue


@pytest.mark.parametrize("case", cases(), ids=lambda case: "-".join(case.parts[-2:]))
def test_case(case: Path, tmp_path: Path) -> None:
    stem = case.parent.name
    code = next(entry.code for entry in catalogue() if entry.stem == stem)

    report = run_case(case, tmp_path, code)

    expected = expectations(case)
    assert bool(expected) == case.name.startswith("bad"), "bad cases expect something, good cases nothing"
    found = sorted((r.diagnostic.span.path, r.diagnostic.span.line, r.diagnostic.code) for r in report.results)
    assert found == [(one.path, one.line, one.code) for one in expected], [r.diagnostic.message for r in report.results]
    _assert_texts(expected, report)


def _assert_texts(expected: list[Expectation], report: object) -> None:
    messages = {
        (r.diagnostic.span.path, r.diagnostic.span.line, r.diagnostic.code): r.diagnostic.message
        for r in report.results  # type: ignore[attr-defined]
    }
    for one in expected:
        assert one.text in messages[one.path, one.line, one.code]
