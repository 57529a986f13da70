"""Whatever the input and the surroundings: a clear line, an exit code, never a traceback, never a wait."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

BLOCKING = "import time\n\n\nasync def wait():\n    time.sleep(1)\n"
COMMAND = [sys.executable, "-m", "archlint"]
Done = subprocess.CompletedProcess[bytes]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "archlint.toml").write_text("", encoding="utf-8")
    (root / "a.py").write_text(BLOCKING, encoding="utf-8")
    return root


def archlint(cwd: Path, *arguments: str, through: str = "", **environment: str | None) -> Done:
    """Run it; a variable of value None is taken out of the environment."""
    wanted = {**os.environ, **environment}
    command = [*COMMAND, *arguments]
    done = subprocess.run(
        ["bash", "-c", f'"$@" {through}', "bash", *command] if through else command,
        cwd=cwd,
        env={name: value for name, value in wanted.items() if value is not None},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    assert b"Warning:" not in done.stderr
    return done


def codes(root: Path, *arguments: str) -> list[tuple[str, str]]:
    done = archlint(root, "--output-format=json", *arguments)
    assert done.returncode in {0, 1}, done.stderr
    return [(one["path"], one["code"]) for one in json.loads(done.stdout)["diagnostics"]]


def test_streams_that_are_closed_or_full(project: Path) -> None:
    assert archlint(project, through=">&-").returncode == 1
    assert archlint(project, through="2>&-").returncode == 1
    assert archlint(project, "-v", through="<&- >&- 2>&-").returncode == 1
    done = archlint(project, through=">/dev/full")
    assert (done.returncode, done.stderr) == (
        3,
        b"archlint: cannot write to standard output: no space left on device\n",
    )
    assert archlint(project, "--bogus", through="2>/dev/full").returncode == 2


@pytest.mark.parametrize("name", ["full", "json", "sarif", "github"])
def test_a_reader_that_has_seen_enough(project: Path, name: str) -> None:
    for number in range(200):
        (project / f"m{number}.py").write_text(BLOCKING * 5, encoding="utf-8")
    done = archlint(
        project,
        f"--output-format={name}",
        "--output=json=all.json",
        through="| head -c 10; exit ${PIPESTATUS[0]}",
        PYTHONUNBUFFERED=None,
    )
    assert (done.returncode, len(done.stdout), done.stderr) == (141, 10, b"")
    assert json.loads((project / "all.json").read_text(encoding="utf-8"))["summary"]["diagnostics"] > 200


@pytest.mark.parametrize(
    ("encoding", "shown"), [("ascii", "größe_漢.py:6:5".encode()), ("latin-1", b"gr\xf6\xdfe_\\u6f22.py:6:5")]
)
def test_terminals_of_other_encodings(project: Path, encoding: str, shown: bytes) -> None:
    """Click takes ASCII for a mistake and writes UTF-8; what another encoding lacks is escaped."""
    (project / "größe_漢.py").write_text(f"# 漢字\n{BLOCKING}".replace("wait", "größe"), encoding="utf-8")
    done = archlint(project, LANG="C", LC_ALL="C", PYTHONIOENCODING=encoding)
    assert done.returncode == 1
    assert shown in done.stdout
    assert archlint(project, "größe", PYTHONIOENCODING=encoding).returncode == 2


def test_poor_surroundings(project: Path) -> None:
    plain = archlint(project, "--no-cache")
    poor = archlint(
        project, HOME=None, TMPDIR="/nonexistent", PYTHONWARNINGS="error", PYTHONOPTIMIZE="2", PATH=None, TERM=None
    )
    assert (poor.returncode, poor.stdout, poor.stderr) == (1, plain.stdout, b"")


def test_a_current_folder_that_is_gone(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    for arguments in ("", "cache path", "-v /etc/hosts"):
        done = subprocess.run(
            ["bash", "-c", f'cd "$1" && rmdir "$1" && "$2" -m archlint {arguments}', "bash", str(gone), sys.executable],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "src")},
            capture_output=True,
            timeout=30,
            check=False,
        )
        assert (done.returncode, done.stderr) == (2, b"archlint: no current folder: no such file or directory\n")
        gone.mkdir()


def test_modules_in_the_current_folder_are_not_imported(project: Path) -> None:
    """What is linted may be called like what archlint imports late."""
    script = "sys.argv[1:] = ['--preview']; from archlint.cli import main; main()"
    for name in ("yaml", "sqlglot", "libcst", "sitecustomize", "tomllib", "msgspec"):
        (project / f"{name}.py").write_text("open('imported', 'w')\n", encoding="utf-8")
    (project / "run.sql").write_text("DELETE FROM shop;\n", encoding="utf-8")
    source = Path(__file__).parents[1] / "src"
    installed = f"import sys; sys.path[:] = [{str(source)!r}, *sys.path[1:]]; {script}"
    done = subprocess.run([sys.executable, "-c", installed], cwd=project, capture_output=True, timeout=30, check=False)
    assert b"ARC301" in done.stdout
    assert b"ARC601" in done.stdout
    assert not (project / "imported").exists()


def test_things_that_are_no_files(project: Path) -> None:
    os.mkfifo(project / "pipe.py")
    (project / "zero.py").symlink_to("/dev/zero")
    (project / "loop").symlink_to(project)
    (project / "self.py").symlink_to(project / "self.py")
    (project / "nowhere.py").symlink_to(project / "nothing")
    (project / "folder.py").mkdir()
    (project / "folder.py" / "b.py").write_text(BLOCKING, encoding="utf-8")
    assert codes(project) == [("a.py", "ARC301"), ("folder.py/b.py", "ARC301")]
    assert codes(project, "pipe.py", "a.py") == [("a.py", "ARC301"), ("pipe.py", "ARC003")]
    assert archlint(project, "self.py").returncode == 2
    assert archlint(project, "pipe.py", "--strict").returncode == 4
    done = archlint(project, "zero.py", "--strict")
    assert done.returncode == 4


HOSTILE = {
    "empty.py": b"",
    "bom.py": b"\xef\xbb\xbfx = 1\n",
    "utf16.py": "x = 1\n".encode("utf-16"),
    "null.py": b"x = 1\0\n",
    "binary.py": bytes(range(256)) * 10,
    "latin.py": b"# coding: latin-1\nx = '\xe9'\n",
    "cookie.py": b"# coding: rot13\nk = 1\n",
    "undefined.py": b"# coding: undefined\n",
    "backslash.py": b"x = 1 \\",
    "python2.py": b"print 'x'\nexcept E, e: pass\n",
    "conflict.py": b"<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> other\n",
    "template.py": b"{{ cookiecutter.name }}\n{% if x %}\n",
    "surrogate.py": b"import requests\nrequests.get('\\udcff')\ncursor.execute('DELETE FROM \\ud800')\n",
    "parens.py": b"x = " + b"(" * 5_000 + b"1" + b")" * 5_000 + b"\n",
    "unary.py": b"x = " + b"-" * 20_000 + b"1\n",
    "chain.py": b"x = " + b" or ".join([b"a"] * 20_000) + b"\n",
    "plus.py": b"x = " + b" + ".join([b"a"] * 50_000) + b"\n",
    "attributes.py": b"x = a" + b".b" * 20_000 + b"\n",
    "calls.py": b"x = a" + b"()" * 3_000 + b"\n",
    "subscripts.py": b"x = a" + b"[0]" * 5_000 + b"\n",
    "elif.py": b"if a: pass\n" + b"elif a: pass\n" * 3_000,
    "lambdas.py": b"x = " + b"lambda: " * 2_000 + b"1\n",
    "strings.py": b"x = (\n" + b"'a'\n" * 50_000 + b")\n",
    "indents.py": b"".join(b" " * n + b"if a:\n" for n in range(150)) + b" " * 150 + b"pass\n",
    "digits.py": b"x = " + b"9" * 10_000 + b"\n",
    "escape.py": b"x = '\\d'\nx is 1\nassert (x, 'y')\n",
    "bidi.py": "# \u202e\nx = '\u2028'\n".encode(),
    "bomb.yaml": b"a: &a [x, x]\n" + b"".join(b"%c: &%c [*%c, *%c]\n" % (c, c, c - 1, c - 1) for c in range(98, 122)),
    "cycle.yaml": b"a: &a\n  b: *a\n",
    "deep.yaml": b"[" * 20_000,
    "tag.yaml": b"a: !!python/object/apply:os.system ['touch owned']\n",
    "deep.json": b"[" * 100_000,
    "deep.toml": b"a = " + b"[" * 20_000,
    "deep.sql": b"SELECT " + b"(" * 5_000 + b"1" + b")" * 5_000 + b";\n",
    "case.sql": b"SELECT " + b"CASE WHEN a THEN " * 2_000 + b"1\n",
    "long.sql": b"DELETE FROM t WHERE id IN (" + b"1, " * 20_000 + b"1);\n",
    "poetry.lock": b"[[package]]\nname = 'x'\nversion = '" + b"9" * 9_000 + b"'\n",
    "requirements.txt": b"django" + b"[" * 9_000 + b"==" * 9_000,
    ".env": b"A='" + b"\\" * 50_000,
    "Dockerfile": b"FROM " + b"a\\\n" * 20_000,
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("hostile")
    (root / "archlint.toml").write_text('select = ["ALL"]\nmin-confidence = "low"\n', encoding="utf-8")
    for name, data in HOSTILE.items():
        (root / name).write_bytes(data)
    (root / "a.py").write_text(BLOCKING, encoding="utf-8")
    return root


@pytest.mark.parametrize("jobs", [1, 2])
def test_hostile_files_together(hostile: Path, jobs: int) -> None:
    done = archlint(hostile, "--no-cache", f"--jobs={jobs}", "--output-format=json")
    assert (done.returncode, done.stderr) == (1, b"")
    report = json.loads(done.stdout)
    assert ("a.py", "ARC301") in [(one["path"], one["code"]) for one in report["diagnostics"]]
    assert not report["summary"]["crashed"]
    lost = [one for one in report["skipped"] if "died" in one["reason"] or "longer than" in one["reason"]]
    assert lost == []
    assert not (hostile / "owned").exists()


NAMES = (
    b"esc\x1b[31m.py",
    b"osc\x1b]8;;x\x07.py",
    b"new\nline.py",
    b"tab\t.py",
    b"\xff\xfe.py",
    b"-rf.py",
    b"rlo\xe2\x80\xae.py",
    b",line=1::.py",
    b"%0A.py",
    b"q'\"`.py",
    b"#?x.py",
    b" .py",
    b"n" * 252 + b".py",
    b"[a].py",
)


def test_hostile_names(project: Path) -> None:
    for raw in NAMES:
        Path(os.fsdecode(os.fsencode(project) + b"/" + raw)).write_text(BLOCKING, encoding="utf-8")
    outputs = {name: f"--output={name}=../{name}" for name in ("concise", "full", "sarif", "github", "jsonl")}
    for _ in ("cold", "warm"):
        done = archlint(project, "--output-format=json", *outputs.values())
        assert (done.returncode, done.stderr) == (1, b"")
        paths = [one["path"] for one in json.loads(done.stdout)["diagnostics"]]
        assert len(set(paths)) == len(NAMES) + 1
    for name in outputs:
        text = (project.parent / name).read_text(encoding="utf-8")
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202e]", text), name
        if name in {"concise", "github"}:
            assert text.count("\n") == len(NAMES) + 1 + (name == "concise")
    assert archlint(project, "--", "-rf.py").returncode == 1


def test_a_disk_that_is_full_leaves_the_old_report(project: Path) -> None:
    report = project / "report.json"
    report.write_text("old", encoding="utf-8")
    done = archlint(project, "--no-cache", "--output-format=json", "-o", "report.json")
    assert done.returncode == 1
    report.write_text("old", encoding="utf-8")
    limited = subprocess.run(
        ["bash", "-c", 'ulimit -f 0; "$@"', "bash", *COMMAND, "--output-format=json", "-o", "report.json"],
        cwd=project,
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert limited.returncode == 3
    assert b"archlint: cannot write `report.json`: file too large\n" in limited.stderr
    assert b"Traceback" not in limited.stderr
    assert report.read_text(encoding="utf-8") == "old"
    assert [path.name for path in project.iterdir() if path.name.startswith(".report")] == []


def test_ctrl_c_ends_the_run_and_its_workers(project: Path) -> None:
    for number in range(60):
        text = "".join(f"async def f{n}():\n    time.sleep({n})\n\n\n" for n in range(400))
        (project / f"m{number}.py").write_text(f"import time\n\n\n{text}", encoding="utf-8")
    run = subprocess.Popen(
        [*COMMAND, "--jobs", "3", "--no-cache"],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        # A script that runs the tests in its background ignores interrupts, and so would all below it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads here
    )
    group = run.pid
    limit = time.monotonic() + 20
    while len(_members(group)) < 3 and time.monotonic() < limit:
        time.sleep(0.02)
    assert len(_members(group)) >= 3
    os.killpg(group, signal.SIGINT)
    out, err = run.communicate(timeout=20)
    assert (run.returncode, out, err.split()) == (130, b"", [b"archlint:", b"interrupted"])
    limit = time.monotonic() + 5
    while _members(group) and time.monotonic() < limit:
        time.sleep(0.05)
    assert _members(group) == []


def _members(group: int) -> list[int]:
    """The processes of a group that live."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, process_group = stat.read_text(encoding="utf-8").rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(process_group) == group and state != "Z":
            found.append(int(stat.parent.name))
    return found


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(project: Path) -> None:
    project.chmod(0o500)
    try:
        done = archlint(project)
        assert done.returncode == 1
        assert done.stderr.startswith(b"archlint: warning: the cache was not written: ")
    finally:
        project.chmod(0o700)


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs namespaces")
def test_a_file_system_that_cannot_be_written(project: Path) -> None:
    script = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && cd "$0" && "$@"'
    done = subprocess.run(
        ["unshare", "--mount", "bash", "-c", script, str(project), *COMMAND],
        capture_output=True,
        timeout=30,
        check=False,
    )
    if done.returncode != 1 or not done.stdout:
        pytest.skip("no right to mount")
    assert b"ARC301" in done.stdout
    assert done.stderr == b"archlint: warning: the cache was not written: read-only file system\n"


def test_the_version_is_told_at_once() -> None:
    script = (
        "import sys; sys.argv = ['archlint', '--version']; from archlint.cli import main; main(); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=True)
    loaded = set(done.stdout.splitlines()[1].split())
    assert loaded.isdisjoint({"click", "msgspec", "libcst", "sqlglot", "yaml", "multiprocessing"})
