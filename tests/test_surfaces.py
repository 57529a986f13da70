"""Every surface finds the same in the same state: the command line, pre-commit, a language server, flake8."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import surfaces
import yaml
from editing import Editor, editing
from lsprotocol import types

from archlint.catalogue import catalogue
from archlint.registry import rules_of

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[1]
Found = tuple[str, int, int, str, str]
"""Path, line, column, code and message."""

_FLAKE8 = re.compile(r"(?:\./)?([^:]+):(\d+):(\d+): (\w+) (.*)")
STATES = pytest.mark.parametrize("is_edited", [False, True], ids=["before", "after"])


@dataclass(frozen=True)
class Place:
    """A project in a repository of its own."""

    root: Path

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        who = {f"GIT_{role}_{what}": "a@b.example" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        git = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        known = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") and name != "CI"}
        environment = {**known, **git, **who, "PRE_COMMIT_HOME": str(self.root.parent / "home")}
        return subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, encoding="utf-8", timeout=170, check=False
        )

    def git(self, *arguments: str) -> None:
        done = self.run("git", *arguments)
        assert done.returncode == 0, done.stderr

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_bytes(text.encode())

    def forget(self) -> None:
        shutil.rmtree(self.root / ".archlint_cache", ignore_errors=True)

    def archlint(self) -> list[Found]:
        """Return what the command line finds."""
        done = self.run(sys.executable, "-m", "archlint", "check", "-j1", "--output-format", "json")
        assert (done.returncode, done.stderr) == (1, "")
        return of_json(json.loads(done.stdout)["diagnostics"])

    def pre_commit(self, hook: str, *arguments: str, stage: str = "pre-commit") -> list[Found]:
        """Return what a hook finds as pre-commit runs it, which chooses the files."""
        log, config = self.root.parent / "hook.log", self.root.parent / "config.yaml"
        log.unlink(missing_ok=True)
        config.write_text(yaml.safe_dump({"repos": [{"repo": "local", "hooks": [local(hook, log)]}]}))
        done = self.run(
            *(sys.executable, "-m", "pre_commit", "run", hook, "--config", str(config)),
            *("--hook-stage", stage, *arguments),
        )
        assert done.returncode in (0, 1), done.stdout + done.stderr
        said = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []
        assert {"header", "summary"} <= {one["type"] for one in said} or "no files to check" in done.stdout
        return of_json(one for one in said if one["type"] == "diagnostic")

    def flake8(self) -> list[Found]:
        """Return what flake8 finds with the plugin."""
        done = self.run(sys.executable, "-m", "flake8", "--isolated", "--select=ARC", "-j1")
        assert done.stderr == ""
        rows = [_FLAKE8.fullmatch(line) for line in done.stdout.splitlines()]
        return sorted((row[1], int(row[2]), int(row[3]), row[4], row[5]) for row in rows if row is not None)


def local(name: str, log: Path) -> dict[str, object]:
    """Return a hook as it is published, but for this interpreter and for where its report goes."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    hook = next(one for one in hooks if one["id"] == name)
    entry = f"{sys.executable} -m {hook['entry']}"
    report = {"args": ["-j1", "--output-format", "jsonl"], "log_file": str(log), "verbose": True}
    return {**hook, "language": "system", "entry": entry, **report}


def of_json(diagnostics: Iterable[Mapping[str, object]]) -> list[Found]:
    rows = ([one[key] for key in ("path", "line", "column", "code", "message")] for one in diagnostics)
    return sorted((str(path), *_numbers(line, column), str(code), str(said)) for path, line, column, code, said in rows)


def _numbers(line: object, column: object) -> tuple[int, int]:
    assert isinstance(line, int)
    assert isinstance(column, int)
    return line, column


def made(folder: Path) -> Place:
    """Return the project before the edits, with a baseline that has one finding."""
    place = Place(folder)
    place.write(surfaces.BEFORE)
    place.git("init", "-q", "-b", "main")
    place.git("add", ".")
    place.git("commit", "-q", "-m", "start")
    place.git("tag", "start")
    assert place.run(sys.executable, "-m", "archlint", "baseline", "write", "-j1").returncode == 0
    file = folder / "archlint-baseline.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    content["findings"] = [one for one in content["findings"] if one is None or one.get("scope") == surfaces.BASELINED]
    file.write_text(json.dumps(content), encoding="utf-8")
    place.git("add", ".")
    place.git("commit", "-q", "-m", "baseline")
    place.forget()
    return place


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return made(tmp_path_factory.mktemp("original") / "project")


@pytest.fixture
def place(original: Place, tmp_path: Path) -> Place:
    return Place(Path(shutil.copytree(original.root, tmp_path / "project")))


def in_state(place: Place, *, is_edited: bool) -> list[Found]:
    """Return what the command line finds in a state, that leaves the project in it, without a cache."""
    if is_edited:
        place.write(surfaces.EDITS)
        place.git("add", ".")
    found = place.archlint()
    place.forget()
    return found


def in_files(found: Iterable[Found], paths: Iterable[str]) -> list[Found]:
    wanted = frozenset(paths)
    return [one for one in found if one[0] in wanted]


def test_the_states_differ_where_nobody_edits(place: Place) -> None:
    """Else the other tests would compare less than they say."""
    before, after = in_state(place, is_edited=False), in_state(place, is_edited=True)
    for found in (before, after):
        lines = (place.root / "api/main.py").read_text(encoding="utf-8").splitlines()
        silent = [line for line in lines if "sleep(2)" in line or "sleep(3)" in line or "sleep(4)" in line]
        assert len(silent) == 3
        assert not {number for path, number, *_ in found if path == "api/main.py" and lines[number - 1] in silent}
        assert not in_files(found, ["outside/views.py"])
        assert {"ARC102", "ARC301", "ARC501", "ARC605", "ARC006"} <= {one[3] for one in found}
    untouched = {one for one in set(before) ^ set(after) if one[0] not in surfaces.EDITS}
    gone, come = untouched.intersection(before), untouched.intersection(after)
    assert {(one[0], one[3]) for one in gone} == {("api/main.py", "ARC302"), ("shop/services.py", "ARC006")}
    assert {(one[0], one[3]) for one in come} == {("shop/services.py", "ARC103")}


@STATES
def test_pre_commit(place: Place, *, is_edited: bool) -> None:
    expected = in_state(place, is_edited=is_edited)
    assert place.pre_commit("archlint-project", stage="pre-push") == expected
    assert place.pre_commit("archlint", "--all-files") == expected
    for some in (("shop/services.py",), ("api/waiting.py", "deploy/settings.yaml", "shop/carriage.py")):
        place.forget()
        assert place.pre_commit("archlint", "--files", *some) == in_files(expected, some)


def test_pre_commit_on_what_is_staged(place: Place) -> None:
    expected = in_files(in_state(place, is_edited=True), surfaces.EDITS)
    assert expected
    assert place.pre_commit("archlint") == expected


FILE_SCOPE = frozenset(
    rule.code for rule in rules_of(one.code for one in catalogue()) if rule.python_checks or not rule.is_linked
)


def alone(found: Iterable[Found]) -> list[Found]:
    """Return what a file shows without the others.

    That is what rules find that look at one; a suppression of other rules is not unused. Which class has the method
    that holds the loop stands in another file.
    """
    names = [one.code for one in catalogue() if one.code not in FILE_SCOPE]

    def is_linked(one: Found) -> bool:
        is_about_others = one[3] == "ARC006" and any(f"`{name}`" in one[4] for name in names)
        return one[3] not in FILE_SCOPE or is_about_others or one[4].startswith("`db.get`")

    return [one for one in found if not is_linked(one)]


@STATES
def test_flake8(place: Place, *, is_edited: bool) -> None:
    python = [one for one in in_state(place, is_edited=is_edited) if one[0].endswith(".py")]
    assert {"ARC006", "ARC301"} == {one[3] for one in alone(python)}
    assert len(alone(python)) < len(python)
    assert place.flake8() == alone(python)
    place.archlint()
    assert place.flake8() == python


def test_flake8_after_a_check_of_another_state(place: Place) -> None:
    place.archlint()
    place.write(surfaces.EDITS)
    found = place.flake8()
    python = [one for one in place.archlint() if one[0].endswith(".py")]
    assert found == alone(python)
    assert place.flake8() == python


def shown(editor: Editor, root: Path, uris: Iterable[str]) -> list[Found]:
    """Return what an editor shows of its documents, in columns of code points."""
    rows = []
    for uri in uris:
        name = Path(uri.removeprefix("file://")).relative_to(root).as_posix()
        for one in editor.shown(uri):
            start = one.range.start
            rows.append((name, start.line + 1, start.character + 1, str(one.code), one.message))
    return sorted(rows)


async def settled(editor: Editor, is_so: Callable[[], bool]) -> None:
    """Wait until something is so, and stays so for longer than the server waits for keys."""
    await editor.until(is_so)
    for _ in range(2):
        await asyncio.sleep(1)
        assert is_so()


@STATES
@pytest.mark.parametrize("is_saved", [True, False], ids=["saved", "unsaved"])
def test_language_server(place: Place, tmp_path: Path, *, is_edited: bool, is_saved: bool) -> None:
    """The texts of an editor count as if they were saved: of the edits, of their withdrawal, and of new files."""
    other = Place(tmp_path / "other")
    shutil.copytree(place.root, other.root)
    expected = in_state(other, is_edited=is_edited)
    texts, others = (surfaces.AFTER, surfaces.BEFORE) if is_edited else (surfaces.BEFORE, surfaces.AFTER)
    on_disk = texts if is_saved else {name: text for name, text in others.items() if name in texts}
    place.write(on_disk)

    async def steps() -> None:
        async with editing(place.root, encodings=[types.PositionEncodingKind.Utf32]) as editor:
            uris = [editor.open(place.root / name) for name in on_disk]
            if not is_saved:
                await editor.until(lambda: any(one[3] == "ARC102" for one in shown(editor, place.root, uris)))
                for name, uri in zip(on_disk, uris, strict=True):
                    if on_disk[name] != texts[name]:
                        editor.change(uri, texts[name])
                uris += [editor.open(place.root / name, texts[name]) for name in texts if name not in on_disk]
            await settled(editor, lambda: shown(editor, place.root, uris) == expected)

    asyncio.run(steps())
