"""Copies of a process that share work out."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from archlint.pipeline import Request, run
from archlint.registry import rules_of
from archlint.report.formats import render
from archlint.report.options import RenderOptions
from archlint.report.result import Report
from archlint.rule import Found, Rule, Units
from archlint.settings import Overrides
from archlint.stages import checks as checks_module
from archlint.workers import forked
from archlint.workers.forked import can_fork, shared_out

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is one process")
QUEUES = ((0, 1, 2, 3), (4, 5, 6, 7), (8,))


def squares(tasks: Iterator[int]) -> bytes:
    return bytes(task * task for task in tasks)


def test_each_task_is_done_once_by_some_process() -> None:
    found = shared_out(QUEUES, squares)
    assert sorted(b"".join(found)) == [task * task for task in range(9)]


def test_others_take_what_a_slow_process_has_left() -> None:
    def slow_here(tasks: Iterator[int]) -> bytes:
        if os.getpid() != here:
            done = bytes(tasks)
            os.write(told, b".")
            return done
        first = bytes(islice(tasks, 1))
        for _ in QUEUES[1:]:  # until the copies have emptied all queues
            os.read(heard, 1)
        return first + bytes(tasks)

    here = os.getpid()
    heard, told = os.pipe()
    found = shared_out(QUEUES, slow_here)
    assert sorted(b"".join(found)) == list(range(9))
    assert len(found[0]) <= 1


@pytest.mark.parametrize("is_killed", [False, True])
def test_what_a_copy_took_that_died_is_done_here(is_killed: bool) -> None:
    def dying(tasks: Iterator[int]) -> bytes:
        if os.getpid() != here:
            next(tasks)
            os.kill(os.getpid(), signal.SIGKILL) if is_killed else os._exit(1)
        return bytes(tasks)

    here = os.getpid()
    assert sorted(b"".join(shared_out(QUEUES, dying))) == list(range(9))


def test_without_a_process_to_be_had_all_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forked, "_started", lambda *_: None)
    assert shared_out(QUEUES, bytes) == [bytes(range(9))]


def test_what_the_work_raises_here_is_raised() -> None:
    def failing(tasks: Iterator[int]) -> bytes:
        raise ValueError(f"{next(tasks)}")

    with pytest.raises(ValueError, match="0"):
        shared_out(((0,),), failing)


def test_beside_other_threads_there_is_one_process() -> None:
    seen: list[bool] = []
    thread = threading.Thread(target=lambda: seen.append(can_fork()))
    thread.start()
    thread.join()
    assert seen == [False]
    assert can_fork()


def test_more_tasks_than_a_byte_has_values() -> None:
    many = range(1_000)
    found = shared_out((many[:500], many[500:]), lambda tasks: b"".join(b"%d " % task for task in tasks))
    assert sorted(map(int, b"".join(found).split())) == [*many]


@pytest.fixture
def copies(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The copies that were made; the smallest project is worth one."""
    made: list[object] = []
    start = forked._started

    def started(*given: Any) -> object:
        made.append(start(*given))
        return made[-1]

    monkeypatch.setattr(forked, "_started", started)
    monkeypatch.setattr(checks_module, "_UNITS_OF_A_PROCESS", 1)
    return made


def shop(tmp_path: Path) -> None:
    (tmp_path / "archlint.toml").write_text("")
    models = "from django.db import models\n\n\nclass Item(models.Model):\n    pass\n"
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "models.py").write_text(models)
    for number in range(12):
        body = "def load(rows):\n    return [Item.objects.get(id=row) for row in rows]\n"
        (tmp_path / "shop" / f"service_{number}.py").write_text(f"from shop.models import Item\n\n\n{body}")


def linted(root: Path, jobs: int) -> Report:
    return run(Request((root,), cwd=root, overrides=Overrides(no_cache=True, jobs=jobs)))


def test_the_report_is_the_same_in_several_processes(tmp_path: Path, copies: list[object]) -> None:
    shop(tmp_path)
    one = linted(tmp_path, 1)
    assert not copies
    three = linted(tmp_path, 3)
    assert len([copy for copy in copies if copy is not None]) >= 2
    assert len(one.results) == 12
    assert render(one, "json", RenderOptions()) == render(three, "json", RenderOptions())


def test_a_rule_that_crashes_in_several_processes_is_reported_once(
    tmp_path: Path, copies: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> Found:
        raise ValueError

    def broken(codes: Iterable[str], *_: object) -> tuple[Rule, ...]:
        rules = [one for one in rules_of(codes) if one.code == "ARC101"]
        return tuple(
            replace(one, unit_checks=[replace(check, function=lambda *_: Units(crash)) for check in one.unit_checks])
            for one in rules
        )

    shop(tmp_path)
    monkeypatch.setattr("archlint.stages.link.rules_of", broken)
    report = linted(tmp_path, 3)
    assert copies
    assert [one.diagnostic.code for one in report.results] == ["ARC002"]
