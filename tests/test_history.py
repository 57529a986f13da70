"""`archlint secrets`: the tree, the index and the history of real repositories; tokens are made at run time."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pytest
import tokens

pytestmark = pytest.mark.slow

GITHUB = next(one.make for one in tokens.CHECKED if one.description == "GitHub token")
FORMATS = ("full", "concise", "json", "jsonl", "sarif", "github")
DAY = 86_400
FIRST_DAY = 1_682_899_200
"""The first of May 2023."""


class Done(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def places(self) -> list[tuple[str, str]]:
        return re.findall(r"^(.+:\d+):\d+: (ARC\d+) ", self.out, re.MULTILINE)


@dataclass
class Repo:
    """A repository with fixed authors and a commit a day; a folder that is no project has no archlint.toml."""

    root: Path
    days: int = 0
    made: list[str] = field(default_factory=list)

    def git(self, *arguments: str) -> str:
        day = f"{FIRST_DAY + self.days * DAY} +0000"
        who = {f"GIT_{role}_{what}": "shop" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        environment = {
            **os.environ,
            **who,
            "GIT_AUTHOR_DATE": day,
            "GIT_COMMITTER_DATE": day,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
        }
        command = ["git", "-c", "protocol.file.allow=always", *arguments]
        return subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, text=True, check=True, timeout=60
        ).stdout

    def write(self, files: dict[str, str | bytes]) -> None:
        for name, content in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def commit(self, files: dict[str, str | bytes] | None = None) -> str:
        self.write(files or {})
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "x")
        self.days += 1
        self.made.append(self.git("rev-parse", "HEAD").strip())
        return self.made[-1]

    def archlint(self, *arguments: str, folder: Path | None = None, style: str = "concise") -> Done:
        command = [sys.executable, "-m", "archlint", "secrets", *arguments, "--output-format", style]
        environment = {name: value for name, value in os.environ.items() if name != "GITHUB_ACTIONS"}
        done = subprocess.run(
            command, cwd=folder or self.root, env=environment, capture_output=True, check=False, timeout=120
        )
        assert b"Traceback" not in done.stderr
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "project")
    made.root.mkdir()
    made.git("init", "-q", "-b", "main")
    made.write({"archlint.toml": "", ".gitignore": ".archlint_cache/\n"})
    return made


@pytest.fixture
def rng() -> random.Random:
    return random.Random(7)  # noqa: S311


def setting(token: str) -> str:
    return f'"""Settings."""\n\nGITHUB_TOKEN = "{token}"\n'


def figures(done: Done) -> tuple[int, int]:
    found = re.search(r"(\d+) blobs?, (\d+) scanned", done.err)
    assert found is not None, done.err
    return int(found[1]), int(found[2])


def test_what_was_removed_is_in_the_history_only(repo: Repo, rng: random.Random) -> None:
    brought = repo.commit({"app/conf.py": setting(GITHUB(rng))})
    repo.commit({"app/conf.py": "x = 1\n"})
    assert repo.archlint().places == []
    done = repo.archlint("--history")
    assert (done.code, done.places) == (1, [("app/conf.py:3", "ARC501")])
    assert f"in commit {brought[:10]} (2023-05-01); gone from HEAD: rotate it" in done.out


def test_what_is_still_there_is_said_to_be(repo: Repo, rng: random.Random) -> None:
    text = setting(GITHUB(rng))
    brought = repo.commit({"app/conf.py": text})
    repo.commit({"app/conf.py": f"import os\n{text}"})
    done = repo.archlint("--history")
    assert done.places == [("app/conf.py:4", "ARC501")]
    assert f"in commit {brought[:10]} (2023-05-01); still in HEAD, in 2 versions of the file" in done.out
    assert repo.archlint().places == done.places


def test_each_blob_is_scanned_once(repo: Repo, rng: random.Random) -> None:
    text = setting(GITHUB(rng))
    repo.commit({"app/conf.py": text, "other/conf.py": text, "README.md": "x\n"})
    repo.commit({"app/clean.py": "x = 1\n"})
    repo.commit({"app/conf.py": "x = 2\n"})
    repo.commit({"app/conf.py": text})
    done = repo.archlint("--history")
    assert figures(done) == (4, 4)  # archlint.toml, two texts of Python, the settings
    assert done.places == [("app/conf.py:3", "ARC501"), ("other/conf.py:3", "ARC501")]


def test_a_second_run_reads_what_is_new_and_what_has_a_secret(repo: Repo, rng: random.Random) -> None:
    repo.commit({"app/clean.py": "x = 1\n", "app/more.py": "y = 1\n"})
    repo.commit({"app/conf.py": setting(GITHUB(rng))})
    first = repo.archlint("--history")
    assert figures(first) == (4, 4)
    again = repo.archlint("--history")
    assert figures(again) == (4, 1)
    assert again.out == first.out
    repo.commit({"app/new.py": "z = 1\n"})
    assert figures(repo.archlint("--history")) == (5, 2)
    assert figures(repo.archlint("--history", "--no-cache")) == (5, 5)


def test_staged_is_what_the_index_has(repo: Repo, rng: random.Random) -> None:
    repo.commit({"app/conf.py": "x = 1\n", "app/old.py": setting(GITHUB(rng))})
    repo.write({"app/conf.py": setting(GITHUB(rng))})
    repo.git("add", "app/conf.py")
    repo.write({"app/conf.py": "x = 1\n", "app/unstaged.py": setting(GITHUB(rng))})
    assert repo.archlint("--staged").places == [("app/conf.py:3", "ARC501")]
    repo.git("add", "app/conf.py")
    repo.write({"app/conf.py": setting(GITHUB(rng))})
    done = repo.archlint("--staged")
    assert (done.code, done.places) == (0, [])


def test_staged_before_the_first_commit(repo: Repo, rng: random.Random) -> None:
    repo.write({"app/conf.py": setting(GITHUB(rng))})
    assert repo.archlint("--staged").code == 0
    repo.git("add", "-A")
    assert repo.archlint("--staged").places == [("app/conf.py:3", "ARC501")]


def test_no_output_has_any_part_of_a_value(repo: Repo, rng: random.Random) -> None:
    values = [GITHUB(rng), GITHUB(rng)]
    repo.commit({"app/conf.py": setting(values[0]), ".env": f"GITHUB_TOKEN={values[1]}\n"})
    repo.commit({"app/conf.py": "x = 1\n"})
    repo.write({"app/next.py": setting(values[0])})
    repo.git("add", "-A")
    windows = {one[at : at + 6] for one in values for at in range(4, len(one) - 5)}
    for style in FORMATS:
        for how in ("--history", "--staged"):
            done = repo.archlint(how, style=style)
            assert done.code == 1
            assert not any(window in done.out + done.err for window in windows)
    cached = b"".join(path.read_bytes() for path in (repo.root / ".archlint_cache").rglob("*") if path.is_file())
    assert not any(window.encode() in cached for window in windows)


def test_a_renamed_file_is_found_under_both_names(repo: Repo, rng: random.Random) -> None:
    repo.commit({"app/conf.py": setting(GITHUB(rng))})
    repo.git("mv", "app/conf.py", "app/settings.py")
    repo.commit()
    done = repo.archlint("--history")
    assert done.places == [("app/conf.py:3", "ARC501"), ("app/settings.py:3", "ARC501")]
    assert "gone from here, but in HEAD at `app/settings.py`" in done.out
    assert "still in HEAD" in done.out


def test_a_name_decides_what_a_blob_is(repo: Repo, rng: random.Random) -> None:
    text = f"GITHUB_TOKEN={GITHUB(rng)}\n"
    repo.commit({"notes.md": text})
    assert repo.archlint("--history").places == []
    repo.git("mv", "notes.md", ".env")
    repo.commit()
    assert repo.archlint("--history").places == [(".env:1", "ARC501")]


def test_a_merge_that_brings_something_of_its_own(repo: Repo, rng: random.Random) -> None:
    repo.commit({"app/a.py": "x = 1\n"})
    repo.git("checkout", "-q", "-b", "side")
    repo.commit({"app/b.py": "x = 1\n"})
    repo.git("checkout", "-q", "main")
    repo.commit({"app/c.py": "x = 1\n"})
    repo.git("merge", "-q", "--no-commit", "--no-ff", "side")
    merged = repo.commit({"app/b.py": setting(GITHUB(rng))})
    repo.commit({"app/b.py": "x = 1\n"})
    done = repo.archlint("--history")
    assert done.places == [("app/b.py:3", "ARC501")]
    assert merged[:10] in done.out


def test_binary_and_undecodable_blobs_are_counted(repo: Repo) -> None:
    repo.commit({"app/image.yaml": b"token: \0\xff\xfe", "app/latin.py": b"token = '\xe9'\n", "app/ok.py": "x = 1\n"})
    done = repo.archlint("--history")
    assert (done.code, done.places) == (0, [])
    assert "2 blobs not searched" in done.out
    assert repo.archlint("--history", "--strict").code == 4


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are bytes on Linux only")
def test_names_with_a_newline_and_of_other_bytes(repo: Repo, rng: random.Random) -> None:
    names = (b"a\nb.py", b"\xff\xfe.py", "ä b.py".encode())
    for name in names:
        (repo.root / os.fsdecode(name)).write_bytes(setting(GITHUB(rng)).encode())
    repo.commit()
    for style in FORMATS:
        assert repo.archlint("--history", style=style).code == 1
    found = json.loads(repo.archlint("--history", style="json").out)["diagnostics"]
    assert sorted(one["path"] for one in found) == ["\\xff\\xfe.py", "a\nb.py", "ä b.py"]


def test_an_empty_repository(repo: Repo) -> None:
    done = repo.archlint("--history")
    assert done.code == 0
    assert figures(done) == (0, 0)


def test_a_range_does_not_bring_what_was_there_before(repo: Repo, rng: random.Random) -> None:
    old, new = GITHUB(rng), GITHUB(rng)
    repo.commit({"conf.py": f'A = "{old}"\nB = 1\n'})
    repo.commit({"conf.py": f'A = "{old}"\n'})
    assert repo.archlint("--range", "HEAD~1..HEAD").places == []
    repo.commit({"conf.py": f'A = "{old}"\nC = "{new}"\n'})
    repo.commit({"conf.py": "C = 1\n"})
    assert repo.archlint("--range", "HEAD~2..HEAD").places == [("conf.py:2", "ARC501")]
    assert repo.archlint("--history").places == [("conf.py:1", "ARC501"), ("conf.py:2", "ARC501")]


def test_a_range_is_what_its_commits_brought(repo: Repo, rng: random.Random) -> None:
    repo.commit({"app/old.py": setting(GITHUB(rng))})
    repo.commit({"app/new.py": setting(GITHUB(rng))})
    assert repo.archlint("--range", "HEAD~1..HEAD").places == [("app/new.py:3", "ARC501")]
    assert len(repo.archlint("--history").places) == 2


def test_a_branch_that_was_never_merged(repo: Repo, rng: random.Random) -> None:
    repo.commit({"app/a.py": "x = 1\n"})
    repo.git("checkout", "-q", "-b", "side")
    repo.commit({"app/b.py": setting(GITHUB(rng))})
    repo.git("checkout", "-q", "main")
    assert repo.archlint("--history").places == [("app/b.py:3", "ARC501")]


def test_a_shallow_clone_is_said_to_be_cut(repo: Repo, rng: random.Random, tmp_path: Path) -> None:
    repo.commit({"app/conf.py": setting(GITHUB(rng))})
    repo.commit({"app/conf.py": "x = 1\n"})
    repo.git("clone", "-q", "--depth", "1", repo.root.as_uri(), str(tmp_path / "cut"))
    done = repo.archlint("--history", folder=tmp_path / "cut")
    assert (done.code, done.places) == (0, [])
    assert "the clone is shallow" in done.out


def test_a_partial_clone_fetches_nothing(repo: Repo, rng: random.Random, tmp_path: Path) -> None:
    repo.commit({"app/conf.py": setting(GITHUB(rng))})
    repo.commit({"app/conf.py": "x = 1\n"})
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git("clone", "-q", "--filter=blob:none", repo.root.as_uri(), str(tmp_path / "part"))
    done = repo.archlint("--history", folder=tmp_path / "part")
    assert (done.code, done.places) == (0, [])
    assert "1 blob not searched: this clone is partial" in done.out
    assert repo.archlint("--history", "--strict", folder=tmp_path / "part").code == 4


def test_a_bare_repository(repo: Repo, rng: random.Random, tmp_path: Path) -> None:
    repo.commit({"app/conf.py": setting(GITHUB(rng))})
    bare = tmp_path / "bare.git"
    repo.git("clone", "-q", "--bare", str(repo.root), str(bare))
    before = sorted(path.name for path in bare.iterdir())
    assert repo.archlint("--history", folder=bare).places == [("app/conf.py:3", "ARC501")]
    assert sorted(path.name for path in bare.iterdir()) == before
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = repo.archlint("--history", "--git-dir", str(bare), folder=elsewhere)
    assert done.places == [("app/conf.py:3", "ARC501")]


def test_a_project_below_the_repository_and_paths(repo: Repo, rng: random.Random) -> None:
    (repo.root / "archlint.toml").unlink()
    repo.commit({"shop/archlint.toml": "", "shop/app/conf.py": setting(GITHUB(rng)), "conf.py": setting(GITHUB(rng))})
    inside = repo.root / "shop"
    assert repo.archlint("--history", folder=inside).places == [("app/conf.py:3", "ARC501")]
    assert repo.archlint("--history", "other", folder=inside).places == []
    assert len(repo.archlint("--history").places) == 2
    assert repo.archlint("--history", "shop/app").places == [("shop/app/conf.py:3", "ARC501")]


def test_suppressions_of_the_blob_count(repo: Repo, rng: random.Random) -> None:
    line = f'GITHUB_TOKEN = "{GITHUB(rng)}"  # archlint: ignore[ARC501] -- revoked\n'
    repo.commit({"app/conf.py": f"def get():\n    return 1\n\n\n{line}"})
    assert repo.archlint("--history").places == []
    assert repo.archlint("--history", "--ignore-suppressions").places == [("app/conf.py:5", "ARC501")]
    report = json.loads(repo.archlint("--history", "--include-suppressed", style="json").out)
    assert [one["suppressed_by"] for one in report["suppressed"]] == ["revoked"]


def test_a_file_wide_suppression_stands_beside_clean_statements(repo: Repo, rng: random.Random) -> None:
    head = '# archlint: ignore-file[ARC501] -- made up\n\nTOKENS = {"token": None}\n\n\n'
    repo.commit({"app/conf.py": head})
    repo.commit({"app/conf.py": f'{head}GITHUB_TOKEN = "{GITHUB(rng)}"\n'})
    assert repo.archlint("--history").places == []


def test_the_configuration_selects_and_excludes(repo: Repo, rng: random.Random) -> None:
    repo.commit({"app/conf.py": setting(GITHUB(rng)), "old/conf.py": setting(GITHUB(rng))})
    repo.write({"archlint.toml": 'extend-exclude = ["old"]\n'})
    assert repo.archlint("--history").places == [("app/conf.py:3", "ARC501")]
    assert repo.archlint("--history", "--ignore", "ARC501").places == []
    refused = repo.archlint("--history", "--select", "ARC101")
    assert (refused.code, refused.out) == (2, "")


def test_what_is_wrong_is_one_line(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"app/a.py": "x = 1\n"})
    bare = tmp_path / "none"
    bare.mkdir()
    for arguments, folder, said in (
        (("--history",), bare, "there is no git repository here"),
        (("--range", "nowhere..HEAD"), None, "git knows no such revision: `nowhere..HEAD`"),
        (("--range", "--output=x"), None, "a range is written as in"),
        (("--staged", "--history"), None, "exclude each other"),
        (("--git-dir", "."), None, "--git-dir goes with"),
    ):
        done = repo.archlint(*arguments, folder=folder)
        assert (done.code, done.out) == (2, "")
        assert said in done.err
        assert len(done.err.splitlines()) == 1


def test_git_is_missing(repo: Repo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = repo.archlint("--history")
    assert (done.code, "git is not installed" in done.err) == (2, True)


def test_nothing_that_the_repository_configures_is_run(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"app/a.py": "x = 1\n", ".gitattributes": "*.py filter=bad diff=bad\n"})
    trap = tmp_path / "trap"
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\ntouch {trap}\ncat\n", encoding="utf-8")
    script.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "diff.external", "diff.bad.textconv", "filter.bad.smudge"):
        repo.git("config", key, str(script))
    trap.unlink(missing_ok=True)
    repo.write({"app/a.py": "x = 2\n"})
    for how in ("--history", "--staged"):
        assert repo.archlint(how).code == 0
    assert not trap.exists()


def test_comments_are_searched(repo: Repo, rng: random.Random) -> None:
    token = GITHUB(rng)
    repo.commit({"top.py": f"# {token}\nimport os\n", "only.py": f"# {token}\n", "under.py": f"x = 1\n# {token}\n"})
    repo.commit({"top.py": "import os\n", "only.py": "", "under.py": "x = 1\n"})

    done = repo.archlint("--history")

    assert done.places == [("only.py:1", "ARC501"), ("top.py:1", "ARC501"), ("under.py:2", "ARC501")]
