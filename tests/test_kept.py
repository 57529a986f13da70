"""The report of the last run, given again: only where a run would say the same, and then to the byte."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from archlint import cache as cache_module
from archlint import pipeline
from archlint.cache import Cache
from archlint.cli.app import archlint
from archlint.pipeline import Request, run
from archlint.registry import rules_of
from archlint.report.formats import render
from archlint.report.options import RenderOptions
from archlint.rule import Rule
from archlint.settings import Overrides
from archlint.stages.identity import cache_version
from archlint.workers import Lost

LOADING = "from app.models import Item\n\n\ndef load(rows):\n    return [Item.objects.get(id=row) for row in rows]\n"
BLOCKING = "import time\n\n\nasync def wait():\n    time.sleep(1)\n"
FILES = {
    "archlint.toml": "preview = true\n",
    ".gitignore": "ignored.py\nlate/archlint.toml\n",
    "requirements.txt": "django==5.2\n",
    "app/models.py": "from django.db import models\n\n\nclass Item(models.Model):\n    pass\n",
    "app/services.py": LOADING,
    "app/silent.py": BLOCKING.replace("(1)", "(1)  # archlint: ignore[ARC301] -- once a day"),
    "sub/pyproject.toml": "[tool.archlint]\n",
    "sub/jobs.py": BLOCKING,
    "sub/ignored.py": BLOCKING,
    "late/archlint.toml": "",
    "late/jobs.py": BLOCKING,
    "deploy.yaml": "password: tr0ub4dor-and-3-more\n",
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project that was linted once; no file counts as recent."""
    monkeypatch.setattr(cache_module, "_RACY", 0)
    folder = tmp_path / "shop"
    for name, text in FILES.items():
        write(folder / name, text)
    said(folder)
    return folder


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def said(root: Path, *paths: str, log: list[str] | None = None, **overrides: Any) -> str:
    """Return what a run reports, in the format that leaves out least."""
    chosen = Overrides(jobs=1, **overrides)
    request = Request(tuple(root / path for path in paths or [""]), cwd=root, overrides=chosen)
    report = run(replace(request, log=log.append if log is not None else lambda _: None))
    return render(report, "json", RenderOptions(include_suppressed=True))


def is_kept(root: Path, *paths: str, **overrides: Any) -> bool:
    """Return whether a run gives a report again; either way it must be that of a run without a cache."""
    log: list[str] = []
    assert said(root, *paths, log=log, **overrides) == said(root, *paths, no_cache=True, **overrides)
    return log[-1].startswith("report: ")


@pytest.mark.parametrize(
    "options",
    [
        ["--output-format", "full"],
        ["--output-format", "concise", "--statistics"],
        ["--output-format", "json", "--include-suppressed"],
        ["--output-format", "jsonl", "--sort", "rank"],
        ["--output-format", "sarif", "--include-suppressed"],
        ["--output-format", "github"],
        ["--quiet"],
        ["--strict", "--exit-zero", "--fail-on", "never"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("color", ["", "1"], ids=["plain", "colors"])
def test_the_output_is_the_same(root: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], color: str) -> None:
    monkeypatch.chdir(root)
    environment = {"FORCE_COLOR": color}
    cold = CliRunner().invoke(archlint, ["check", "--no-cache", *options], env=environment)
    monkeypatch.setattr(pipeline, "_lint", None)
    warm = CliRunner().invoke(archlint, ["check", *options], env=environment)
    assert "ARC101" in cold.stdout
    assert (warm.stdout, warm.stderr, warm.exit_code) == (cold.stdout, cold.stderr, cold.exit_code)


def test_no_secret_is_kept(root: Path) -> None:
    (file,) = (root / ".archlint_cache").rglob("cache.db")
    assert is_kept(root)
    assert "deploy.yaml" in said(root)
    assert b"tr0ub4dor" not in file.read_bytes()


def edit_keeping_size_and_time(root: Path) -> None:
    path = root / "app/services.py"
    before = path.stat()
    path.write_text(LOADING.replace("load", "read"), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def exchange_keeping_size_and_time(root: Path) -> None:
    path, other = root / "app/services.py", root / "other"
    write(other, LOADING.replace("load", "read"))
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.replace(path)


CHANGES: dict[str, Callable[[Path], object]] = {
    "a text of the same size and time": edit_keeping_size_and_time,
    "another file of the same size and time": exchange_keeping_size_and_time,
    "a touched file": lambda root: (root / "app/models.py").touch(),
    "a new file": lambda root: write(root / "app/new.py", BLOCKING),
    "a removed file": lambda root: (root / "app/models.py").unlink(),
    "a renamed file": lambda root: (root / "app/models.py").rename(root / "app/items.py"),
    "a file of YAML": lambda root: write(root / "deploy.yaml", "password: ${PASSWORD}\n"),
    "pinned versions": lambda root: write(root / "requirements.txt", "django==4.2\n"),
    "the configuration": lambda root: write(root / "archlint.toml", "ignore = ['ARC1']\n"),
    "another configuration": lambda root: write(root / "sub/pyproject.toml", "[tool.archlint]\nignore = ['ARC3']\n"),
    "a configuration that git ignores": lambda root: write(root / "late/archlint.toml", "ignore = ['ARC3']\n"),
    "a new configuration": lambda root: write(root / "app/archlint.toml", "ignore = ['ARC1']\n"),
    "an ignore file": lambda root: write(root / ".gitignore", "jobs.py\n"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_seen(root: Path, change: Callable[[Path], object]) -> None:
    assert is_kept(root)
    change(root)
    assert not is_kept(root)
    assert is_kept(root)


@pytest.mark.parametrize(
    "overrides",
    [
        {"ignore": ("ARC101",)},
        {"select": ("ARC3",)},
        {"preview": False},
        {"min_confidence": "high"},
        {"ignore_suppressions": True},
        {"exclude": ("sub",)},
        {"respect_gitignore": False},
        {"max_file_size": 60},
        {"only": frozenset({"ARC301"})},
    ],
    ids=lambda overrides: next(iter(overrides)),
)
def test_other_options_are_another_question(root: Path, overrides: dict[str, Any]) -> None:
    before = said(root)
    assert not is_kept(root, **overrides)
    assert is_kept(root, **overrides)
    assert said(root) == before


@pytest.mark.parametrize("overrides", [{"fail_on": "never"}, {"output_format": "json"}, {"jobs": 1}], ids=str)
def test_what_the_report_does_not_depend_on_is_no_question(root: Path, overrides: dict[str, Any]) -> None:
    chosen = Overrides(**{"jobs": 2, **overrides})
    log: list[str] = []
    run(Request((root,), cwd=root, overrides=chosen, log=log.append))
    assert log[-1].startswith("report: ")


def test_a_recent_change_is_not_believed_to_be_over(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "_RACY", 10**15)
    assert not is_kept(root)
    assert not is_kept(root)


def test_another_version_begins_anew(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archlint.stages.identity.__version__", "9.9.9")
    assert not is_kept(root)


def test_another_project_in_the_same_cache_is_another(root: Path, tmp_path: Path) -> None:
    folder = str(tmp_path / "cache")
    said(root, cache_dir=folder)
    root.rename(root.with_name("moved"))
    assert not is_kept(root.with_name("moved"), cache_dir=folder)


@pytest.mark.parametrize("part", [["app/services.py"], ["sub"], ["app", "sub/jobs.py"], ["deploy.yaml"], ["app/.."]])
def test_a_part_has_its_part_of_the_report(root: Path, part: list[str]) -> None:
    assert is_kept(root, *part)


def test_a_part_with_a_file_that_is_ignored_is_no_part_of_it(root: Path) -> None:
    assert not is_kept(root, "sub/ignored.py")


def test_what_was_skipped_is_told_of_its_own_part(root: Path) -> None:
    assert '"skipped"' in said(root, max_file_size=60)
    assert is_kept(root, "sub", max_file_size=60)


def test_a_file_under_a_name_of_another_kind_is_another(root: Path) -> None:
    (root / "dist").mkdir()
    (root / "dist/deploy.json").symlink_to("../deploy.yaml")
    assert is_kept(root)
    assert not is_kept(root, "dist/deploy.json")


def test_what_a_file_needs_is_all_that_may_be_unchanged(root: Path) -> None:
    """YAML shapes no project: a hook on another file has its answer."""
    write(root / "deploy.yaml", "password: changed-it-2-something\n")
    assert is_kept(root, "app/services.py")
    assert not is_kept(root, "deploy.yaml")


def test_a_run_on_folders_is_kept_and_one_on_files_is_not(root: Path) -> None:
    (root / "app/models.py").touch()
    assert not is_kept(root, "sub/jobs.py")
    assert not is_kept(root, "sub/jobs.py")
    assert not is_kept(root, "sub")
    assert is_kept(root, "sub/jobs.py")
    assert not is_kept(root, "app/services.py")
    assert not is_kept(root)


def test_what_passes_is_not_kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root / "app/new.py", BLOCKING)
    with monkeypatch.context() as patched:
        patched.setattr("archlint.analysis.find_suppressions", lambda _: 1 / 0)
        assert "ARC002" in said(root)
    assert not is_kept(root)


def test_a_file_that_took_too_long_is_tried_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root / "app/new.py", BLOCKING)
    with monkeypatch.context() as patched:
        patched.setattr(
            "archlint.stages.analyse.analyse_all",
            lambda entries, *_, **__: [(index, Lost("too slow")) for index in range(len(entries))],
        )
        assert "too slow" in said(root)
    assert not is_kept(root)


def test_a_crash_of_a_project_check_is_not_kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root / "app/new.py", LOADING)

    def broken(codes: object, *_: object) -> tuple[Rule, ...]:
        return tuple(
            replace(one, unit_checks=[replace(check, function=lambda *_: 1 / 0) for check in one.unit_checks])
            for one in rules_of(codes)  # type: ignore[arg-type]
        )

    with monkeypatch.context() as patched:
        patched.setattr("archlint.stages.link.rules_of", broken)
        assert "ARC002" in said(root)
    assert not is_kept(root)


@pytest.mark.parametrize(
    "payload", [b"", b"\xc1", b"\x97\x80\x80\x90\x90\x90\x80\x90", b"\x97\x81\xa1\xff"], ids=range(4)
)
def test_a_payload_of_another_shape_is_not_taken(root: Path, payload: bytes) -> None:
    cache = Cache(root / ".archlint_cache", cache_version())
    ((state,),) = rows(cache, "SELECT state FROM runs WHERE name = CAST('report' AS BLOB)")
    assert cache.store((), [("report", state, payload)]) == ""
    assert not is_kept(root)


def test_a_code_that_nobody_knows_is_not_taken(root: Path) -> None:
    cache = Cache(root / ".archlint_cache", cache_version())
    ((state, payload),) = rows(cache, "SELECT state, payload FROM runs WHERE name = CAST('report' AS BLOB)")
    values = msgspec.msgpack.decode(payload)
    assert values[3][0][0]["code"] in {"ARC101", "ARC301", "ARC500"}
    values[3][0][0]["code"] = "ARC9999"
    cache.store((), [("report", state, msgspec.msgpack.encode(values))])
    assert not is_kept(root)


@pytest.mark.parametrize(
    "content", [b"", b"no database", b"SQLite format 3\0" + bytes(100)], ids=["empty", "text", "torn"]
)
def test_a_damaged_cache_is_no_cache(root: Path, content: bytes) -> None:
    (file,) = (root / ".archlint_cache").rglob("cache.db")
    file.write_bytes(content)
    assert not is_kept(root)
    assert is_kept(root)


def test_a_bit_that_turned_is_noticed(root: Path) -> None:
    cache = Cache(root / ".archlint_cache", cache_version())
    rows(cache, "UPDATE runs SET payload = CAST(replace(payload, 'ARC101', 'ARC301') AS BLOB)")
    assert not is_kept(root)


def rows(cache: Cache, query: str) -> list[tuple[bytes, ...]]:
    assert cache.folder is not None
    with cache._connected(cache.folder) as connection, connection:
        return connection.execute(query).fetchall()


HEAVY = ("libcst", "sqlglot", "multiprocessing", "tempfile", "zipfile", "packaging")
OWN_HEAVY = (
    *("analysis", "fixing", "flake8_plugin", "history", "ir.module", "knowledge", "lowering", "project", "reading"),
    *("registry", "rule", "rules", "secrets", "suppression", "syntax", "workers"),
)
START = "from archlint.cli import main; main()"
AT_ONCE = "import archlint.cache; archlint.cache._RACY = 0; "
"""Stamps prove the state of a file some time after it was written; these tests do not wait for that."""


def imported(root: Path, *arguments: str) -> set[str]:
    """Return the modules that a command line imports."""
    start = START if arguments == ("--version",) else AT_ONCE + START
    command = [sys.executable, "-X", "importtime", "-c", start, *arguments]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    lines = (line for line in done.stderr.splitlines() if line.startswith("import time:"))
    return {line.rpartition("|")[2].strip() for line in lines}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "more"),
    [
        (["--version"], {"click", "msgspec", "yaml", "archlint.pipeline"}),
        (["--help"], {"yaml", "pathspec", "archlint.pipeline"}),
        # In a checkout the catalogue is YAML, and the ignore file is read.
        (["check"], {"archlint.report.sarif", "archlint.cli.map_command", "archlint.stages.analyse"}),
        (["check", "app/services.py", "--output-format", "json"], {"archlint.report.text", "archlint.stages.analyse"}),
    ],
    ids=["version", "help", "warm", "hook"],
)
def test_what_is_not_needed_is_not_imported(root: Path, arguments: list[str], more: set[str]) -> None:
    found = imported(root, *arguments)
    assert "archlint.cli" in found
    assert not found & {*HEAVY, *(f"archlint.{name}" for name in OWN_HEAVY), *more}
