"""A run that reports on some files says of them what a run over the whole project says."""

from __future__ import annotations

from pathlib import Path

import pytest
from cases import cases, copied, expectations

from archlint import check
from archlint.diagnostic import Diagnostic
from archlint.report.result import Report
from archlint.settings import Overrides

_OVERRIDES = Overrides(select=("ALL",), preview=True, no_cache=True, min_confidence="low", jobs=1)
_BAD = [case for case in cases() if case.name.startswith("bad")]


@pytest.mark.slow
@pytest.mark.parametrize("case", _BAD, ids=lambda case: "-".join(case.parts[-2:]))
def test_file_alone_has_its_findings(case: Path, tmp_path: Path) -> None:
    project = copied(case, tmp_path)

    whole = check([project], root=project, overrides=_OVERRIDES)

    for path in sorted({one.path for one in expectations(case)}):
        alone = check([project / path], root=project, overrides=_OVERRIDES)
        assert _found(alone, path) == _found(whole, path)


def _found(report: Report, path: str) -> list[Diagnostic]:
    return [one.diagnostic for one in report.results if one.diagnostic.span.path == path]
