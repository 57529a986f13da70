"""The cache: whatever is in it, a run says what it would have said without."""

from __future__ import annotations

import os
import pickle
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from archlint import cache as cache_module
from archlint.analysis import FileAnalysis, FileResult
from archlint.cache import Cache, stamp
from archlint.errors import ArchlintError
from archlint.pipeline import Request, run
from archlint.report.formats import render
from archlint.report.options import RenderOptions
from archlint.report.result import Report
from archlint.sealed import CachedFile
from archlint.settings import Overrides
from archlint.source import FileEntry, Kind, Role
from archlint.stages.identity import cache_version

ROW = CachedFile(b"1:2", b"context", b"digest", b"payload")
VERSION = "0.1.0-1-test"
BLOCKING = "import time\n\n\nasync def wait():\n    time.sleep(1)\n"


_ENDLESS = """\
DROP TABLE files;
CREATE VIEW files AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
SELECT i AS path, i AS stamp, i AS context, i AS digest, i AS payload, i AS seal FROM n;
"""


@pytest.fixture
def store(tmp_path: Path) -> Cache:
    made = Cache(tmp_path / "cache", VERSION)
    assert made.store([("a.py", ROW)], [("project", b"state", b"found")]) == ""
    return made


def database(cache: Cache) -> Path:
    assert cache.folder is not None
    return cache.folder / cache.version / "cache.db"


def test_what_is_stored_is_found(store: Cache) -> None:
    assert store.files() == {"a.py": ROW}
    assert store.stored_run("project", b"state") == b"found"
    assert store.stored_run("project", b"other") is None
    assert store.stored_run("other", b"state") is None
    assert Cache(store.folder, "0.2.0-1-test").files() == {}


def test_without_a_folder_nothing_is_kept() -> None:
    nothing = Cache(None, VERSION)
    assert nothing.store([("a.py", ROW)]) == ""
    assert nothing.files() == {}
    assert nothing.stored_run("project", b"state") is None
    assert not nothing.clean()


def test_files_that_are_gone_are_forgotten(store: Cache) -> None:
    assert store.store([("b.py", ROW)], gone=["a.py"]) == ""
    assert set(store.files()) == {"b.py"}


def test_any_path_is_a_key(store: Cache) -> None:
    names = ["ä.py", "a\nb.py", "\\xff.py", "漢/字.py", "'; DROP TABLE files; --"]
    assert store.store([(name, ROW) for name in names]) == ""
    assert set(store.files()) == {"a.py", *names}


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda data: data[:100],
        lambda data: data[: len(data) // 2],
        lambda _: random.Random(1).randbytes(20_000),  # noqa: S311
        lambda data: data[:16] + bytes(len(data) - 16),
        lambda _: pickle.dumps({"a.py": "cos\nsystem"}),
        lambda _: b"SQLite format 3\0" + random.Random(2).randbytes(5_000),  # noqa: S311
    ],
    ids=["empty", "short", "half", "random", "zeros", "pickle", "header"],
)
def test_a_damaged_file_is_made_anew(store: Cache, damage: object) -> None:
    path = database(store)
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    assert store.files() == {}
    assert store.stored_run("project", b"state") is None
    assert store.store([("b.py", ROW)]) == ""
    assert store.files() == {"b.py": ROW}


def test_no_byte_may_be_another(store: Cache) -> None:
    path = database(store)
    data = path.read_bytes()
    places = [place for word in (b"context", b"digest", b"payload", b"a.py1:2") for place in _all(data, word)]
    assert len(places) >= 4
    for place in places:
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        assert store.files() in ({}, {"a.py": ROW})
        assert store.files() != {"a.py": ROW} or place < data.index(b"payload")


def _all(data: bytes, word: bytes) -> list[int]:
    return [index for index in range(len(data)) if data.startswith(word, index)]


@pytest.mark.parametrize(
    "values",
    [
        (None, None, None, None, None, None),
        ("a.py", "1:2", "c", "d", "p", "s"),
        (1, 2, 3, 4, 5, 6),
        (b"\xff\xfe", b"", b"", b"", b"", b"12345678"),
    ],
    ids=["null", "text", "numbers", "bytes"],
)
def test_rows_of_other_types_are_left_out(store: Cache, values: tuple[object, ...]) -> None:
    with sqlite3.connect(database(store)) as connection:
        connection.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)", values)
    connection.close()
    assert store.files() == {"a.py": ROW}


@pytest.mark.parametrize(
    "statements",
    [
        "DROP TABLE files; CREATE TABLE files (path)",
        _ENDLESS,
        "CREATE TRIGGER t AFTER INSERT ON files BEGIN DELETE FROM files; END",
    ],
    ids=["columns", "an endless view", "a trigger"],
)
def test_a_schema_that_is_not_ours_is_not_used(store: Cache, statements: str) -> None:
    with sqlite3.connect(database(store)) as connection:
        connection.executescript(statements)
    connection.close()
    assert store.files() == {}
    assert store.store([("b.py", ROW)]) == ""
    assert store.files() == {"b.py": ROW}


def test_a_link_in_place_of_the_file_is_not_followed(store: Cache, tmp_path: Path) -> None:
    path, other = database(store), tmp_path / "precious.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE cookies (value)")
    connection.close()
    before = other.read_bytes()
    path.unlink()
    path.symlink_to(other)
    store.files()
    assert store.store([("b.py", ROW)]) == ""
    assert other.read_bytes() == before
    assert store.files() == {"b.py": ROW}


def test_a_pipe_in_place_of_the_file_is_not_opened(store: Cache) -> None:
    path = database(store)
    path.unlink()
    os.mkfifo(path)
    assert store.files() == {}
    assert store.store([("b.py", ROW)]) == ""


def test_a_folder_in_place_of_the_file_is_an_excuse(store: Cache) -> None:
    path = database(store)
    path.unlink()
    path.mkdir()
    assert store.files() == {}
    assert store.store([("b.py", ROW)]).startswith("the cache was not written: ")


def test_a_file_in_place_of_the_folder_is_an_excuse(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("mine", encoding="utf-8")
    blocked = Cache(tmp_path / "cache", VERSION)
    assert blocked.files() == {}
    assert blocked.store([("a.py", ROW)]) in {
        "the cache was not written: not a directory",
        "the cache was not written: file exists",
    }
    assert not blocked.clean()


def test_another_run_that_writes_is_waited_for_and_then_left_alone(
    store: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_module, "_PATIENCE", 0.1)
    with sqlite3.connect(database(store), isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert store.files() == {}
        assert store.store([("b.py", ROW)]) == "the cache was not written: database is locked"
        other.execute("ROLLBACK")
    other.close()
    assert store.files() == {"a.py": ROW}


_WRITER = """
import sys
from pathlib import Path
from archlint.cache import Cache
from archlint.sealed import CachedFile
cache = Cache(Path({folder!r}), {version!r})
print("ready", flush=True)
for turn in range({turns}):
    rows = [(f"{{turn}}-{{n}}.py", CachedFile(b"s", b"c", b"d", bytes(2000))) for n in range(200)]
    problem = cache.store(rows)
    assert not problem, problem
"""


def test_a_run_that_is_killed_while_it_writes_leaves_a_cache(store: Cache) -> None:
    script = _WRITER.format(folder=str(store.folder), version=VERSION, turns=100_000)
    for delay in (0.02, 0.05, 0.09):
        with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(delay)
            writer.kill()
        assert store.files()["a.py"] == ROW
        assert store.store([("b.py", ROW)]) == ""


def test_two_runs_at_once(store: Cache) -> None:
    script = _WRITER.format(folder=str(store.folder), version=VERSION, turns=10)
    writers = [subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    assert len(store.files()) == 2_001


def test_cleaning_takes_what_is_ours(store: Cache) -> None:
    assert store.folder is not None
    Cache(store.folder, "0.0.9-1-old").store([("a.py", ROW)])
    (store.folder / "mine.txt").write_text("keep", encoding="utf-8")
    assert store.clean()
    assert [path.name for path in store.folder.iterdir()] == ["mine.txt"]
    assert not store.clean()


def test_marks_go_into_new_folders_only(tmp_path: Path) -> None:
    Cache(tmp_path / "new", VERSION).store([("a.py", ROW)])
    assert (tmp_path / "new" / ".gitignore").read_text(encoding="utf-8") == "*\n"
    assert (tmp_path / "new" / "CACHEDIR.TAG").read_text(encoding="utf-8").startswith("Signature: 8a477f597d28d172")
    (tmp_path / "old").mkdir()
    Cache(tmp_path / "old", VERSION).store([("a.py", ROW)])
    assert [path.name for path in (tmp_path / "old").iterdir()] == [VERSION]
    assert Cache(tmp_path / "new", VERSION).clean()
    assert not (tmp_path / "new").exists()


def test_a_recent_change_proves_nothing() -> None:
    now, second = time.time_ns(), 1_000_000_000

    def stamped(mtime_ns: int, changed_ns: int = 0) -> bytes:
        entry = FileEntry("a.py", Path("a.py"), Kind.PYTHON, Role.PRODUCTION, 5, mtime_ns, changed_ns=changed_ns)
        return stamp(entry, now)

    assert stamped(now - 10 * second, 7) == f"5:{now - 10 * second}:7".encode()
    assert stamped(now - second) == b""
    assert stamped(now - 10 * second, now - second) == b""
    assert stamped(now + 60 * second) == b""


def make(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def age(root: Path, seconds: int = 100) -> None:
    """Make files as old as a cache wants them."""
    then = time.time_ns() - seconds * 1_000_000_000
    for path in root.rglob("*.py"):
        os.utime(path, ns=(then, then))


def lint(
    root: Path,
    *,
    cwd: Path | None = None,
    no_cache: bool = False,
    log: list[str] | None = None,
    **overrides: object,
) -> str:
    chosen = Overrides(jobs=1, no_cache=no_cache, **overrides)  # type: ignore[arg-type]
    lines = [] if log is None else log
    report = run(Request((root,), cwd or root, chosen, log=lines.append))
    assert report.warnings == ()
    return text_of(report)


def text_of(report: Report) -> str:
    return "".join(render(report, name, RenderOptions(include_suppressed=True)) for name in ("full", "json", "sarif"))


def hits(log: list[str]) -> str:
    return next(line.partition(", ")[2] for line in log if line.startswith("analyse"))


def is_kept(log: list[str]) -> bool:
    return log[-1].endswith("as it was, since nothing has changed")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    make(folder, a=BLOCKING, b="x = 1\n")
    (folder / "archlint.toml").write_text("", encoding="utf-8")
    age(folder)
    os.utime(folder / "archlint.toml", (1, 1))
    return folder


def test_a_warm_run_reads_nothing_and_says_the_same(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "_RACY", 0)
    cold = lint(root)
    monkeypatch.setattr(FileAnalysis, "run", None)
    monkeypatch.setattr("archlint.stages.reuse.content_digest", None)
    log: list[str] = []
    assert lint(root, log=log) == cold
    assert is_kept(log)
    monkeypatch.setattr("archlint.pipeline.Keeper.report", lambda _: None)
    assert lint(root, log=log) == cold
    assert hits(log) == "3 of 3 files from the cache"
    monkeypatch.undo()
    assert lint(root, no_cache=True) == cold


def test_files_of_another_time_with_the_same_content_are_known(root: Path) -> None:
    """A checkout on another machine has other time stamps; the content decides then."""
    lint(root)
    age(root, 50)
    log: list[str] = []
    lint(root, log=log)
    assert hits(log) == "3 of 3 files from the cache"


def test_a_change_that_leaves_no_trace_in_the_time_is_seen_while_it_is_recent(root: Path) -> None:
    path = root / "a.py"
    now = time.time_ns()
    os.utime(path, ns=(now, now))
    assert "[ARC301]" in lint(root)
    path.write_text(BLOCKING.replace("time.sleep(1)", "asyncio.sleep"), encoding="utf-8")
    assert path.stat().st_size == len(BLOCKING)
    os.utime(path, ns=(now, now))
    assert "[ARC301]" not in lint(root)


def test_a_change_while_the_run_is_on_is_seen_by_the_next(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of minutes must not take for old what changed after it began to read."""
    path = root / "a.py"
    real = time.time_ns
    now = real()
    os.utime(path, ns=(now, now))
    later = iter([0])
    monkeypatch.setattr(time, "time_ns", lambda: real() + next(later, 3_600_000_000_000))
    lint(root)
    monkeypatch.undo()
    path.write_text(BLOCKING.replace("time.sleep(1)", "asyncio.sleep"), encoding="utf-8")
    os.utime(path, ns=(now, now))
    monkeypatch.setattr(time, "time_ns", lambda: real() + 3_600_000_000_000)
    assert "[ARC301]" not in lint(root)


@pytest.mark.parametrize(
    "change",
    [
        {"ignore": ("ARC301",)},
        {"min_confidence": "high"},
        {"select": ("ARC1",)},
        {"preview": True},
        {"ignore_suppressions": True},
    ],
    ids=lambda change: next(iter(change)),
)
def test_other_settings_are_another_question(root: Path, change: dict[str, Any]) -> None:
    lint(root)
    assert lint(root, **change) == lint(root, no_cache=True, **change)
    assert lint(root) == lint(root, no_cache=True)


def test_deleted_files_are_pruned(root: Path) -> None:
    lint(root)
    (root / "b.py").unlink()
    lint(root)
    assert set(stored(root)) == {"a.py", "archlint.toml"}


def test_a_run_over_a_part_keeps_the_rest(root: Path) -> None:
    make(root, **{"sub/c": BLOCKING})
    lint(root)
    lint(root / "sub", cwd=root)
    assert set(stored(root)) == {"a.py", "b.py", "sub/c.py", "archlint.toml"}


def stored(root: Path) -> dict[str, CachedFile]:
    return Cache(root / ".archlint_cache", cache_version()).files()


def test_what_passes_is_not_kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lack of memory, or of permission, is gone the next time."""
    with monkeypatch.context() as patched:
        patched.setattr("archlint.analysis.find_suppressions", lambda _: 1 / 0)
        assert "[ARC002]" in lint(root)
    assert "[ARC002]" not in lint(root)


def test_results_of_another_file_are_not_taken(root: Path) -> None:
    lint(root)
    cache = Cache(root / ".archlint_cache", cache_version())
    rows = cache.files()
    cache.store([("a.py", replace(rows["a.py"], payload=rows["b.py"].payload))])
    assert lint(root) == lint(root, no_cache=True)


@pytest.mark.parametrize(
    "payload", [b"", b"\x93\x01\x02\x03", b"\xc1", b"\x80", b"\x81\xa4path\xa1\xff", os.urandom(50)], ids=range(6)
)
def test_payloads_of_another_shape_are_not_taken(root: Path, payload: bytes) -> None:
    clean = lint(root)
    cache = Cache(root / ".archlint_cache", cache_version())
    rows = cache.files()
    cache.store(
        [(path, CachedFile(row.stamp, row.context, row.digest, payload)) for path, row in rows.items()],
        [("masks", b"1", payload)],
    )
    assert lint(root) == clean


def test_forged_facts_end_the_run_with_a_line(root: Path) -> None:
    """A seal that holds over facts that are none: somebody made the row."""
    lint(root)
    cache = Cache(root / ".archlint_cache", cache_version())
    row = cache.files()["a.py"]
    result = msgspec.msgpack.decode(row.payload, type=FileResult)
    payload = msgspec.msgpack.encode(replace(result, facts=b"\0" * 9))
    cache.store([("a.py", replace(row, payload=payload))])
    (root / "b.py").write_text("y = 2\n", encoding="utf-8")
    with pytest.raises(ArchlintError, match=r"stored for a\.py is no facts: .*cache clean"):
        lint(root)


def test_the_project_chooses_no_folder_outside(root: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (root / ".archlint_cache").symlink_to(elsewhere)
    report = run(Request((root,), cwd=root, overrides=Overrides(jobs=1)))
    assert "leads out of the project" in report.warnings[0]
    assert list(elsewhere.iterdir()) == []
    lint(root, cache_dir=str(elsewhere))
    assert list(elsewhere.iterdir()) != []


@pytest.mark.parametrize("seed", range(4))
def test_a_history_of_edits(tmp_path: Path, seed: int) -> None:
    """After any edits, a cached run says to the byte what an uncached one says."""
    chance = random.Random(seed)  # noqa: S311 - a story to repeat
    folder = tmp_path / "project"
    make(folder, **{"app/models": MODELS, "app/views": VIEWS.format(n=0), "app/__init__": ""})
    (folder / "archlint.toml").write_text("", encoding="utf-8")
    for _ in range(8):
        for _ in range(chance.randint(1, 3)):
            _edit(folder / "app", chance)
        if chance.random() < 0.5:
            age(folder, chance.randint(10, 1000))
        assert lint(folder) == lint(folder, no_cache=True)
        part = folder / "app" / chance.choice([path.name for path in (folder / "app").iterdir()])
        assert lint(part, cwd=folder) == lint(part, cwd=folder, no_cache=True)


MODELS = "from django.db import models\n\n\nclass Shop(models.Model):\n    name = models.TextField()\n"
VIEWS = """\
from app.models import Shop


def names(rows):
    return [Shop.objects.get(id=row + {n}).name for row in rows]
"""
TEXTS = [
    BLOCKING,
    VIEWS,
    MODELS,
    "def broken(:\n",
    "",
    f"# archlint: ignore-file[ARC301] -- a test\n{BLOCKING}",
    "PASSWORD = 'tr0ub4dor-and-3-more'\n",
    "async def late():\n    import requests\n    requests.get('http://example.org')  # noqa: ARC301\n",
]


def _edit(folder: Path, chance: random.Random) -> None:
    files = sorted(folder.glob("*.py"))
    target = chance.choice(files)
    match chance.choice(["write", "write", "add", "delete", "rename", "swap", "line on top", "touch"]):
        case "write":
            target.write_text(chance.choice(TEXTS).replace("{n}", str(chance.randint(0, 9))), encoding="utf-8")
        case "add":
            text = chance.choice(TEXTS).replace("{n}", "1")
            (folder / f"m{chance.randint(0, 5)}.py").write_text(text, encoding="utf-8")
        case "delete" if len(files) > 1:
            target.unlink()
        case "rename":
            target.rename(folder / f"m{chance.randint(0, 5)}.py")
        case "swap" if len(files) > 1:
            other = chance.choice(files)
            target.rename(folder / "swap")
            (other if other != target else folder / "swap").rename(target)
            if other != target:
                (folder / "swap").rename(other)
        case "line on top":
            target.write_text(f"# on top\n{target.read_text(encoding='utf-8')}", encoding="utf-8")
        case _:
            target.touch()
