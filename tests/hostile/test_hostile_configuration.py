"""Files of configuration that are made to harm, 60 to 66 of `docs/reliability.md`."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from surroundings import BLOCKING, archlint, lint, lint_one, places, seconds, write

from archlint import toml
from archlint.errors import UsageError

LETTERS = "abcdefghij"
ALIASES = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{this}: &{this} [{', '.join([f'*{before}'] * 9)}]\n" for before, this in pairwise(LETTERS)
)
MERGES = "a: &a {k: v}\n" + "".join(
    f"{this}: &{this} {{<<: [{', '.join([f'*{before}'] * 9)}]}}\n" for before, this in pairwise(LETTERS)
)


@pytest.mark.parametrize(
    ("name", "text", "codes"),
    [
        pytest.param("a.yaml", ALIASES, [], id="aliases"),
        pytest.param("a.yaml", MERGES, [], id="merges"),
        pytest.param("a.yaml", "a: &a\n  b: *a\n  <<: *a\n", [], id="an-anchor-in-itself"),
        pytest.param("a.yaml", "x: " + "[" * 3_000, ["ARC005"], id="yaml-flow"),
        pytest.param("a.yaml", "x: " + "[" * 3_000 + "]" * 3_000, ["ARC005"], id="yaml-closed-flow"),
        pytest.param("a.yaml", "x: " + "{a: " * 3_000 + "}" * 3_000, ["ARC005"], id="yaml-mappings"),
        pytest.param("a.yaml", "- " * 3_000, ["ARC005"], id="yaml-block"),
        pytest.param("a.yaml", "".join(" " * n + "a:\n" for n in range(1_000)), ["ARC005"], id="yaml-indents"),
        pytest.param("a.yaml", "? " * 3_000, ["ARC005"], id="yaml-keys"),
        pytest.param("a.yaml", "- x\n" * 201_000, ["ARC005"], id="yaml-values"),
        pytest.param("a.yaml", "--- x\n" * 60_000, [], id="yaml-documents"),
        pytest.param("a.yaml", "a: 1\na: 2\n", [], id="yaml-twice"),
        pytest.param("a.yaml", "a: NO\nb: 012\nc: 12:30:45\nd: 2001-01-01\non: off\n", [], id="yaml-words"),
        pytest.param("a.yaml", "a: " + "9" * 5_000 + "\n", [], id="yaml-digits"),
        pytest.param("a.yaml", "a: 1\n\tb: 2\n", ["ARC001"], id="yaml-tab"),
        pytest.param("a.yaml", "a: \0\n", ["ARC003"], id="yaml-nul"),
        pytest.param("a.yaml", "just text", [], id="yaml-scalar"),
        pytest.param("a.yaml", "", [], id="yaml-empty"),
        pytest.param("a.json", "[" * 100_000, ["ARC005"], id="json-lists"),
        pytest.param("a.json", '{"a":' * 30_000, ["ARC005"], id="json-objects"),
        pytest.param("a.json", "[" + "1," * 210_000 + "1]", ["ARC005"], id="json-values"),
        pytest.param("a.json", '"' + "a" * 990_000 + '"', [], id="json-string"),
        pytest.param("a.json", "9" * 900_000, [], id="json-digits"),
        pytest.param("a.toml", "a = " + "[" * 20_000, ["ARC005"], id="toml-lists"),
        pytest.param(".env", "A=" + "x" * 990_000, [], id="env-line"),
        pytest.param(".env", "A=1\n" * 240_000, [], id="env-lines"),
        pytest.param(".env", "A='" + "\\'" * 100_000, [], id="env-open"),
    ],
)
def test_data_that_is_linted(tmp_path: Path, name: str, text: str, codes: list[str]) -> None:
    with seconds(15):
        assert [one.code for one in lint_one(tmp_path, text, name, select=("ARC0", "ARC5"))] == codes


def test_a_project_file_with_a_number_too_large_names_no_library(tmp_path: Path) -> None:
    write(tmp_path, {"archlint.toml": "", "app/pyproject.toml": "[project]\nversion = " + "9" * 5_000, "app/a.py": ""})
    assert [one.code for one in lint(tmp_path, select=("ARC0",))] == ["ARC005"]


def test_a_key_of_toml_with_many_parts(tmp_path: Path) -> None:
    """Newer parsers refuse what older ones read."""
    text = "a." * 20_000 + "b = 1\n"
    try:
        toml.loads(text)
        expected = []
    except RecursionError:
        expected = ["ARC005"]
    with seconds(15):
        assert [one.code for one in lint_one(tmp_path, text, "a.toml", select=("ARC0", "ARC5"))] == expected


def test_a_tag_constructs_nothing(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "a.yaml": f"a: !!python/object/apply:os.system ['touch {tmp_path}/owned']\n",
            "b.yaml": "a: !!python/name:os.system\nb: !!python/object/new:os.system [x]\n",
        },
    )
    assert lint(tmp_path) == []
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("a = " + "[" * 20_000, "nested too deeply", id="deep"),
        pytest.param("jobs = " + "9" * 5_000, "too many digits", id="digits"),
        pytest.param("jobs = 2001-01-01\n", "`jobs`", id="date"),
        pytest.param("jobs = 1\njobs = 2\n", "archlint.toml:2:", id="twice"),
        pytest.param("jobs = \t\x00\n", "archlint.toml:1:", id="nul"),
        pytest.param("select = [\n'ARC1'\n'ARC2']\n", "archlint.toml:3:", id="no-comma"),
        pytest.param("slect = ['ARC1']\n", "did you mean `select`", id="key"),
        pytest.param("select = ['ARC1O1']\n", "did you mean `ARC101`", id="rule"),
        pytest.param("jobs = 'two'\n", "expected an integer", id="type"),
        pytest.param("exclude = ['" + "{a,b}" * 20 + "']\n", "a glob stands for at most", id="glob"),
        pytest.param("extend = 'archlint.toml'\n", "closes a circle", id="circle"),
        pytest.param("extend = '../other.toml'\n", "lies outside of the project", id="outside"),
        pytest.param("extend = 'missing.toml'\n", "is no file", id="missing"),
        pytest.param("extend = 'pipe.toml'\n", "is no file", id="pipe"),
        pytest.param("cache-dir = '/tmp/archlint-cache'\n", "outside of the project", id="cache-dir"),
        pytest.param("plugins = ['evil']\n", "unknown key `plugins`", id="plugins"),
        pytest.param("init-hook = 'import evil'\n", "unknown key `init-hook`", id="hook"),
        pytest.param("knowledge = ['../../etc/passwd']\n", "knowledge", id="knowledge-outside"),
    ],
)
def test_a_configuration_that_is_wrong_is_one_line(tmp_path: Path, text: str, says: str) -> None:
    write(tmp_path, {"a.py": BLOCKING}).joinpath("archlint.toml").write_text(text, encoding="utf-8")
    os.mkfifo(tmp_path / "pipe.toml")
    with pytest.raises(UsageError) as raised:
        lint(tmp_path, no_cache=False)
    assert says in str(raised.value)
    assert str(raised.value).isprintable()
    assert not (tmp_path / ".archlint_cache").exists()


def test_a_wrong_configuration_ends_the_command_line(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": BLOCKING, "plugins.py": "x"}).joinpath("archlint.toml").write_text("plugins = ['plugins']")
    done = archlint(tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"archlint: archlint.toml: unknown key `plugins`\n"


def test_a_glob_does_not_backtrack(tmp_path: Path) -> None:
    """The only patterns that a project gives: no expression of its own is ever compiled."""
    names = {f"{'a' * 200}.py": BLOCKING, "a/" * 40 + "c.py": BLOCKING}
    patterns = ["*a" * 40 + "b", "**/" * 5 + "*x" * 9, "[a-z]*" * 40 + "!"]
    config = "".join(f"{key} = {patterns!r}\n" for key in ("exclude", "include"))
    root = write(tmp_path, names)
    with seconds(5):
        assert lint(root, extend_exclude=tuple(patterns)) != []
    (root / "archlint.toml").write_text(config, encoding="utf-8")
    assert archlint(root).returncode == 0


SOURCE = Path(__file__).parents[2] / "src"
MAIN = "sys.argv[1:] = ['--preview', '-v']; from archlint.cli import main; main()"
EVIL = "open({path!r}, 'w').close()\nraise SystemExit('evil')\n"


INSTALLED = ["-c", f"import sys; sys.path[:] = [{str(SOURCE)!r}, *sys.path[1:]]; {MAIN}"]
AS_MODULE = ["-m", "archlint", "--preview", "-v"]


@pytest.mark.parametrize("start", [INSTALLED, AS_MODULE], ids=["command", "module"])
def test_nothing_of_a_project_is_imported_or_run(tmp_path: Path, start: list[str]) -> None:
    owned = tmp_path / "owned"
    code = EVIL.format(path=str(owned))
    names = (
        "sitecustomize.py", "usercustomize.py", "archlint.py", "libcst/__init__.py", "yaml.py", "sqlglot/__init__.py",
        "msgspec.py", "click.py", "tomllib.py", "conftest.py", "setup.py", "evil.py", "plugins/evil.py",
        "archlint_plugins.py", ".archlint/rules/evil.py",
    )  # fmt: skip
    root = write(tmp_path / "project", dict.fromkeys(names, code))
    if start is AS_MODULE:
        (root / "archlint.py").unlink()  # Python itself looks there for what `-m` names
    write(
        root,
        {
            "a.py": BLOCKING,
            "b.sql": "DELETE FROM shop;\n",
            "c.yaml": "a: 1\n",
            "pyproject.toml": "[project]\nname = 'evil'\n[project.entry-points.'archlint.rules']\nevil = 'evil:main'\n",
            "setup.cfg": "[flake8:local-plugins]\nextension = X = evil:X\npaths = .\n",
            ".git/config": f"[core]\n\tfsmonitor = touch {owned}\n\tpager = touch {owned}\n\thooksPath = .\n",
            ".git/hooks/post-checkout": f"#!/bin/sh\ntouch {owned}\n",
        },
    )
    done = subprocess.run(
        [sys.executable, *start],
        cwd=root,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, b"Traceback" in done.stderr) == (1, False)
    assert b"ARC301" in done.stdout
    assert b"ARC601" in done.stdout
    assert not owned.exists()


def test_a_suppression_counts_where_it_is_a_comment(tmp_path: Path) -> None:
    text = (
        "import time\n\n\nasync def wait():\n"
        "    time.sleep(1), '# archlint: ignore[ARC301]'\n"
        "    time.sleep(2)  # archlint: IGNORE[arc301] -- capitals\n"
        "    time.sleep(\n        3\n    )  # archlint: ignore[ARC301] -- the last line\n"
        "    time.sleep(4)  # archlint: ignore[ARC999] -- no such rule\n"
        "    time.sleep(5), '''\n# archlint: ignore[ARC301]\n'''\n"
    )
    assert ("ARC301", 5, 5) in places(lint_one(tmp_path, text))
    assert [line for code, line, _ in places(lint_one(tmp_path, text)) if code == "ARC301"] == [5, 10, 11]
