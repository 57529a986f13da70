"""`--since`: rules about migrations look at those that are new since HEAD left a revision, in real repositories."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from archlint import cache as cache_module
from archlint.pipeline import Request, run
from archlint.settings import Overrides

pytestmark = pytest.mark.slow

DROPPING = """from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [{before}]
    operations = [migrations.RemoveField("order", "{field}")]
"""
FOLDER = "shop/migrations"
OLD, NEXT, OTHER = (f"{FOLDER}/000{number}_next.py" for number in (1, 2, 3))


def dropping(field: str, before: str = "") -> str:
    return DROPPING.format(field=field, before=f'("shop", "{before}")' if before else "")


@dataclass
class Repo:
    root: Path

    def git(self, *arguments: str) -> str:
        who = {f"GIT_{role}_{what}": "shop" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        environment = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        command = ["git", "-c", "protocol.file.allow=always", *arguments]
        return subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, text=True, check=True, timeout=60
        ).stdout

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())

    def commit(self, path: str, text: str) -> None:
        self.write(path, text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "x")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "archlint", *arguments]
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False, timeout=120)

    def judged(self, since: str | None = None, log: list[str] | None = None) -> list[str]:
        """Return the paths of the migrations that rules look at."""
        chosen = Overrides(select=("ARC647",), migrations_since=since, jobs=1)
        said = [] if log is None else log
        request = Request((self.root,), self.root, chosen, environment=os.environ, log=said.append)
        return [one.diagnostic.span.path for one in run(request).results]

    def told(self, *arguments: str) -> list[str]:
        """Return the same, as the command line says it."""
        done = self.run(*arguments, "--select", "ARC647", "--output-format", "json", "--exit-zero")
        assert done.returncode == 0, done.stderr
        return [one["path"] for one in json.loads(done.stdout)["diagnostics"]]


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Return a branch with one migration behind the main one, which has one too and has moved on."""
    made = Repo(tmp_path / "project")
    made.root.mkdir()
    made.git("init", "-q", "-b", "main")
    made.write(".gitignore", ".archlint_cache/\n")
    made.write("archlint.toml", "")
    made.commit(OLD, dropping("old"))
    made.git("checkout", "-q", "-b", "work")
    made.commit(NEXT, dropping("next", "0001_next"))
    made.git("checkout", "-q", "main")
    made.commit("shop/other.py", "")
    made.git("checkout", "-q", "work")
    return made


def test_a_branch_answers_for_its_own_migrations(repo: Repo) -> None:
    assert repo.judged() == [OLD, NEXT]
    assert repo.judged("main") == [NEXT]
    assert repo.judged("HEAD") == []
    assert repo.told("check", "--since", "main") == [NEXT]


def test_what_is_not_committed_is_new(repo: Repo) -> None:
    repo.write(OTHER, dropping("other", "0002_next"))
    assert repo.judged("HEAD") == [OTHER]
    repo.git("add", OTHER)
    repo.write(OLD, dropping("older"))
    assert repo.judged("HEAD") == [OLD, OTHER]


def test_a_migration_that_only_moves_is_not_new(repo: Repo) -> None:
    repo.git("mv", "shop", "store")
    assert repo.judged("HEAD") == []


def test_ends_of_lines_and_marks_are_no_change(repo: Repo) -> None:
    (repo.root / OLD).write_bytes(b"\xef\xbb\xbf" + dropping("old").replace("\n", "\r\n").encode())
    assert repo.judged("main") == [NEXT]


def test_the_project_may_lie_below_the_top_of_the_repository(repo: Repo) -> None:
    for name in ("shop", "archlint.toml"):
        repo.write("service/x", "")
        repo.git("mv", name, f"service/{name}")
    repo.git("commit", "-q", "-m", "x")
    repo.root /= "service"
    repo.write(OTHER, dropping("other", "0002_next"))
    assert repo.judged("HEAD") == [OTHER]


def test_another_revision_is_another_question(repo: Repo) -> None:
    for _ in range(2):
        assert repo.judged("main") == [NEXT]
        assert repo.judged("HEAD") == []
        assert repo.judged() == [OLD, NEXT]
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "work")
    repo.git("checkout", "-q", "work")
    assert repo.judged("main") == []


def test_a_report_is_kept_while_the_commit_is_the_same(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "_RACY", 0)
    kept = []
    for since in ("main", "main", "HEAD~1", "HEAD"):
        log: list[str] = []
        repo.judged(since, log)
        kept.append(log[-1].startswith("report: "))
    assert kept == [False, True, True, False]


def test_the_configuration_may_name_a_point_and_the_command_line_wins(repo: Repo) -> None:
    repo.git("tag", "v1", "main")
    repo.write("archlint.toml", 'migrations-since = "v1"\n')
    assert repo.judged() == [NEXT]
    assert repo.judged("HEAD") == []
    assert repo.judged("") == [OLD, NEXT]


def test_scripts_and_revisions_are_new_as_well(repo: Repo) -> None:
    script = "ALTER TABLE orders DROP COLUMN {};\n"
    repo.write("db/V1__a.sql", script.format("a"))
    repo.commit("db/V2__b.sql", script.format("b"))
    repo.write("db/V3__c.sql", script.format("c"))
    assert repo.judged("HEAD") == ["db/V3__c.sql"]


def test_stores_make_the_same_report(repo: Repo) -> None:
    assert repo.run("facts", ".", "--output", "all.facts").returncode == 0
    assert repo.told("link", "all.facts", "--since", "main") == [NEXT]


@pytest.mark.parametrize("revision", ["nowhere", "--all", "main..work", f"HEAD:{OLD}"])
def test_a_revision_that_is_none_is_an_error(repo: Repo, revision: str) -> None:
    done = repo.run("check", f"--since={revision}")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [f"archlint: git knows no commit `{revision}` here"]


def test_a_shallow_clone_says_what_it_lacks(repo: Repo, tmp_path: Path) -> None:
    repo.git("clone", "-q", "--depth", "1", "--branch", "work", repo.root.as_uri(), os.fspath(tmp_path / "clone"))
    clone = Repo(tmp_path / "clone")
    assert clone.judged("HEAD") == []
    done = clone.run("check", "--since", "origin/main")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "this clone is shallow, fetch its whole history first" in done.stderr
    clone.git("fetch", "-q", "--depth", "1", "origin", "main:main")
    assert (
        "`main` and HEAD have no commit in common here: this clone is shallow"
        in clone.run("check", "--since", "main").stderr
    )


def test_without_a_repository_there_is_no_point_in_its_history(tmp_path: Path) -> None:
    folder = Repo(tmp_path)
    folder.write("archlint.toml", "")
    folder.write(OLD, dropping("old"))
    assert folder.judged() == [OLD]
    done = folder.run("check", "--since", "main")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_rules_about_migrations_are_in_the_default_set_where_it_is_told_which_are_new(repo: Repo) -> None:
    plain, since, prefix = ("--exit-zero",), ("--exit-zero", "--since", "main"), ("--exit-zero", "--select", "ARC64")
    assert "ARC647" not in repo.run(*plain).stdout
    assert f"{NEXT}:6" in repo.run(*since, "--output-format", "concise").stdout
    assert f"{OLD}:6" in repo.run(*prefix, "--output-format", "concise").stdout
    (repo.root / "archlint.toml").write_text('migrations-since = "main"\n', encoding="utf-8")
    assert f"{NEXT}:6" in repo.run(*plain, "--output-format", "concise").stdout
    assert "ARC647" not in repo.run(*plain, "--since", "").stdout


def test_the_root_tells_for_nested_configurations_which_migrations_are_new(repo: Repo) -> None:
    (repo.root / "shop" / "archlint.toml").write_text('migrations-since = "main"\n', encoding="utf-8")
    assert "ARC647" not in repo.run("--exit-zero", "--output-format", "concise", ".").stdout
    (repo.root / "archlint.toml").write_text('migrations-since = "main"\n', encoding="utf-8")
    (repo.root / "shop" / "archlint.toml").write_text("", encoding="utf-8")
    assert f"{NEXT}:6" in repo.run("--exit-zero", "--output-format", "concise", ".").stdout
