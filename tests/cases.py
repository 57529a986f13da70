"""The fixture projects of archlint's own rules."""

from __future__ import annotations

from pathlib import Path

from archlint.testing import SIDECAR, Expectation, cases_in, copied, expectations

__all__ = ["FIXTURES", "SIDECAR", "Expectation", "cases", "copied", "expectations", "selection"]
FIXTURES = Path(__file__).parent / "fixtures"


def cases() -> list[Path]:
    return cases_in(FIXTURES)


def selection(*codes: str) -> tuple[str, ...]:
    """What archlint says about its own work shows only when other rules ran as well."""
    return ("ALL",) if any(code.startswith("ARC0") for code in codes) else codes
