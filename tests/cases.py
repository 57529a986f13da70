"""The fixture projects of archlint's own rules."""

from __future__ import annotations

from pathlib import Path

from archlint import check
from archlint.report.result import Report
from archlint.settings import Overrides
from archlint.testing import SIDECAR, Expectation, cases_in, copied, expectations

__all__ = ["FIXTURES", "SIDECAR", "Expectation", "cases", "copied", "expectations", "run_case", "selection"]
FIXTURES = Path(__file__).parent / "fixtures"


def cases() -> list[Path]:
    return cases_in(FIXTURES)


def selection(*codes: str) -> tuple[str, ...]:
    """What archlint says about its own work shows only when other rules ran as well."""
    return ("ALL",) if any(code.startswith("ARC0") for code in codes) else codes


def run_case(case: Path, folder: Path, *codes: str) -> Report:
    """Lint a copy of a case that is its own project: where the fixtures lie must not matter."""
    project = copied(case, folder)
    overrides = Overrides(select=selection(*codes), no_cache=True, min_confidence="low", jobs=1)
    return check([project], root=project, overrides=overrides)
