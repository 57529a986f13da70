"""What happens to the process and around it, 67 to 72 of `docs/reliability.md`, beside `test_robustness.py`."""

from __future__ import annotations

import os
import pickle
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from surroundings import BLOCKING, COMMAND, FOUND, archlint, lint, report, write

MANY = "".join(f"async def f{n}():\n    time.sleep({n})\n\n\n" for n in range(100))


def large(root: Path) -> Path:
    """Make a project that keeps two processes busy for seconds."""
    return write(root, {f"m{number}.py": f"import time\n\n\n{MANY}" for number in range(8)})


def found(root: Path, *arguments: str) -> list[tuple[str, str, int, int]]:
    return [(one["path"], one["code"], one["line"], one["column"]) for one in report(root, *arguments)["diagnostics"]]


def test_an_end_by_a_signal_leaves_no_half_report_and_a_cache_that_works(tmp_path: Path) -> None:
    root = large(tmp_path / "project")
    (tmp_path / "report.json").write_text("old", encoding="utf-8")
    for delay, how in ((0.5, signal.SIGTERM), (1.0, signal.SIGKILL)):
        with subprocess.Popen(
            [*COMMAND, "--jobs=2", "--output=json=../report.json"], cwd=root, stdout=subprocess.PIPE
        ) as run:
            time.sleep(delay)
            run.send_signal(how)
            out, _ = run.communicate(timeout=20)
        assert run.returncode == -how
        assert out == b""
        assert (tmp_path / "report.json").read_text(encoding="utf-8") == "old"
    (root / "m0.py").write_text(BLOCKING, encoding="utf-8")
    assert found(root, "m0.py") == [("m0.py", *FOUND)]


def test_memory_that_runs_out_costs_a_line(tmp_path: Path) -> None:
    """Half a gigabyte is far from what the list takes as a tree of Python."""
    root = write(tmp_path, {"good.py": BLOCKING, "list.py": f"x = [{'1,' * 490_000}]\n"})
    script = f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({320 << 20}, {320 << 20})); "
    script += "import sys; sys.argv[1:] = ['--jobs=2', '--no-cache']; from archlint.cli import main; main()"
    assert resource.getrlimit(resource.RLIMIT_AS)[0] != 320 << 20
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, timeout=60, check=False)
    assert b"Traceback" not in done.stderr
    assert (done.returncode, b"good.py:5:5" in done.stdout, b"list.py" in done.stdout) == (1, True, True)


def test_two_runs_at_once_say_the_same(tmp_path: Path) -> None:
    root = large(tmp_path)
    runs = [
        subprocess.Popen(
            [*COMMAND, "--jobs=1", "--output-format=concise"], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    told = [run.communicate(timeout=120) for run in runs]
    assert told[0][0] == told[1][0]
    assert [err for _, err in told] == [b"", b""]
    again = archlint(root, "--output-format=concise")
    assert (again.stdout, again.stderr) == (told[0][0], b"")


class Bomb:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"touch {self.path}",)


@pytest.mark.parametrize("damage", ["pickle", "random", "cut", "another", "folder", "pipe", "link"])
def test_a_cache_that_is_none_is_ignored_and_made_anew(tmp_path: Path, damage: str) -> None:
    root = write(tmp_path / "project", {"a.py": BLOCKING})
    wanted = lint(root, no_cache=False)
    assert [one.place for one in wanted] == [FOUND]
    [file] = (root / ".archlint_cache").glob("*/cache.db")
    data = file.read_bytes()
    file.unlink()
    if damage == "folder":
        file.mkdir()
    elif damage == "pipe":
        os.mkfifo(file)
    elif damage == "link":
        file.symlink_to(tmp_path / "precious")
        (tmp_path / "precious").write_text("mine", encoding="utf-8")
    elif damage == "another":
        with sqlite3.connect(file) as connection:
            connection.execute("CREATE TABLE cookies (value)")
        connection.close()
    else:
        bomb = pickle.dumps(Bomb(tmp_path / "owned"))
        file.write_bytes({"pickle": bomb, "random": os.urandom(9_000), "cut": data[: len(data) // 2]}[damage])
    assert lint(root, no_cache=False) == wanted
    assert lint(root, no_cache=False) == wanted
    assert not (tmp_path / "owned").exists()
    assert damage != "link" or (tmp_path / "precious").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("variable", ["GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION"])
def test_no_line_of_a_report_is_a_command_of_the_runner(tmp_path: Path, variable: str) -> None:
    text = BLOCKING.replace("sleep(1)", "sleep(1)  # ##vso[task.setvariable] ##[error]x ##teamcity[x]")
    text = text.replace("import time\n", "import time\nx = '''\n::stop-commands::x\n::error::forged\n'''\n")
    root = write(tmp_path / "project", {"::error::x.py": text, "##[error]x.py": text})
    outputs = [f"--output={name}=../{name}" for name in ("concise", "github")]
    done = archlint(root, *outputs, **{variable: "true"})
    assert done.returncode == 1
    for name in ("full", "concise", "github"):
        text = done.stdout.decode() if name == "full" else (tmp_path / name).read_text(encoding="utf-8")
        # A line that is a command of GitHub is looked through for no other.
        lines = [line for line in text.splitlines() if not line.startswith("::error file=")]
        assert not [line for line in lines if "##[" in line or "##vso[" in line or "##teamcity[" in line]
        assert not [line for line in lines if line.lstrip().startswith("::")]


def test_markup_in_names_and_code_stays_text(tmp_path: Path) -> None:
    """In JSON and SARIF nothing has to be escaped for a page but by the page itself; see `test_map.py` for ours."""
    root = write(tmp_path, {"<script>x.py": BLOCKING, "=cmd|x.py": BLOCKING, "@SUM(A1).py": BLOCKING})
    assert sorted(one.path for one in lint(root)) == ["<script>x.py", "=cmd|x.py", "@SUM(A1).py"]


def test_a_git_folder_that_is_made_to_harm_is_not_asked(tmp_path: Path) -> None:
    owned = tmp_path / "owned"
    root = write(
        tmp_path / "project",
        {
            "a.py": BLOCKING,
            ".git/config": f"[core]\n\tfsmonitor = touch {owned}\n[diff]\n\texternal = touch {owned}\n",
            ".git/HEAD": "ref: refs/heads/--output=x\n",
            "sub/.git": "gitdir: ../../../../etc\n",
            "sub/b.py": BLOCKING,
            ".gitmodules": '[submodule "x"]\n\tpath = ../..\n\turl = ext::sh -c touch% owned\n',
        },
    )
    done = archlint(root, "--quiet", "--output-format=concise", PATH="")
    assert [line.partition(":")[0] for line in done.stdout.decode().splitlines()] == ["a.py", "sub/b.py"]
    assert not owned.exists()
    assert not (root / "x").exists()
