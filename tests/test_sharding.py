"""`archlint facts` and `archlint link`: shards made anywhere give the report of one run, whatever is in a store."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from itertools import repeat
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

import archlint as package
from archlint import fact_store
from archlint.analysis import FileAnalysis
from archlint.cli.app import archlint
from archlint.errors import ArchlintError, UsageError
from archlint.fact_store import Maker, read_store, write_store
from archlint.facts import Shard, extract
from archlint.fixing.writing import write
from archlint.report.formats import FORMATS
from archlint.sealed import insert
from archlint.stages.identity import maker

EXAMPLE = Path(__file__).parents[1] / "examples" / "django_library"
HERE, ELSEWHERE = "here", "elsewhere/deep/er"
_NOT_COPIED = (".archlint_cache", "__pycache__")
FILES = sum(path.is_file() and not set(_NOT_COPIED) & set(path.parts) for path in EXAMPLE.rglob("*"))
OTHER_SETTINGS = (
    f"{FILES} stored with other settings or library versions"
    f" (Dockerfile, archlint.toml, catalog/__init__.py and {FILES - 3} more)"
)
CROSS_FILE = ("ARC102", "ARC411")
"""Found in one file because of what stands in another one."""


class Done(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def checkouts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the same project twice, in other folders and at other times; return the folder in which the two are."""
    for name, when in ((HERE, 1_700_000_000), (ELSEWHERE, 1_600_000_000)):
        shutil.copytree(EXAMPLE, tmp_path / name, ignore=shutil.ignore_patterns(*_NOT_COPIED))
        for path in (tmp_path / name).rglob("*"):
            os.utime(path, (when, when))
    monkeypatch.chdir(tmp_path / HERE)
    return tmp_path


def call(*arguments: str) -> Done:
    result = CliRunner().invoke(archlint, [*arguments, *(["--no-cache"] if "--cache-dir" not in arguments else [])])
    if isinstance(result.exception, ArchlintError):
        return Done(result.exception.exit_code, "", f"archlint: {result.exception}\n")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return Done(result.exit_code, result.stdout, result.stderr)


def store_of(checkouts: Path, *arguments: str, name: str = "all.facts") -> str:
    """Make a store in the other checkout."""
    done = call("facts", str(checkouts / ELSEWHERE), "-o", str(checkouts / name), *arguments)
    assert (done.code, done.err) == (0, "")
    return str(checkouts / name)


def shards_of(checkouts: Path, number: int) -> list[str]:
    names = [(f"{one}.facts", f"--shard={one}/{number}") for one in range(1, number + 1)]
    return [store_of(checkouts, shard, name=name) for name, shard in names]


def paths_in(store: str) -> set[str]:
    return set(read_store(Path(store), maker()).rows)


def no_analysis(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(_self: FileAnalysis, entry: object, *_: object) -> None:
        raise AssertionError(entry)

    monkeypatch.setattr(FileAnalysis, "run", run)


def reports(checkouts: Path, folder: str, *command: str) -> dict[str, bytes]:
    """Return what a command prints and what it writes in each format."""
    outputs = [f"--output={style}={checkouts / folder / style}" for style in FORMATS]
    done = call(*command, *outputs, "--include-suppressed", "--statistics")
    assert (done.code, done.err) == (1, "")
    return {"": done.out.encode(), **{style: (checkouts / folder / style).read_bytes() for style in FORMATS}}


def test_two_shards_are_one_run(checkouts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, stores = reports(checkouts, "whole", "check"), shards_of(checkouts, 2)
    assert all(f" {code} " in whole["concise"].decode() for code in CROSS_FILE)
    no_analysis(monkeypatch)
    assert reports(checkouts, "linked", "link", "--complete", *stores) == whole
    assert reports(checkouts, "reversed", "link", ".", *reversed(stores)) == whole


def test_three_shards_have_each_file_once(checkouts: Path) -> None:
    shards = [paths_in(store) for store in shards_of(checkouts, 3)]
    assert sum(map(len, shards)) == FILES
    assert set().union(*shards) == paths_in(store_of(checkouts))
    assert {"docker-compose.yml", "sql/extend_loans.sql", "catalog/views.py"} < set().union(*shards)


def test_a_path_alone_decides_and_everywhere_alike() -> None:
    """Machines must agree: these are the shares that they have agreed on."""
    paths = ("app/models.py", "app/views.py", "Dockerfile", "é.py", "a\udcff.py")
    assert [next(one for one in range(1, 6) if Shard(one, 5).has(path)) for path in paths] == [2, 2, 2, 5, 3]


def test_what_is_said_of_a_store(checkouts: Path) -> None:
    done = call("facts", "-o", str(checkouts / "a.facts"), "--shard", "1/2")
    size = (checkouts / "a.facts").stat().st_size
    number = len(paths_in(str(checkouts / "a.facts")))
    assert done.out == f"{number} of {FILES} files, {size:,} bytes in `{checkouts / 'a.facts'}`\n"
    assert call("facts", "-q").out == ""
    assert paths_in("archlint.facts") == paths_in(store_of(checkouts))


def test_a_store_is_the_same_wherever_it_is_made(checkouts: Path) -> None:
    assert call("facts", "-q", "-o", "a.facts").code == 0
    there, here = (read_store(Path(path), maker()) for path in (store_of(checkouts), "a.facts"))
    assert there == here


def test_facts_come_from_the_cache_where_there_is_one(checkouts: Path) -> None:
    cache = ("--cache-dir", str(checkouts / "cache"))
    first, second = (call("facts", "-o", "a.facts", *cache) for _ in range(2))
    assert second.out == first.out.replace("files,", f"files, {FILES} from the cache,")


def test_a_link_fills_the_cache(checkouts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = ("--cache-dir", str(checkouts / "cache"))
    store, whole = store_of(checkouts), call("check")
    no_analysis(monkeypatch)
    assert call("link", store, *cache) == whole
    assert call("check", *cache) == whole
    assert call("link", store, "--complete", *cache) == whole


def test_stores_may_overlap(checkouts: Path) -> None:
    whole = call("check")
    stores = [*shards_of(checkouts, 2), *shards_of(checkouts, 3), store_of(checkouts)]
    assert call("link", "--complete", *stores) == whole


def test_a_part_of_the_project(checkouts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, store = call("check", "catalog"), store_of(checkouts)
    no_analysis(monkeypatch)
    assert call("link", store, "catalog", "--complete") == whole


EDITED = "def describe(loans):\n    return [loan.book.title for loan in loans]\n"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda here: (here / "catalog/views.py").write_text(EDITED), "1 changed since (catalog/views.py)"),
        (lambda here: (here / "new.py").write_text("x = 1\n"), "1 in no store (new.py)"),
        (
            lambda here: (here / "requirements.txt").write_text("sqlalchemy==2.0.30\n"),
            OTHER_SETTINGS,
        ),
        (
            lambda here: (here / "archlint.toml").write_text('ignore = ["ARC102"]\n'),
            OTHER_SETTINGS,
        ),
    ],
    ids=["changed", "new", "library", "settings"],
)
def test_what_no_store_has_as_it_is_now_is_read_here(
    checkouts: Path, change: Callable[[Path], object], said: str
) -> None:
    stores = shards_of(checkouts, 2)
    change(checkouts / HERE)
    whole = call("check")
    done = call("link", *stores)
    assert (done.code, done.out) == (whole.code, whole.out)
    assert done.err.startswith("archlint: warning: ")
    assert f" files read here: {said}; run `archlint facts` on this state with the same options" in done.err
    assert done.err.count("\n") == 1
    refused = call("link", "--complete", *stores)
    assert (refused.code, refused.out) == (2, "")
    assert f"{said}, and --complete forbids that\n" in refused.err


def test_a_missing_shard(checkouts: Path) -> None:
    (first, second), whole = shards_of(checkouts, 2), call("check")
    done = call("link", first)
    assert (done.code, done.out) == (whole.code, whole.out)
    assert f"{len(paths_in(second))} of {FILES} files read here: {len(paths_in(second))} in no store (" in done.err
    assert call("link", first, "--complete").code == 2
    cache = ("--cache-dir", str(checkouts / "cache"))
    assert call("check", *cache) == whole
    assert call("link", first, "--complete", *cache).code == 2
    assert call("link", first, second, "--complete", *cache) == whole


def test_other_options_are_other_settings(checkouts: Path) -> None:
    whole = call("check", "--ignore", "ARC102")
    done = call("link", store_of(checkouts), "--ignore", "ARC102")
    assert done.out == whole.out
    assert f"{FILES} stored with other settings" in done.err
    assert call("link", store_of(checkouts, "--ignore", "ARC102"), "--ignore", "ARC102", "--complete") == whole


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def text(file: Path) -> None:
    file.write_text("facts\n" * 999)


def noise(file: Path) -> None:
    data = bytearray(file.read_bytes())
    for place in range(100, len(data), 97):
        data[place] ^= 255
    file.write_bytes(bytes(data))


def undescribed(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DELETE FROM runs")


def with_a_view(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executescript("DROP TABLE files; CREATE VIEW files AS SELECT 1 AS path, 1 AS stamp")


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("damage", [emptied, cut, text, noise, undescribed, with_a_view, a_folder])
def test_a_damaged_store_is_a_line(checkouts: Path, damage: Callable[[Path], None]) -> None:
    whole, store = call("check"), store_of(checkouts)
    damage(Path(store))
    done = call("link", store)
    assert (done.code, done.out) == (whole.code, whole.out)
    what = "it is no regular file" if damage is a_folder else "it is damaged, or no store of archlint"
    assert done.err.startswith(f"archlint: warning: `{store}`: {what}\n")
    assert done.err.count("\n") == 2
    assert f"`{store}`: {what}; {FILES} of {FILES} files read here" in call("link", store, "--complete").err


def test_a_damaged_row_is_read_here(checkouts: Path) -> None:
    whole, store = call("check"), store_of(checkouts)
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("UPDATE files SET digest = x'00' WHERE path = ?", (b"catalog/views.py",))
    done = call("link", store)
    assert (done.code, done.out) == (whole.code, whole.out)
    assert f"`{store}`: 1 of its {FILES} results are damaged\n" in done.err
    assert f"1 of {FILES} files read here: 1 in no store (catalog/views.py)" in done.err


@pytest.mark.parametrize(
    ("made_by", "said"),
    [
        (Maker(b"other", "archlint 0.9 on cpython 3.9.1"), "made by archlint 0.9 on cpython 3.9.1, and this is archl"),
        (Maker(b"other", maker().name), f"made by {maker().name}, and this is another build of {maker().name}"),
    ],
    ids=["version", "build"],
)
def test_a_store_of_another_archlint_is_a_line(checkouts: Path, made_by: Maker, said: str) -> None:
    whole, store = call("check"), store_of(checkouts)
    write_store(Path(store), made_by, read_store(Path(store), maker()).rows, {})
    done = call("link", store)
    assert (done.code, done.out) == (whole.code, whole.out)
    assert f"`{store}`: it was {said}" in done.err
    assert call("link", store, "--complete").code == 2


def test_results_of_another_file_or_of_no_shape_are_not_taken(checkouts: Path) -> None:
    whole, store = call("check"), store_of(checkouts)
    rows = dict(read_store(Path(store), maker()).rows)
    rows["catalog/models.py"] = replace(rows["catalog/models.py"], payload=rows["catalog/views.py"].payload)
    rows["catalog/views.py"] = replace(rows["catalog/views.py"], payload=b"\x93\x01\x02\x03")
    write_store(Path(store), maker(), rows, {})
    assert call("link", store).out == whole.out


def test_a_time_stamp_in_a_store_proves_nothing(checkouts: Path) -> None:
    """A store could say of a file what `stat` says of it here."""
    here, store = checkouts / HERE / "catalog" / "views.py", store_of(checkouts)
    here.write_text(EDITED)
    os.utime(here, (1_700_000_000, 1_700_000_000))
    info = here.stat()
    stamp = f"{info.st_size}:{info.st_mtime_ns}:{info.st_ctime_ns}".encode()
    rows = {path: replace(row, stamp=stamp) for path, row in read_store(Path(store), maker()).rows.items()}
    write_store(Path(store), maker(), rows, {})
    assert call("link", store).out == call("check").out


def test_what_cannot_be_stored_is_missed_by_nobody(checkouts: Path) -> None:
    for folder in (checkouts / HERE, checkouts / ELSEWHERE):
        (folder / "binary.py").write_bytes(b"\0\xff")
        (folder / "large.py").write_text("x = 1\n" * 200_000)
    whole = call("check", "--strict")
    assert "binary content" in whole.out
    store = store_of(checkouts)
    assert call("link", store, "--strict", "--complete") == whole
    assert not paths_in(store) & {"binary.py", "large.py"}
    assert f"{FILES + 2} of {FILES + 2} files, 2 of them not to be stored, " in call("facts", "-o", "a.facts").out


def test_a_crash_is_not_stored(checkouts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lack of memory there is none here."""
    with monkeypatch.context() as patched:
        patched.setattr("archlint.analysis.find_suppressions", lambda _: 1 / 0)
        store = store_of(checkouts, "-j1")
    assert call("link", store, "--complete") == call("check")


def test_fixes_are_made_as_by_check(checkouts: Path) -> None:
    store = store_of(checkouts)
    assert call("link", store, "--diff", "--unsafe-fixes") == call("check", "--diff", "--unsafe-fixes")
    linked, checked = checkouts / HERE, checkouts / ELSEWHERE
    assert call("link", store, "--fix", "--unsafe-fixes", str(linked)).err == ""
    call("check", "--fix", "--unsafe-fixes", str(checked))
    texts = [[path.read_text() for path in sorted(root.rglob("*.py"))] for root in (linked, checked, EXAMPLE)]
    assert texts[0] == texts[1] != texts[2]


def test_a_file_that_cannot_be_written_costs_no_report(checkouts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was fixed before has changed since: the stores have nothing more to promise."""
    store = store_of(checkouts)
    monkeypatch.setattr("archlint.cli.fix_files.write", lambda *given: write(*given) or "it is read-only")
    assert "is not changed: it is read-only" in call("link", store, "--complete", "--fix", "--unsafe-fixes").err


def test_what_could_not_be_stored_is_missed_once_it_changes(checkouts: Path) -> None:
    for folder in (HERE, ELSEWHERE):
        (checkouts / folder / "binary.py").write_bytes(b"\0\xff")
    store = store_of(checkouts)
    (checkouts / HERE / "binary.py").write_text("x = 1\n")
    assert "1 changed since (binary.py), and --complete forbids that" in call("link", store, "--complete").err


def test_what_was_too_large_is_missed_under_another_limit(checkouts: Path) -> None:
    small = store_of(checkouts, "--config", str(limited(checkouts)))
    assert "--complete forbids that" in call("link", small, "--complete").err


def limited(checkouts: Path) -> Path:
    """A configuration under which every file is too large."""
    file = checkouts / "small.toml"
    file.write_text("max-file-size = 1\n")
    return file


def test_a_store_with_text_that_is_none_is_damaged(tmp_path: Path) -> None:
    file = tmp_path / "a.facts"
    write_store(file, maker(), {}, {})
    with closing(sqlite3.connect(file)) as connection, connection:
        rows = connection.execute("SELECT name, state FROM runs").fetchall()
        connection.execute("DELETE FROM runs")
        for name, state in rows:
            insert(connection, [], [(bytes(name).decode(), state, b"\x83\xa5maker\xa1\xff")])
    assert read_store(file, maker()).problem == "it is damaged, or no store of archlint"
    assert "some other version" in read_store(file, Maker(b"other", "us")).problem


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["facts", "-"], "facts reads no standard input"),
        (["link"], "no store is named"),
        (["link", "catalog"], "no store is named"),
        (["link", "no.facts"], "cannot read `no.facts`: no such file or directory"),
        (["link", "no.facts", "--bogus"], "No such option"),
        (["facts", "--shard", "0/2"], "a shard is I/N with I from 1 to N, as in 1/4, not 0/2"),
        (["facts", "--shard", "3/2"], "not 3/2"),
        (["facts", "--shard", "2"], "--shard takes I/N, as in 1/4, not `2`"),
        (["facts", "--shard", "1/²"], "--shard takes I/N"),
        (["facts", "-o", "store.db"], "the name of a store ends in .facts, not `store.db`"),
        (["facts", "-o", "a-folder.facts"], "cannot write a store to `a-folder.facts`: it is a directory"),
        (["facts", "no"], "no such file or directory: `no`"),
        (["facts", "--select", "ARC1O1"], "did you mean `ARC101`?"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_command_line_is_one_line(arguments: list[str], said: str) -> None:
    Path("a-folder.facts").mkdir()
    done = call(*arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_a_store_is_written_whole_or_not_at_all(checkouts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = store_of(checkouts)
    before = sorted(path.name for path in checkouts.iterdir()), Path(store).read_bytes()

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(fact_store, "insert", full)
    done = call("facts", "-o", store)
    assert done == Done(3, "", f"archlint: cannot write `{store}`: database or disk is full\n")
    assert (sorted(path.name for path in checkouts.iterdir()), Path(store).read_bytes()) == before


@pytest.mark.slow
def test_a_pool_of_processes(checkouts: Path) -> None:
    names = [checkouts / "pool" / f"{number}.facts" for number in (1, 2)]
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        stores = list(pool.map(extract, repeat(checkouts / ELSEWHERE), names, [(1, 2), (2, 2)]))
    assert stores == names
    assert call("link", "--complete", *map(str, stores)) == call("check")


def test_the_entry_points(checkouts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = package.check(["."])
    store = extract(".", "a.facts")
    with pytest.raises(UsageError, match="a shard is I/N"):
        extract(".", "b.facts", (2, 1))
    no_analysis(monkeypatch)
    assert package.check([checkouts / HERE], stores=[store]) == whole
