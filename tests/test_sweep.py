"""The sweep over many files: what it counts, and that it says what went wrong."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))

from sweep import main

from archlint.analysis import FileAnalysis, FileResult

FILES = {
    "a.py": "import time\n\n\nasync def wait():\n    time.sleep(1)\n",
    "deep/copy.py": "import time\n\n\nasync def wait():\n    time.sleep(1)\n",
    "deep/broken.py": "def f(:\n",
    "bytes.py": "\0",
    "notes.txt": "def f(:\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / "some" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "some" / name).write_text(text, encoding="utf-8")
    return tmp_path / "some"


def test_files_are_counted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(folder)]) == 0
    told = capsys.readouterr().out
    assert "| some | 4 | 3 | 6 | 0 | 0 | 2 ARC001 | 0 | 0 |\n" in told
    assert " some/deep/broken.py\n" in told
    assert str(folder) not in told


def test_what_goes_wrong_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(self: FileAnalysis, entry: Any, *_: object) -> FileResult:
        if entry.path == "bytes.py":
            sys.exit(1)
        monkeypatch.setattr(FileAnalysis, "_run", lambda *_: 1 / 0)
        return original(self, entry, "")

    original = FileAnalysis.run
    monkeypatch.setattr(FileAnalysis, "run", run)
    assert main([str(folder)]) == 1
    told = capsys.readouterr().out
    assert "\ncrashed: some/a.py: " in told
    assert "\nlost: some/bytes.py: the process died of it\n" in told
