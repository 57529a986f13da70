"""flake8 with the plugin: the same answers as the command line, whatever flake8 does around it."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from argparse import Namespace
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from cases import cases, copied
from flake8.processor import FileProcessor  # type: ignore[import-untyped] # flake8 ships no types
from flake8.violation import Violation  # type: ignore[import-untyped] # flake8 ships no types

from archlint.flake8_plugin import Plugin, linting
from archlint.pipeline import Request, run
from archlint.report.result import Report
from archlint.settings import Overrides
from archlint.stages.sight import Sight

Found = tuple[str, int, int, str, str]

MODELS = """\
from django.db import models


class Customer(models.Model):
    name = models.TextField()
"""
SERVICES = """\
from app.models import Customer


def names(rows):
    return [Customer.objects.get(id=row["customer"]).name for row in rows]
"""
VIEWS = """\
import time


async def wait():
    time.sleep(1)
"""
LOOP = "app/services.py:5:13: ARC101 `Customer.objects.get` queries `Customer` once per turn of the loop over `rows`"
SLEEP = "app/views.py:5:5: ARC301 `time.sleep` holds the event loop in `async def wait`: use `asyncio.sleep`"
_OPTIONS = Namespace(hang_closing=False, indent_size=4, max_line_length=79, max_doc_length=None, verbose=0)
_NOT_FOR_PLUGINS = frozenset({"ARC001", "ARC003", "ARC004"})
"""What is wrong with a file before any plugin sees it: flake8 says so itself, or decodes in its own way."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "app").mkdir(parents=True)
    (root / "archlint.toml").write_text("", encoding="utf-8")
    for name, text in (("models", MODELS), ("services", SERVICES), ("views", VIEWS), ("__init__", "")):
        (root / "app" / f"{name}.py").write_text(text, encoding="utf-8")
    return root


def flake8(folder: Path, *arguments: str, stdin: str | None = None, **environment: str) -> list[str]:
    """The lines of a run, without `./`; it must end as flake8 ends, and silently."""
    done = subprocess.run(
        [sys.executable, "-m", "flake8", "--isolated", "--select=ARC", *arguments],
        cwd=folder,
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=100,
        check=False,
        env={**os.environ, **environment},
    )
    assert done.stderr == ""
    assert done.returncode == (1 if done.stdout else 0)
    return sorted(line.removeprefix("./") for line in done.stdout.splitlines())


def archlint_check(root: Path, **overrides: object) -> Report:
    return run(Request((root,), cwd=root, overrides=Overrides(jobs=1, **overrides)))  # type: ignore[arg-type]


def test_flake8_knows_the_plugin() -> None:
    (entry,) = entry_points(group="flake8.extension", name="ARC")
    assert entry.load() is Plugin


@pytest.mark.parametrize("jobs", ["-j1", "-j2"])
def test_a_run_without_a_cache_gives_what_each_file_shows_alone(project: Path, jobs: str) -> None:
    assert flake8(project, jobs) == [SLEEP]
    assert not (project / ".archlint_cache").exists()


@pytest.mark.parametrize("jobs", ["-j1", "-j2"])
def test_a_run_after_a_check_gives_all(project: Path, jobs: str) -> None:
    archlint_check(project)
    assert flake8(project, jobs) == [LOOP, SLEEP]


def test_a_changed_file_silences_the_project_rules(project: Path) -> None:
    archlint_check(project)
    with (project / "app" / "models.py").open("a", encoding="utf-8") as file:
        file.write("# Customers\n")
    assert flake8(project, "-j2") == [SLEEP]


def test_a_check_of_one_file_says_nothing_of_the_others(project: Path) -> None:
    run(Request((Path("app/views.py"),), cwd=project, overrides=Overrides(jobs=1)))
    assert flake8(project) == [SLEEP]


def test_a_check_with_other_settings_is_not(project: Path) -> None:
    archlint_check(project, select=("ARC101",))
    assert flake8(project) == [SLEEP]


@pytest.mark.slow
def test_a_run_in_a_folder_below_knows_the_project(project: Path) -> None:
    archlint_check(project)
    assert flake8(project / "app") == [LOOP.removeprefix("app/"), SLEEP.removeprefix("app/")]
    assert flake8(project.parent, "project/app/services.py") == [f"project/{LOOP}"]


@pytest.mark.slow
def test_standard_input(project: Path) -> None:
    archlint_check(project)
    name = "--stdin-display-name=app/services.py"
    assert flake8(project, name, "-", stdin=SERVICES) == [LOOP]
    assert flake8(project, name, "-", stdin=f"{SERVICES}\n") == []
    assert flake8(project, name, "-", stdin=VIEWS) == [SLEEP.replace("views", "services")]
    assert flake8(project, "-", stdin=VIEWS) == [SLEEP.replace("app/views.py", "stdin")]
    assert flake8(project, "--stdin-display-name=app/new.py", "-", stdin=VIEWS) == [SLEEP.replace("views", "new")]
    assert flake8(project, "--stdin-display-name=tests/test_new.py", "-", stdin=VIEWS) == []


@pytest.mark.slow
def test_flake8_silences_by_noqa(project: Path) -> None:
    views = project / "app" / "views.py"
    views.write_text(VIEWS.replace("(1)", "(1)  # noqa: ARC301"), encoding="utf-8")
    assert flake8(project) == []
    assert flake8(project, "--disable-noqa") == [SLEEP]


@pytest.mark.slow
def test_suppressions_of_archlint_hold(project: Path) -> None:
    views = project / "app" / "views.py"
    views.write_text(VIEWS.replace("():", "():  # archlint: ignore[ARC301] -- a test"), encoding="utf-8")
    assert flake8(project, "--disable-noqa") == []
    views.write_text(VIEWS.replace("():", "():  # noqa: ARC301"), encoding="utf-8")
    assert flake8(project) == []


@pytest.mark.slow
def test_unused_suppressions_are_judged_by_the_rules_that_ran(project: Path) -> None:
    text = "total = 0  # archlint: ignore[ARC101] -- no loop\nprice = 0  # archlint: ignore[ARC501] -- no secret\n"
    (project / "app" / "views.py").write_text(text, encoding="utf-8")
    alone = flake8(project)
    assert [line[:23] for line in alone] == ["app/views.py:2:12: ARC0"]
    archlint_check(project)
    assert [line[:23] for line in flake8(project)][1:] == ["app/views.py:1:12: ARC0", "app/views.py:2:12: ARC0"]


def test_a_crashing_rule_is_a_diagnostic(project: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "from msgspec.structs import replace\n"
        "from archlint.rules.request_path.blocking_call_in_async import rule\n"
        "def crash(*_):\n    raise ValueError('one\\ntwo')\n"
        "rule.python_checks[:] = [replace(check, function=crash) for check in rule.python_checks]\n",
        encoding="utf-8",
    )
    (project / "app" / "settings.py").write_text("total = 0  # archlint: ignore[ARC501]\n", encoding="utf-8")
    found = flake8(project, "-j2", PYTHONPATH=str(tmp_path))
    assert [line.split(" ")[1] for line in found] == ["ARC006", "ARC002"]
    assert "`ARC301` crashed here (ValueError in sitecustomize.py:4)" in found[1]


def test_a_crash_outside_of_rules_is_a_diagnostic(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise MemoryError

    monkeypatch.chdir(project)
    monkeypatch.setattr(linting, "plan_of", crash)
    ((line, column, text, _),) = Plugin(ast.parse(""), "app/views.py", ["x = 1\n"]).run()
    assert (line, column) == (1, 0)
    assert text.startswith("ARC002 `archlint` crashed here (MemoryError in test_flake8.py:")


def test_a_wrong_configuration_is_a_diagnostic(project: Path) -> None:
    (project / "archlint.toml").write_text('selct = ["ARC1"]\n', encoding="utf-8")
    (found,) = flake8(project, "app/views.py")
    assert found.startswith("app/views.py:1:1: ARC005 not checked: archlint.toml: unknown key `selct`")


def test_messages_stand_on_one_line(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    (project / "archlint.toml").write_text('"a\\nb" = 1\n', encoding="utf-8")
    ((_, _, text, _),) = Plugin(ast.parse(""), "app/views.py", ["x = 1\n"]).run()
    assert text.startswith("ARC005 ")
    assert text.isprintable()


def test_excluded_files_and_large_ones(project: Path) -> None:
    (project / "archlint.toml").write_text('extend-exclude = ["app/v*"]\nmax-file-size = 100\n', encoding="utf-8")
    found = flake8(project)
    size = len(SERVICES)
    assert found == [
        f"app/services.py:1:1: ARC005 not checked: {size} bytes are more than `max-file-size` allows (100)"
    ]
    assert flake8(project, "--stdin-display-name=app/vanished.py", "-", stdin=VIEWS) == []


@pytest.mark.parametrize(
    ("bom", "end", "encoding"),
    [("", "\r\n", "utf-8"), ("\ufeff", "\n", "utf-8"), ("\ufeff", "\r\n", "utf-8"), ("", "\r", "latin-1")],
    ids=["crlf", "bom", "bom and crlf", "cr in latin-1"],
)
def test_line_ends_and_encodings(project: Path, bom: str, end: str, encoding: str) -> None:
    silent = SERVICES.partition("\n")[2].replace("(rows):", "_of(rows):  # archlint: ignore[ARC101] -- a test")
    text = f"{bom}# coding: {encoding} é\n{SERVICES}{silent}".replace("\n", end)
    (project / "app" / "services.py").write_bytes(text.encode(encoding))
    archlint_check(project)
    assert flake8(project) == [LOOP.replace(":5:", ":6:"), SLEEP]


@pytest.mark.slow
def test_a_file_that_kills_parsers_does_not_hang_flake8(project: Path) -> None:
    chain = " or ".join(["a"] * 20_000)
    (project / "app" / "views.py").write_text(f"{VIEWS}    return {chain}\n", encoding="utf-8")
    (found,) = flake8(project, "-j2")
    assert found.startswith("app/views.py:4:1: ARC005 not checked: ")


def in_flake8(root: Path, path: Path) -> list[Found]:
    """What flake8 makes of a file, in this process; the noqa comments are applied by flake8's own code."""
    name = path.relative_to(root).as_posix()
    processor = FileProcessor(name, _OPTIONS)
    found = []
    for line, column, text, _ in Plugin(processor.build_ast(), name, processor.lines).run():
        code, _, message = text.partition(" ")
        shown = Violation(code, name, line, column + 1, message, processor.noqa_line_for(line))
        if not shown.is_inline_ignored(disable_noqa=False):
            found.append((name, line, column + 1, code, message))
    return sorted(found)


def of_report(report: Report, paths: list[str]) -> list[Found]:
    found = [result.diagnostic for result in report.results]
    return sorted(
        (one.span.path, one.span.line, one.span.column, one.code, one.message)
        for one in found
        if one.span.path in paths
    )


def parseable(report: Report, root: Path) -> list[Path]:
    """The Python files that flake8 hands to plugins."""
    broken = {r.diagnostic.span.path for r in report.results if r.diagnostic.code in _NOT_FOR_PLUGINS}
    return [path for path in sorted(root.rglob("*.py")) if path.relative_to(root).as_posix() not in broken]


def without_project_checks(root: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    with monkeypatch.context() as patch:
        patch.setattr("archlint.stages.link.project_diagnostics", lambda *_, **__: [])
        patch.setattr("archlint.stages.sight.sight_of", lambda *_, **__: Sight((), is_clear=False))
        return archlint_check(root, no_cache=True)


WITH_PYTHON = [case for case in cases() if any(case.rglob("*.py"))]


@pytest.mark.parametrize("case", WITH_PYTHON, ids=lambda case: "-".join(case.parts[-2:]))
def test_each_fixture_as_on_the_command_line(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = copied(case, tmp_path, 'select = ["ALL"]\nmin-confidence = "low"\n')
    monkeypatch.chdir(root)
    alone = without_project_checks(root, monkeypatch)
    files = parseable(alone, root)
    names = [path.relative_to(root).as_posix() for path in files]

    assert [one for path in files for one in in_flake8(root, path)] == of_report(alone, names)

    whole = archlint_check(root)
    linting._fresh.cache_clear()
    assert [one for path in files for one in in_flake8(root, path)] == of_report(whole, names)
