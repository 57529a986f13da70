"""The example services: each failure is found where it stands, and the corrected twins are clean."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from archlint import check

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
EXPECTED = tomllib.loads((EXAMPLES / "expected.toml").read_text(encoding="utf-8"))
CLEAN = EXPECTED.pop("clean")
AUTOMATIC_FAILURES = "12345"

Place = tuple[str, str, int]


def found(service: str, folder: Path) -> list[Place]:
    """Return code, path and line of what is found in a copy of a service that is no example inside a project."""
    root = shutil.copytree(
        EXAMPLES / service, folder / service, ignore=shutil.ignore_patterns(".*_cache", "__pycache__")
    )
    results = check([root]).results
    return sorted((each.diagnostic.code, each.diagnostic.span.path, each.diagnostic.span.line) for each in results)


@pytest.mark.parametrize("service", sorted(EXPECTED))
def test_each_failure_is_found_where_it_stands(service: str, tmp_path: Path) -> None:
    expected = sorted((place["code"], place["path"], place["line"]) for place in EXPECTED[service])
    codes = {code for code, _, _ in expected}
    assert [place for place in found(service, tmp_path) if place[0] in codes] == expected


@pytest.mark.parametrize("service", sorted(EXPECTED))
def test_each_automatic_failure_is_shown(service: str) -> None:
    families = {place["code"][len("ARC")] for place in EXPECTED[service]}
    assert families >= set(AUTOMATIC_FAILURES)


@pytest.mark.parametrize("service", CLEAN)
def test_the_corrected_twin_is_clean(service: str, tmp_path: Path) -> None:
    assert found(service, tmp_path) == []


def test_every_service_has_a_twin() -> None:
    services = {path.name for path in EXAMPLES.iterdir() if path.is_dir()}
    assert services == {*EXPECTED, *CLEAN}
    assert sorted(CLEAN) == sorted(f"{service}_fixed" for service in EXPECTED)
