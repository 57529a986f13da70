"""What the last run left: taken where nothing has changed since, by content, and left alone otherwise."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from archlint.pipeline import Request, run
from archlint.settings import Overrides, SettingsResolver
from archlint.stages.fresh import fresh_project

FILES = {
    "archlint.toml": "",
    "requirements.txt": "django==5.2\n",
    "app/models.py": "from django.db import models\n\n\nclass Item(models.Model):\n    pass\n",
    "app/services.py": (
        "from app.models import Item\n\n\ndef load(rows):\n    return [Item.objects.get(id=row) for row in rows]\n"
    ),
    "notes.yaml": "a: 1\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    run(Request((tmp_path,), cwd=tmp_path, overrides=Overrides(jobs=1)))
    return tmp_path


def codes(root: Path) -> list[str] | None:
    found = fresh_project(SettingsResolver(root))
    return None if found is None else [one.code for one in found.diagnostics.get("app/services.py", ())]


def edit_keeping_size_and_time(root: Path) -> None:
    path = root / "app" / "services.py"
    before = path.stat()
    path.write_text(FILES["app/services.py"].replace("load", "read"), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(edit_keeping_size_and_time, id="a file of the same size and time"),
        pytest.param(lambda root: (root / "app" / "new.py").write_text("", encoding="utf-8"), id="a new file"),
        pytest.param(lambda root: (root / "app" / "models.py").unlink(), id="a deleted file"),
        pytest.param(lambda root: (root / "app" / "models.py").rename(root / "app" / "m.py"), id="a moved file"),
        pytest.param(lambda root: (root / "requirements.txt").write_bytes(b""), id="versions"),
        pytest.param(lambda root: (root / "archlint.toml").write_bytes(b"src = ['app']"), id="settings"),
    ],
)
def test_what_changed_makes_it_stale(root: Path, change: Callable[[Path], object]) -> None:
    assert codes(root) == ["ARC101"]
    change(root)
    assert codes(root) is None


def test_what_does_not_matter_leaves_it_fresh(root: Path) -> None:
    (root / "notes.yaml").write_text("a: 2\n", encoding="utf-8")
    (root / "README.md").write_text("# Shop\n", encoding="utf-8")
    os.utime(root / "app" / "models.py")
    assert codes(root) == ["ARC101"]


def test_a_run_over_a_part_leaves_nothing(root: Path) -> None:
    path = root / "app" / "models.py"
    path.write_text(f"{FILES['app/models.py']}\n\n", encoding="utf-8")
    run(Request((Path("models.py"),), cwd=root / "app", overrides=Overrides(jobs=1)))
    assert codes(root) is None


@pytest.mark.parametrize(
    "content", [b"", b"no database", b"SQLite format 3\0" + bytes(100)], ids=["empty", "text", "torn"]
)
def test_a_damaged_cache_is_no_cache(root: Path, content: bytes) -> None:
    (cache,) = (root / ".archlint_cache").rglob("cache.db")
    cache.write_bytes(content)
    assert codes(root) is None


def test_no_cache_is_made(tmp_path: Path) -> None:
    (tmp_path / "archlint.toml").write_text("", encoding="utf-8")
    assert codes(tmp_path) is None
    assert [path.name for path in tmp_path.iterdir()] == ["archlint.toml"]
