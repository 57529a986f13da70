"""Every rule over its fixture projects, exact in both directions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cases import cases

from archlint.testing import assert_case

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("case", cases(), ids=lambda case: "-".join(case.parts[-2:]))
def test_case(case: Path) -> None:
    assert_case(case)
