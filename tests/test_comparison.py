"""`--new-from` and `--diff-lines`: what is new since a commit, with nothing checked out."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from adopting import SLEEP, Project, made
from msgspec.structs import replace

from archlint.diagnostic import Diagnostic
from archlint.rules.request_path.blocking_call_in_async import rule as blocking

MORE = "\n\nasync def other():\n    time.sleep(2)\n"
MODELS = "from django.db import models\n\n\nclass Item(models.Model):\n    name = models.TextField()\n"
HELPER = "def find(row):\n    return {}\n"
ASKING = "from app.models import Item\n\n\ndef find(row):\n    return Item.objects.get(id=row)\n"
CALLING = "from app.helper import find\n\n\ndef load(rows):\n    return [find(row) for row in rows]\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    project = made(tmp_path / "shop", monkeypatch)
    project.commit()
    return project


def test_what_was_there_is_not_reported(project: Project) -> None:
    done = project.check("--new-from", "HEAD")
    assert (done.code, done.places) == (0, [])
    assert "1 finding is not new since HEAD." in done.out

    project.write(views="# Waits.\n" + SLEEP + MORE)
    done = project.check("--new-from", "HEAD")
    assert (done.code, done.places) == (1, ["app/views.py:10 ARC301"])
    assert project.check("--new-from", "HEAD", "--exit-zero").code == 0


def test_what_was_there_is_not_new_once_its_entry_has_expired(project: Project) -> None:
    project.run("baseline", "write")
    file = project.root / "archlint-baseline.json"
    file.write_text(file.read_text().replace('"rule"', '"expires": "2020-01-01", "rule"'))
    assert project.check().code == 1
    assert project.check("--new-from", "HEAD").code == 0


def test_a_run_that_knows_a_point_in_the_history_takes_nothing_out_of_the_baseline(project: Project) -> None:
    project.run("baseline", "write")
    project.write(views="")
    assert "ARC008" not in project.check("--since", "HEAD", ci="true").out
    project.check("--since", "HEAD")
    assert len(project.entries()) == 1


def test_a_second_equal_finding_is_new(project: Project) -> None:
    project.write(views=SLEEP + "    time.sleep(1)\n")
    assert len(project.check("--new-from", "HEAD").places) == 1


def test_files_that_are_new_gone_or_untracked(project: Project) -> None:
    project.write(added=SLEEP, untracked=SLEEP)
    project.git("add", "app/added.py")
    (project.root / "app" / "views.py").unlink()
    assert project.check("--new-from", "HEAD").places == ["app/added.py:5 ARC301", "app/untracked.py:5 ARC301"]


def test_a_renamed_file_has_the_findings_that_it_had(project: Project) -> None:
    project.git("mv", "app/views.py", "app/pages.py")
    assert project.check("--new-from", "HEAD").places == []
    project.commit()
    assert project.check("--new-from", "HEAD~").places == []


def test_a_change_in_one_file_that_breaks_another_is_seen(project: Project) -> None:
    project.write(models=MODELS, helper=HELPER, loading=CALLING)
    project.commit()
    assert project.check("--new-from", "HEAD").places == []
    project.write(helper=ASKING)
    place = "app/loading.py:5 ARC103"
    assert project.check("--new-from", "HEAD").places == [place]
    assert project.check("--diff-lines", "HEAD").places == []
    project.commit()
    assert project.check("--new-from", "HEAD~", "app/loading.py").places == [place]


def test_a_fix_elsewhere_is_not_taken_for_something_new(project: Project) -> None:
    project.write(models=MODELS, helper=ASKING, loading=CALLING)
    project.commit()
    project.write(helper=HELPER)
    assert project.check("--new-from", "HEAD").places == []


def test_what_could_not_be_checked_then_is_said_to_count_as_new(project: Project) -> None:
    project.write(views=SLEEP + "    return (\n", quiet="def quiet(:\n")
    project.commit()
    project.write(views=SLEEP, quiet="")
    said = "archlint: warning: what is found in app/{}.py or because of it counts as new: as of HEAD, syntax error"
    for _ in range(2):  # the second run knows the past from the cache
        done = project.check("--new-from", "HEAD")
        assert done.places == ["app/views.py:5 ARC301"]
        quiet, views = done.err.splitlines()
        assert quiet.startswith(said.format("quiet"))
        assert views.startswith(said.format("views"))
    project.git("mv", "app/views.py", "app/pages.py")
    assert said.format("pages") in project.check("--new-from", "HEAD").err


def test_what_cannot_be_checked_on_either_side_is_no_doubt(project: Project) -> None:
    project.write(large=f"{SLEEP}{'#' * 400}\n", added="def added(:\n")
    (project.root / "archlint.toml").write_text("max-file-size = 300\n", encoding="utf-8")
    project.commit()
    project.write(views=SLEEP + MORE)
    done = project.check("--new-from", "HEAD")
    assert (done.places, done.err) == (["app/views.py:9 ARC301"], "")


def test_without_anything_new_there_is_no_doubt(project: Project) -> None:
    project.write(quiet="def quiet(:\n")
    project.commit()
    project.write(quiet="")
    done = project.check("--new-from", "HEAD")
    assert (done.code, done.err) == (0, "")


def test_many_doubts_are_counted(project: Project) -> None:
    project.write(**{f"broken{number}": "def (:\n" for number in range(5)})
    project.commit()
    project.write(**{f"broken{number}": "" for number in range(5)}, added=SLEEP)
    *shown, last = project.check("--new-from", "HEAD").err.splitlines()
    assert len(shown) == 3
    assert last == "archlint: warning: and so does what is found in 2 more files or because of them"


def test_a_rule_that_crashed_then_is_a_doubt(project: Project) -> None:
    project.write(views="SECRET_OF_THEN = 1\n" + SLEEP)
    project.commit()
    project.write(views=SLEEP)
    (check,) = before = tuple(blocking.python_checks)

    def crash(node: Any, context: Any) -> Iterator[Diagnostic]:
        if "SECRET_OF_THEN" in context.source.text:
            raise ValueError("no text of the file is told")
        yield from check.function(node, context)

    blocking.python_checks[:] = [replace(check, function=crash)]
    try:
        done = project.check("--new-from", "HEAD", "--no-cache")
    finally:
        blocking.python_checks[:] = before
    assert (done.code, done.places) == (1, ["app/views.py:5 ARC301"])
    assert "app/views.py or because of it counts as new: as of HEAD, `ARC301` crashed here (ValueError" in done.err


def test_it_is_the_merge_base_that_counts(project: Project) -> None:
    project.git("checkout", "-q", "-b", "work")
    project.write(views=SLEEP + MORE)
    project.commit()
    project.git("checkout", "-q", "main")
    project.write(views="")
    project.commit()
    project.git("checkout", "-q", "work")
    assert project.check("--new-from", "main").places == ["app/views.py:9 ARC301"]


def test_the_second_run_analyses_nothing_and_says_the_same(project: Project) -> None:
    project.write(views=SLEEP + MORE, other=SLEEP)
    first = project.check("--new-from", "HEAD", "-v")
    second = project.check("--new-from", "HEAD", "-v")
    assert second.out == first.out == project.check("--new-from", "HEAD", "--no-cache", "-v").out
    assert first.err.count("analyse:") == 2
    assert second.err.count("analyse:") <= 1


def test_the_configuration_of_now_counts_for_both_sides(project: Project) -> None:
    assert project.check("--new-from", "HEAD").code == 0
    project.write(waits="import time\n\n\nasync def wait():\n    time.sleep(1)  # archlint: ignore[ARC301]\n")
    project.commit()
    (project.root / "archlint.toml").write_text('extend-select = ["ARC007"]\nrequire-reason = true\n', encoding="utf-8")
    assert project.check("--new-from", "HEAD").places == []
    assert project.check().places == ["app/views.py:5 ARC301", "app/waits.py:5 ARC007"]


def test_nothing_of_the_work_tree_is_touched(project: Project) -> None:
    project.write(views=SLEEP + MORE)
    before = project.git("status", "--porcelain")
    (project.root / ".git" / "hooks" / "post-checkout").write_text("#!/bin/sh\ntouch ran\n", encoding="utf-8")
    project.git("config", "filter.evil.clean", f"touch {project.root}/ran; cat")
    (project.root / ".gitattributes").write_text("*.py filter=evil\n", encoding="utf-8")
    project.check("--new-from", "HEAD")
    project.check("--diff-lines", "HEAD")
    assert not (project.root / "ran").exists()
    (project.root / ".gitattributes").unlink()
    assert project.git("status", "--porcelain") == before


def test_the_baseline_and_a_comparison_go_together(project: Project) -> None:
    project.write(old=SLEEP)
    project.run("baseline", "write", "app/views.py")
    project.commit()
    project.write(views=SLEEP + MORE, old=SLEEP + MORE)
    done = project.check("--new-from", "HEAD")
    assert done.places == ["app/old.py:9 ARC301", "app/views.py:9 ARC301"]
    assert "1 finding is in the baseline.\n1 finding is not new since HEAD." in done.out
    project.run("baseline", "write", "app/views.py")
    assert project.check("--new-from", "HEAD").places == ["app/old.py:9 ARC301"]


def test_machines_are_told_what_is_new(project: Project) -> None:
    project.write(views=SLEEP + MORE)
    report = project.json("--new-from", "HEAD")
    assert (report["summary"]["diagnostics"], report["summary"]["known"]) == (1, 1)
    done = project.run("check", "--new-from", "HEAD", "--output-format", "sarif", "--include-baselined")
    states = [one["baselineState"] for one in json.loads(done.out)["runs"][0]["results"]]
    assert sorted(states) == ["new", "unchanged"]


def test_lines_that_changed(project: Project) -> None:
    project.write(views="# Waits.\n" + SLEEP + MORE, added=SLEEP)
    assert project.check("--diff-lines", "HEAD").places == ["app/added.py:5 ARC301", "app/views.py:10 ARC301"]


def test_a_project_below_the_top_of_its_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    top = Project(tmp_path, monkeypatch)
    project = made(tmp_path / "shop", monkeypatch)
    top.commit()
    (tmp_path / "beside.py").write_text(SLEEP, encoding="utf-8")
    project.write(added=SLEEP)
    assert project.check("--new-from", "HEAD").places == ["app/added.py:5 ARC301"]


def test_a_shallow_clone_says_what_to_do(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = project.commit()
    project.write(views=SLEEP + MORE)
    project.commit()
    command = ["git", "clone", "-q", "--depth", "1", f"file://{project.root}", str(tmp_path / "clone")]
    subprocess.run(command, check=True, timeout=60, capture_output=True)
    done = Project(tmp_path / "clone", monkeypatch).check("--new-from", first)
    assert done.code == 2
    assert "shallow" in done.err
    assert "fetch-depth: 0" in done.err
    assert "\n" not in done.err.strip()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--new-from", "nothing"), "git knows no commit `nothing` here"),
        (("--new-from", "--output=x"), "git knows no commit"),
        (("--new-from", "HEAD", "--diff-lines", "HEAD"), "exclude each other"),
        (("--new-from", "HEAD", "--fix"), "without fixes"),
        (("--new-from", "HEAD", "--diff"), "without fixes"),
    ],
)
def test_what_cannot_be_compared(project: Project, arguments: tuple[str, ...], said: str) -> None:
    done = project.check(*arguments)
    assert done.code == 2
    assert said in done.err
    assert not (project.root / "x").exists()


def test_without_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = made(tmp_path / "shop", monkeypatch).check("--new-from", "HEAD")
    assert done.code == 2
    assert "no git repository" in done.err
    assert "--git-dir" not in done.err
