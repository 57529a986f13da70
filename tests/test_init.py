"""`archlint init`: what it proposes for a project, what it writes, and that nothing else of a file changes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from adopting import SLEEP, Project
from hypothesis import given
from hypothesis import strategies as st

from archlint.adoption import templates
from archlint.adoption.toml_table import with_table
from archlint.adoption.yaml_list import with_item

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = '# ours\n[project]\nname = "shop"  # the name\n\n[tool.ruff]\nline-length = 100\n'
HOOKS = """\
# ours
repos:
- repo: local  # a list without indentation
  hooks:
  - {id: x, name: x, entry: "true", language: system}

ci:
  autofix_prs: false
"""
GITLAB = "stages: [test]\n\nunit:\n  script: !reference [.unit, script]\n"
API = """\
from fastapi import FastAPI

app = FastAPI()


@app.get("/orders")
async def orders():
    return []
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    root = tmp_path / "shop"
    root.mkdir()
    made = Project(root, monkeypatch)
    made.write(__init__="", views=SLEEP, api=API)
    subprocess.run(["git", "init", "-q", "-b", "main", str(root)], check=True)
    return made


def put(project: Project, files: dict[str, str]) -> None:
    for name, text in files.items():
        (project.root / name).parent.mkdir(parents=True, exist_ok=True)
        (project.root / name).write_text(text, encoding="utf-8")


def texts(project: Project) -> dict[str, str]:
    return {
        path.relative_to(project.root).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(project.root.rglob("*"))
        if path.is_file() and not {".git", ".archlint_cache"} & set(path.parts)
    }


def init(project: Project, *arguments: str) -> str:
    done = project.run("init", "-j1", *arguments)
    assert done.code == 0, done
    return done.out


def test_it_says_what_it_sees(project: Project) -> None:
    put(project, {"pyproject.toml": PYPROJECT, ".github/workflows/test.yml": "on: push\n", "Jenkinsfile": ""})
    seen = init(project, "--dry-run")
    assert "Python        3 files (3 production)" in seen
    assert "routes        1 fastapi" in seen
    assert "tools         pyproject.toml, GitHub Actions, Jenkins" in seen


def test_from_nothing_to_a_green_gate(project: Project) -> None:
    put(project, {"pyproject.toml": PYPROJECT, ".pre-commit-config.yaml": HOOKS, ".gitlab-ci.yml": GITLAB})
    put(project, {".github/workflows/test.yml": "on: push\n"})
    assert init(project, "--yes").endswith("Next: archlint check\n")
    after = texts(project)
    assert after["pyproject.toml"] == f"{PYPROJECT}\n[tool.archlint]\n"
    hooks = yaml.safe_load(after[".pre-commit-config.yaml"])
    assert [hook["id"] for repo in hooks["repos"] for hook in repo["hooks"]] == ["x", "archlint"]
    assert after[".pre-commit-config.yaml"].startswith(HOOKS.partition("\n\n")[0])
    assert after[".gitlab-ci.yml"] == f"{GITLAB}\ninclude:\n  - local: /.gitlab/archlint.yml\n"
    assert json.loads(after["archlint-baseline.json"])["findings"][0]["rule"] == "ARC301"
    assert project.check().code == 0


def test_a_second_run_changes_nothing(project: Project) -> None:
    put(project, {".pre-commit-config.yaml": HOOKS, ".gitlab-ci.yml": GITLAB, ".github/workflows/a.yml": "on: push\n"})
    init(project, "--yes")
    before = texts(project)
    assert "There is nothing to write." in init(project, "--yes")
    assert "There is nothing to write." in init(project)
    assert texts(project) == before


def test_a_dry_run_prints_the_changes_and_writes_nothing(project: Project) -> None:
    put(project, {"pyproject.toml": PYPROJECT, ".pre-commit-config.yaml": HOOKS})
    before = texts(project)
    shown = init(project, "--dry-run")
    assert "+[tool.archlint]" in shown
    assert '+      additional_dependencies: ["archlint==' in shown
    assert texts(project) == before


def test_nothing_is_written_where_nobody_can_be_asked(project: Project) -> None:
    before = texts(project)
    done = project.run("init", "-j1")
    assert done.code == 2
    assert "`--yes` writes" in done.err
    assert texts(project) == before


def test_a_tool_that_is_not_used_gets_no_file(project: Project) -> None:
    before = texts(project)
    init(project, "--yes")
    assert set(texts(project)) - set(before) == {"archlint.toml", "archlint-baseline.json"}


def test_parts_are_left_out(project: Project) -> None:
    put(project, {".pre-commit-config.yaml": HOOKS})
    before = texts(project)
    init(project, "--yes", "--skip", "pre-commit", "--skip", "baseline")
    assert set(texts(project)) - set(before) == {"archlint.toml"}


def test_a_service_in_a_larger_repository(project: Project) -> None:
    """Settings and baseline stand in the service, hooks and CI where their tools look for them."""
    put(project, {"api/pyproject.toml": PYPROJECT, "api/slow.py": SLEEP, ".pre-commit-config.yaml": HOOKS})
    put(project, {".github/workflows/test.yml": "on: push\n"})
    init(project, "--yes", "api")
    after = texts(project)
    assert "[tool.archlint]" in after["api/pyproject.toml"]
    assert "archlint check --output-format github api\n" in after[".github/workflows/archlint.yml"]
    assert '    files: "^api/"\n' in after[".pre-commit-config.yaml"]
    assert '"path": "slow.py"' in after["api/archlint-baseline.json"]
    assert project.check("api").code == 0


def test_a_baseline_stands_in_the_service_without_settings_there(project: Project) -> None:
    put(project, {"pyproject.toml": PYPROJECT, "api/pyproject.toml": PYPROJECT, "api/slow.py": SLEEP})
    init(project, "--yes", "--skip", "settings", "api")
    assert {name for name in texts(project) if name.endswith("baseline.json")} == {"api/archlint-baseline.json"}


def test_no_link_leads_out_of_the_repository(project: Project, tmp_path: Path) -> None:
    outside = tmp_path / "outside.toml"
    outside.write_text(PYPROJECT, encoding="utf-8")
    (project.root / "pyproject.toml").symlink_to(outside)
    done = project.run("init", "-j1", "--yes")
    assert done.err == "pyproject.toml is not written: it leads out of the repository"
    assert outside.read_text(encoding="utf-8") == PYPROJECT


def test_what_cannot_be_edited_is_left_to_a_person(project: Project) -> None:
    put(project, {"pyproject.toml": "tool = {}\n", ".pre-commit-config.yaml": "repos: []\n"})
    shown = init(project, "--yes")
    where = "By hand: put this under `repos` of .pre-commit-config.yaml, which must be a list without brackets:\n"
    [pasted] = yaml.safe_load(shown.partition(where)[2].partition("\n\n")[0])
    assert (pasted["repo"], pasted["hooks"][0]["id"]) == ("local", "archlint")
    after = texts(project)
    assert (after["pyproject.toml"], after[".pre-commit-config.yaml"]) == ("tool = {}\n", "repos: []\n")
    assert "archlint.toml" in after


def test_pre_commit_takes_the_file(project: Project) -> None:
    put(project, {".pre-commit-config.yaml": HOOKS})
    init(project, "--yes", "--skip", "baseline")
    command = [sys.executable, "-m", "pre_commit", "validate-config", str(project.root / ".pre-commit-config.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("a: 1\n", "a: 1\n\nk:\n  - v\n", id="no such key"),
        pytest.param("", "k:\n  - v\n", id="empty"),
        pytest.param("k:\n- a\n# end\nb: 1\n", "k:\n- a\n- v\n# end\nb: 1\n", id="before the comment"),
        pytest.param("k:\n  - |\n    # no comment\nb: 1\n", "k:\n  - |\n    # no comment\n  - v\nb: 1\n", id="a text"),
        pytest.param("k:\r\n- a\r\n", "k:\r\n- a\r\n- v\r\n", id="CR LF"),
        pytest.param("k:\n- a", "k:\n- a\n- v\n", id="no last line end"),
        pytest.param("k: [a]\n", None, id="flow"),
        pytest.param("k: a\n", None, id="no list"),
        pytest.param("{a: 1}\n", None, id="flow mapping"),
        pytest.param("- a\n", None, id="no mapping"),
        pytest.param("a: [\n", None, id="no YAML"),
    ],
)
def test_an_item_is_put_into_a_list(before: str, after: str | None) -> None:
    assert with_item(before, "k", "v") == after


SCALARS = st.sampled_from(["", "k", "a: b", "# no comment", "- v", "two\nlines\n", "\n# x\n\n", 1, True, None])
VALUES = st.one_of(SCALARS, st.lists(st.one_of(SCALARS, st.lists(SCALARS, max_size=2)), max_size=3))


@given(st.dictionaries(st.sampled_from(["k", "a", "b"]), VALUES), st.booleans())
def test_an_item_more_and_nothing_else(data: dict[str, Any], flow: bool) -> None:
    before = yaml.safe_dump(data, default_flow_style=flow, sort_keys=False)
    after = with_item(before, "k", "v: 1")
    if after is not None:
        assert yaml.safe_load(after) == {**data, "k": [*data.get("k", []), {"v": 1}]}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("x = 1", "x = 1\n\n[tool.archlint]\n", id="no last line end"),
        pytest.param("x = 1\r\n", "x = 1\r\n\r\n[tool.archlint]\r\n", id="CR LF"),
        pytest.param("[tool]\n", "[tool]\n\n[tool.archlint]\n", id="a table of tools"),
        pytest.param("[[tool]]\n", None, id="a list of tools"),
        pytest.param("tool = {x = 1}\n", None, id="an inline table"),
        pytest.param("[tool.archlint]\n", None, id="there already"),
        pytest.param("x = \n", None, id="no TOML"),
    ],
)
def test_a_table_is_put_at_the_end(before: str, after: str | None) -> None:
    assert with_table(before) == after
    if after is not None:
        assert tomllib.loads(after)["tool"]["archlint"] == {}


@pytest.mark.parametrize("package", ["archlint==0.1", "archlint @ https://example.org/a b.whl#sha256=0", "$(x)"])
@pytest.mark.parametrize("folder", ["", "api", "a b: #'\""])
def test_templates_quote_what_they_are_given(package: str, folder: str) -> None:
    workflow = yaml.safe_load(templates.github(package, folder, 'x"]\n'))
    assert workflow[True]["push"]["branches"] == ['x"]\n']
    commands = [step["run"] for step in workflow["jobs"]["archlint"]["steps"] if "run" in step]
    job = yaml.safe_load(templates.gitlab(package, folder))["archlint"]
    for install, check in (commands, [*job["before_script"], *job["script"]]):
        assert words(install)[-1] == package
        assert words(check)[-1] == (folder or ".")
    assert yaml.safe_load(templates.hook(package, folder))["hooks"][0]["additional_dependencies"] == [package]


def words(command: str) -> list[str]:
    """Return what a shell makes of a command."""
    script = f'set -- {command}; printf "%s\\0" "$@"'
    return subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout.split("\0")[:-1]


def test_the_file_for_gitlab_is_the_template() -> None:
    text = (ROOT / "ci" / "gitlab.yml").read_text(encoding="utf-8")
    from archlint import __version__

    assert text.partition("\n")[2] == templates.gitlab(f"archlint=={__version__}")
