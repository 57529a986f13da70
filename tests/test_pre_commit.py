"""The hooks: which files they are given, and what they say when pre-commit runs them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from archlint.discovery import kind_of
from archlint.source import Kind

ROOT = Path(__file__).resolve().parents[1]
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
PARTS = ("src", "rules", "pyproject.toml", "hatch_build.py", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
"""What a build needs."""

PLAIN = "class Customer:\n    objects = {}\n"
MODEL = "from django.db import models\n\n\nclass Customer(models.Model):\n    name = models.TextField()\n"
SERVICES = """\
from app.models import Customer


def names(rows):
    return [Customer.objects.get(id=row["customer"]).name for row in rows]
"""
VIEWS = "import time\n\n\nasync def wait():\n    time.sleep(1)\n"


def hooks() -> dict[str, dict[str, object]]:
    return {hook["id"]: hook for hook in yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))}


def test_pre_commit_takes_the_manifest() -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", str(MANIFEST)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "")


READ = """
    app/views.py app/views.pyi app.pyw deploy/app.wsgi db/a.sql db/a.psql db/a.pgsql
    a.yml compose.yaml a.json a.toml a.ini setup.cfg my.cnf nginx.conf log4j.properties SETTINGS.INI
    .env .envrc .flaskenv .env.local .env-prod prod.env env.example env.dist
    Dockerfile Dockerfile.dev web.dockerfile deploy/Containerfile Containerfile-web
    a.pem a.key a.p8 id_rsa id_ed25519 .npmrc .pypirc Pipfile
    a.jinja a.jinja2 a.yaml.j2 web/templates/a.html jinja2/mail/a.txt templates/a.htm
    settings.ini.example config.yaml.dist .envrc.sample settings.py.template id_rsa.example
    requirements.txt dev-requirements.txt requirements/base.txt constraints.in requirements-dev.in
"""
NOT_READ = """
    README.md a.js a.css logo.svg notes.txt docs/a.html a.rst env.local a.lock a.ipynb templates/a.js
    environment.txt id_rsa.pub Dockerfiles.md required.txt a.pyc a.envx
"""


@pytest.mark.parametrize("path", [*READ.split(), *NOT_READ.split()])
def test_the_hook_is_given_the_files_that_archlint_reads(path: str) -> None:
    *folders, name = path.lower().split("/")
    is_read = kind_of(name, tuple(folders)) not in (None, Kind.NOTEBOOK, Kind.LOCK)
    assert is_read == (path in READ.split())
    assert bool(re.search(str(hooks()["archlint"]["files"]), path)) == is_read


def test_the_hook_is_given_files_without_a_suffix() -> None:
    """They may be scripts: their first line decides."""
    assert re.search(str(hooks()["archlint"]["files"]), "bin/serve")


def test_the_project_hook_runs_whatever_has_changed() -> None:
    """Deleted files are not passed to hooks: only one that always runs notices that something is missing."""
    hook = hooks()["archlint-project"]
    assert (hook["always_run"], hook["pass_filenames"]) == (True, False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    write(root, {"archlint.toml": "", "app/__init__.py": "", "app/models.py": MODEL, "app/services.py": SERVICES})
    return root


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def entry(folder: Path, *paths: str) -> tuple[int, list[tuple[str, str]]]:
    """Run what the hook runs; return the exit code and the diagnostics as (path:line, code)."""
    command = [
        sys.executable,
        "-m",
        *str(hooks()["archlint"]["entry"]).split(),
        "--output-format=concise",
        "-q",
        *paths,
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, re.findall(r"^(\S+:\d+):\d+: (ARC\d+)", done.stdout, re.MULTILINE)


LOOP = (1, [("app/services.py:5", "ARC101")])
CLEAN: tuple[int, list[tuple[str, str]]] = (0, [])


def test_files_filter_the_report_and_not_what_is_known(project: Path) -> None:
    assert entry(project, "app/services.py") == LOOP
    assert entry(project, "app/models.py") == CLEAN
    assert entry(project, "app/models.py", "app/services.py") == LOOP


def test_paths_are_relative_to_the_current_folder(project: Path) -> None:
    inside, outside = (1, [("services.py:5", "ARC101")]), (1, [("project/app/services.py:5", "ARC101")])
    assert entry(project / "app", "services.py") == inside
    assert entry(project / "app", "../app/services.py") == inside
    assert entry(project.parent, "project/app/services.py") == outside
    assert entry(project.parent, str(project / "app" / "services.py")) == outside


def test_a_file_outside_of_the_project(project: Path) -> None:
    write(project.parent, {"other/views.py": VIEWS})
    code, found = entry(project, "../other/views.py")
    assert code == 1
    assert [one[1] for one in found] == ["ARC301"]


def test_excluded_files_are_left_out(project: Path) -> None:
    write(project, {"archlint.toml": 'extend-exclude = ["app/s*"]\n'})
    assert entry(project, "app/services.py") == CLEAN


def test_no_files_are_all_files(project: Path) -> None:
    assert entry(project) == LOOP
    assert entry(project / "app") == (1, [("services.py:5", "ARC101")])


@dataclass(frozen=True)
class Consumer:
    """A repository with the hooks in its configuration."""

    root: Path
    home: Path

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        known = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        git = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        names = {f"GIT_{who}_{what}": "a@b.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        environment = {**known, **git, **names, "PRE_COMMIT_HOME": str(self.home), "PRE_COMMIT_COLOR": "never"}
        return subprocess.run(
            arguments, cwd=self.root, env=environment, capture_output=True, text=True, timeout=170, check=False
        )

    def git(self, *arguments: str) -> str:
        done = self.command("git", *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def pre_commit(self, *arguments: str) -> tuple[int, str]:
        done = self.command(sys.executable, "-m", "pre_commit", *arguments)
        return done.returncode, done.stdout + done.stderr

    def commit(self, files: dict[str, str]) -> None:
        write(self.root, files)
        self.git("add", ".")
        self.git("commit", "-q", "-m", "change")


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Consumer:
    """The working tree as a repository of its own."""
    own = Consumer(tmp_path_factory.mktemp("archlint"), tmp_path_factory.mktemp("home"))
    for part in PARTS:
        if (ROOT / part).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "compiled")
            shutil.copytree(ROOT / part, own.root / part, ignore=ignored)
        else:
            shutil.copy(ROOT / part, own.root / part)
    own.git("init", "-q")
    own.commit({})
    return own


@pytest.fixture(scope="module")
def consumer(packaged: Consumer, tmp_path_factory: pytest.TempPathFactory) -> Consumer:
    used = Consumer(tmp_path_factory.mktemp("consumer"), packaged.home)
    used.git("init", "-q")
    hook_ids = [{"id": name} for name in hooks()]
    repo = {"repo": str(packaged.root), "rev": packaged.git("rev-parse", "HEAD"), "hooks": hook_ids}
    used.commit({".pre-commit-config.yaml": yaml.safe_dump({"repos": [repo]})})
    return used


def assert_clean(done: tuple[int, str]) -> None:
    code, output = done
    assert code == 0, output
    assert "Passed" in output


def assert_found(done: tuple[int, str], place: str, rule: str) -> None:
    code, output = done
    assert code == 1, output
    assert place in output, output
    assert rule in output


@pytest.mark.slow
def test_hooks_in_a_repository(consumer: Consumer) -> None:
    clean = {"app/__init__.py": "", "app/models.py": PLAIN, "app/services.py": SERVICES, "pyproject.toml": ""}
    consumer.commit(clean)
    assert_clean(consumer.pre_commit("run", "--all-files"))

    write(consumer.root, {"app/views.py": VIEWS})
    consumer.git("add", ".")
    assert_found(consumer.pre_commit("run"), "app/views.py:5:5", "ARC301")
    consumer.git("rm", "-q", "-f", "app/views.py")

    # A class becomes a model, and a loop in a file that nobody touched queries the database.
    write(consumer.root, {"app/models.py": MODEL})
    consumer.git("add", ".")
    assert_clean(consumer.pre_commit("run"))
    assert_found(consumer.pre_commit("run", "--hook-stage", "pre-push"), "app/services.py:5:13", "ARC101")

    assert ".archlint_cache" not in consumer.git("status", "--short")
    consumer.git("rm", "-q", "-f", "app/services.py")
    assert_clean(consumer.pre_commit("run", "--hook-stage", "pre-push"))


@pytest.mark.slow
def test_trying_the_hooks(packaged: Consumer, tmp_path: Path) -> None:
    user = Consumer(tmp_path, packaged.home)
    user.git("init", "-q")
    user.commit({"app/views.py": VIEWS})
    tried = user.pre_commit("try-repo", str(packaged.root), "archlint", "--verbose", "--all-files")
    assert_found(tried, "app/views.py:5:5", "ARC301")
