"""Files that are none, names that are commands, places that cannot be written, 51 to 59 of `docs/reliability.md`."""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from surroundings import BLOCKING, archlint, lint, report, write

from archlint.report.escaping import visible_character

NAMES = (
    b"esc\x1b[2J.py",
    b"osc\x1b]8;;x\x07\x1b]52;c;eA==\x07.py",
    b"line\nfeed.py",
    b"carriage\rreturn.py",
    b"tab\t.py",
    "rlo\u202e.py".encode(),
    b",line=1::.py",
    b"::error file=a.py::x.py",
    b"%0A.py",
    b"quote'\"`.py",
    b"#?x.py",
    b" .py",
    "größe_漢🎉.py".encode(),
    b"\xff\xfe.py",
    b"\\xff.py",
    b"-rf.py",
    b"--fix.py",
    b"n" * 252 + b".py",
    b"con.py",
    b"aux.PY",
    b"NUL.py",
)
ACTIVE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What a terminal acts on; line ends and tabs apart."""


def decoded(name: bytes) -> str:
    """Return a name as outputs write it: what is not UTF-8 as an escape."""
    return name.decode("utf-8", "backslashreplace")


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write(tmp_path_factory.mktemp("named") / "project", {})
    for name in NAMES:
        Path(os.fsdecode(os.fsencode(root) + b"/" + name)).write_text(BLOCKING, encoding="utf-8")
    formats = ("full", "concise", "json", "jsonl", "sarif", "github")
    done = archlint(root, *(f"--output={name}=../{name}" for name in formats), "--statistics")
    assert (done.returncode, done.stderr) == (1, b"")
    return root


@pytest.mark.parametrize("name", ["full", "concise", "json", "jsonl", "sarif", "github"])
def test_no_format_lets_a_name_act(named: Path, name: str) -> None:
    text = (named.parent / name).read_text(encoding="utf-8")
    assert not ACTIVE.search(text)
    assert not [line for line in text.splitlines() if line.startswith("::") and not line.startswith("::error file=")]


def test_each_format_gives_the_names_back(named: Path) -> None:
    """Two names that are not UTF-8 alike may share an escape: `\\xff` as a byte and as four characters."""
    wanted = {decoded(name) for name in NAMES}
    folder = named.parent
    as_json = json.loads((folder / "json").read_text(encoding="utf-8"))["diagnostics"]
    as_lines = [json.loads(line) for line in (folder / "jsonl").read_text(encoding="utf-8").splitlines()]
    assert {one["path"] for one in as_json} == wanted
    assert {one["path"] for one in as_lines if "path" in one} == wanted
    results = json.loads((folder / "sarif").read_text(encoding="utf-8"))["runs"][0]["results"]
    uris = [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in results]
    assert {unquote(uri).removeprefix("./") for uri in uris} == wanted
    commands = (folder / "github").read_text(encoding="utf-8").splitlines()
    assert {_property(line, "file") for line in commands} == {_shown(name) for name in wanted}
    assert len((folder / "concise").read_text(encoding="utf-8").splitlines()) == len(NAMES) + 1


def _shown(name: str) -> str:
    """Return a name as a command of GitHub carries it: line ends as they are, what is unseen as its escape."""
    return "".join(one if one in "\r\n" else visible_character(one) for one in name)


def _property(command: str, name: str) -> str:
    value = re.split(rf"[ ,]{name}=", command.removeprefix("::").partition("::")[0], maxsplit=1)[1].partition(",")[0]
    for escape, character in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        value = value.replace(escape, character)
    return value


def test_a_name_that_looks_like_an_option_is_one_behind_two_dashes_only(named: Path) -> None:
    assert archlint(named, "--", "-rf.py").returncode == 1
    assert archlint(named, "-rf.py").returncode == 2
    assert (named / "--fix.py").read_text(encoding="utf-8") == BLOCKING


@pytest.fixture
def strange(tmp_path: Path) -> Iterator[Path]:
    """A project of which one file is a file."""
    root = write(tmp_path / "project", {"a.py": BLOCKING, "folder.py/b.py": "x = 1\n"})
    write(tmp_path / "outside", {"secret.py": BLOCKING})
    os.mkfifo(root / "pipe.py")
    os.mkfifo(root / "script")
    (root / "zero.py").symlink_to("/dev/zero")
    (root / "self.py").symlink_to("self.py")
    (root / "one.py").symlink_to("two.py")
    (root / "two.py").symlink_to("one.py")
    (root / "nowhere.py").symlink_to("nothing")
    (root / "folder.py" / "up").symlink_to("..")
    (root / "out.py").symlink_to("../outside/secret.py")
    (root / "outside").symlink_to("../outside")
    os.link(root / "a.py", root / "same.py")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(root / "socket.py"))
        yield root


def test_only_files_are_opened_and_each_is_reported_once(strange: Path) -> None:
    found = report(strange, ".", "a.py", "./a.py", "folder.py/../a.py")
    assert [(one["path"], one["code"]) for one in found["diagnostics"]] == [("a.py", "ARC301")]


@pytest.mark.parametrize(("name", "code"), [("pipe.py", 4), ("zero.py", 4), ("socket.py", 4), ("self.py", 2)])
def test_what_is_named_and_no_file_is_told(strange: Path, name: str, code: int) -> None:
    done = archlint(strange, "--strict", name)
    assert done.returncode == code
    assert name.encode() in done.stdout + done.stderr or name == "zero.py"


def test_a_link_out_of_the_project_is_followed_where_it_is_named(strange: Path) -> None:
    [found] = report(strange, "out.py")["diagnostics"]
    assert Path(found["path"]) == (strange.parent / "outside" / "secret.py").resolve()


def test_names_that_differ_in_case_only_are_two_files(tmp_path: Path) -> None:
    write(tmp_path, {"Wait.py": BLOCKING, "wait.py": BLOCKING})
    if len(list(tmp_path.glob("*.py"))) < 2:
        pytest.skip("the file system does not tell them apart")
    assert [one.path for one in lint(tmp_path)] == ["Wait.py", "wait.py"]


def test_a_path_longer_than_the_system_takes(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": BLOCKING})
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("d" * 250, dir_fd=here)
        deeper = os.open("d" * 250, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(here)
    assert [one.code for one in lint(tmp_path)] == ["ARC301", "ARC003"]
    assert archlint(tmp_path, "d/" * 3_000).returncode == 2
