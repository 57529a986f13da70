"""Workers: every file gets an outcome, whatever becomes of the process that had it."""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archlint.analysis import FileResult
from archlint.errors import UsageError
from archlint.settings import SettingsResolver
from archlint.source import FileEntry, Kind, Role
from archlint.stages.analyse import Plan, plan_of
from archlint.suppression import Suppressions
from archlint.workers import Lost, analyse_all, pool
from archlint.workers.here import analyse_here

if TYPE_CHECKING:
    from collections.abc import Callable

DEADLINE = 0.5
COUNT = 40
fork_only = pytest.mark.skipif(sys.platform != "linux", reason="functions of a test travel by fork only")


def entries(count: int = COUNT, size: int = 10_000) -> list[FileEntry]:
    return [FileEntry(f"{n}.py", Path(f"/{n}.py"), Kind.PYTHON, Role.PRODUCTION, size, 0) for n in range(count)]


def result(index: int, skipped: str = "") -> FileResult:
    return FileResult(f"{index}.py", b"", None, (), Suppressions(f"{index}.py"), skipped)


def outcomes(analyse: Callable[[int], FileResult], *, jobs: int = 2, count: int = COUNT) -> dict[int, str]:
    """The reason for which each file was lost, "" for the others; each file has exactly one outcome."""
    found: dict[int, str] = {}
    for index, outcome in analyse_all(entries(count), analyse, jobs=jobs, deadline=DEADLINE):
        assert index not in found
        found[index] = outcome.reason if isinstance(outcome, Lost) else ""
        assert isinstance(outcome, Lost) or outcome.path == f"{index}.py"
    assert sorted(found) == list(range(count))
    return found


def lost(found: dict[int, str]) -> dict[int, str]:
    return {index: reason for index, reason in found.items() if reason}


@pytest.fixture(autouse=True)
def nothing_is_left() -> object:
    yield
    assert multiprocessing.active_children() == []


@fork_only
@pytest.mark.parametrize("jobs", [1, 2, 8])
def test_each_file_has_a_result(jobs: int) -> None:
    assert lost(outcomes(result, jobs=jobs)) == {}


class Circle:
    """Refers to itself, as the trees of files do."""

    def __init__(self) -> None:
        self.me = self


@fork_only
@pytest.mark.parametrize("jobs", [1, 2])
def test_what_refers_to_itself_is_freed_file_by_file(jobs: int) -> None:
    made: list[weakref.ref[Circle]] = []

    def analyse(index: int) -> FileResult:
        left = sum(one() is not None for one in made)
        made.append(weakref.ref(Circle()))
        return result(index, f"{left} left")

    for _, outcome in analyse_all(entries(), analyse, jobs=jobs, deadline=DEADLINE):
        assert isinstance(outcome, FileResult)
        assert outcome.skipped == "0 left"


def test_no_files() -> None:
    assert list(analyse_all([], result, jobs=4, deadline=DEADLINE)) == []


@fork_only
@pytest.mark.parametrize(
    ("end", "name"),
    [
        (lambda: os._exit(0), ""),
        (lambda: os._exit(3), ""),
        (lambda: os.kill(os.getpid(), signal.SIGKILL), "SIGKILL"),
        (lambda: os.kill(os.getpid(), signal.SIGSEGV), "SIGSEGV"),
        (sys.exit, ""),
    ],
    ids=["exit 0", "exit 3", "killed", "segmentation fault", "SystemExit"],
)
def test_a_worker_that_dies_takes_one_file_with_it(end: Callable[[], None], name: str, capfd: object) -> None:
    def analyse(index: int) -> FileResult:
        if index in {0, 7, COUNT - 1}:
            faulthandler.disable()
            end()
        return result(index)

    found = lost(outcomes(analyse))
    assert sorted(found) == [0, 7, COUNT - 1]
    assert set(found.values()) == {f"the process died of it ({name})" if name else "the process died of it"}
    assert capfd.readouterr().err == ""  # type: ignore[attr-defined]


@fork_only
def test_all_workers_die_of_all_files() -> None:
    def analyse(_: int) -> FileResult:
        os._exit(1)

    assert len(lost(outcomes(analyse, count=12))) == 12


@fork_only
def test_a_worker_that_hangs_takes_one_file_with_it() -> None:
    def analyse(index: int) -> FileResult:
        if index == 5:
            time.sleep(60)
        return result(index)

    started = time.monotonic()
    assert lost(outcomes(analyse)) == {5: "it took longer than 0.5 s"}
    assert time.monotonic() - started < 10


@fork_only
def test_a_worker_that_works_for_too_long_takes_one_file_with_it() -> None:
    def analyse(index: int) -> FileResult:
        while index == 5:
            pass
        return result(index)

    assert lost(outcomes(analyse)) == {5: "it took longer than 0.5 s"}


@fork_only
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_file_that_waits_for_the_processor_is_not_too_slow(jobs: int) -> None:
    def analyse(index: int) -> FileResult:
        if index == 5:
            time.sleep(2 * DEADLINE)
        return result(index)

    assert lost(outcomes(analyse, jobs=jobs)) == {}


def test_a_file_that_hangs_in_this_process_is_given_up() -> None:
    def analyse(index: int) -> FileResult:
        while index == 5:
            pass
        return result(index)

    handler = signal.getsignal(signal.SIGALRM)
    assert lost(outcomes(analyse, jobs=1)) == {5: "it took longer than 0.5 s"}
    assert signal.getsignal(signal.SIGALRM) is handler
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_an_alarm_of_the_host_is_left_alone() -> None:
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    try:
        assert lost(outcomes(result, jobs=1)) == {}
        assert signal.getsignal(signal.SIGALRM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


@fork_only
def test_huge_results_pass() -> None:
    def analyse(index: int) -> FileResult:
        return result(index, "x" * 5_000_000 if index < 3 else "")

    sizes = {
        index: len(outcome.skipped)
        for index, outcome in analyse_all(entries(9), analyse, jobs=2, deadline=10)
        if isinstance(outcome, FileResult)
    }
    assert sizes == {index: 5_000_000 if index < 3 else 0 for index in range(9)}


@fork_only
def test_a_result_that_cannot_be_sent_is_lost(capfd: pytest.CaptureFixture[str]) -> None:
    found = lost(outcomes(lambda index: result(index, "\ud800" if index == 3 else "")))
    assert found == {3: "its result could not be read"}
    assert capfd.readouterr().err == ""


@fork_only
def test_a_wrong_configuration_reaches_the_parent(capfd: pytest.CaptureFixture[str]) -> None:
    def analyse(index: int) -> FileResult:
        raise UsageError(f"options of ARC{index}")

    with pytest.raises(UsageError, match="options of ARC"):
        outcomes(analyse)
    assert capfd.readouterr().err == ""


@fork_only
def test_an_abandoned_run_leaves_no_process() -> None:
    def analyse(index: int) -> FileResult:
        time.sleep(0.01)
        return result(index)

    run = analyse_all(entries(), analyse, jobs=3, deadline=DEADLINE)
    next(run)
    assert len(multiprocessing.active_children()) == 3
    run.close()  # type: ignore[attr-defined]


@fork_only
def test_no_processes_to_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(multiprocessing.context.ForkProcess, "start", refuse)
    assert lost(outcomes(result)) == {}


@fork_only
def test_a_worker_that_dies_before_its_first_file_loses_none(monkeypatch: pytest.MonkeyPatch) -> None:
    deaths = iter([True, True])
    feed = pool.Pool._feed

    def feed_the_dead(self: pool.Pool, worker: pool.Worker) -> None:
        if next(deaths, False):
            worker.process.kill()
            worker.process.join()
        feed(self, worker)

    monkeypatch.setattr(pool.Pool, "_feed", feed_the_dead)
    assert lost(outcomes(result)) == {}


@fork_only
def test_beside_threads_nothing_is_forked() -> None:
    release = threading.Event()
    thread = threading.Thread(target=release.wait)
    thread.start()
    try:
        pids: set[int] = set()

        def analyse(index: int) -> FileResult:
            pids.add(os.getpid())
            return result(index)

        assert lost(outcomes(analyse)) == {}
        assert pids == {os.getpid()}
    finally:
        release.set()
        thread.join()


@fork_only
def test_a_stopped_run_forgives_its_workers() -> None:
    stopped = pool.Pool(result, [[0]], DEADLINE, "fork")
    worker = pool.Worker(None, None, since=time.monotonic() - 100)  # type: ignore[arg-type]
    stopped._workers = [worker]
    stopped._forgive(time.monotonic() - 60)
    assert 30 < time.monotonic() - worker.since < 50
    stopped._workers = []


@fork_only
def test_a_result_that_waits_to_be_read_is_not_late() -> None:
    late = pool.Pool(result, [], DEADLINE, "fork")
    ours, theirs = multiprocessing.Pipe()
    late._workers = [pool.Worker(None, ours, deque([0]), time.monotonic() - 100)]  # type: ignore[arg-type]
    theirs.send_bytes(b"a result")
    assert list(late._overdue()) == []
    ours.close()
    theirs.close()


@fork_only
def test_workers_leave_ctrl_c_to_the_run() -> None:
    def analyse(index: int) -> FileResult:
        return result(index, str(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])))

    found = {outcome.skipped for _, outcome in analyse_all(entries(), analyse, jobs=2, deadline=DEADLINE)}  # type: ignore[union-attr]
    assert found == {"True"}
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


_ORPHANS = """
import os, sys, time
from archlint.workers import analyse_all
sys.path.insert(0, {tests!r})
from test_workers import entries, result
def analyse(index):
    os.write(1, str(os.getpid()).encode() + bytes([10]))
    time.sleep(0.2)
    return result(index)
for _ in analyse_all(entries(400), analyse, jobs=3, deadline=30):
    pass
"""


@fork_only
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=lambda how: how.name)
def test_workers_end_when_the_run_is_killed(how: signal.Signals) -> None:
    script = _ORPHANS.format(tests=str(Path(__file__).parent))
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        pids: set[int] = set()
        while len(pids) < 3:
            pids.add(int(run.stdout.readline()))
        run.send_signal(how)
        run.wait(10)
        limit = time.monotonic() + 5
        while any(map(_lives, pids)) and time.monotonic() < limit:
            time.sleep(0.05)
        assert not any(map(_lives, pids))


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@fork_only
def test_a_worker_that_hangs_outlives_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel ends it, so that it needs neither the run nor its own bytecode."""
    monkeypatch.setattr(pool, "_PATIENCE", 0.1)
    process = multiprocessing.get_context("fork").Process(target=_hang_with_alarm)
    process.start()
    process.join(5)
    assert process.exitcode == -signal.SIGPROF


@fork_only
@pytest.mark.parametrize("alone", [False, True])
def test_the_time_in_which_a_run_is_stopped_costs_no_file(alone: bool) -> None:
    """After Ctrl-Z and `fg` it goes on with all its files."""
    process = multiprocessing.get_context("fork").Process(target=_stop_alone if alone else _stop_as_worker)
    process.start()
    process.join(5)
    assert process.exitcode == 0


def _stop_as_worker() -> None:
    pool._die_after(0.3)
    _stop()


def _stop_alone() -> None:
    def analyse(index: int) -> FileResult:
        _stop()
        return result(index)

    assert [outcome for _, outcome in analyse_here([0], analyse, 0.3) if isinstance(outcome, Lost)] == []


def _stop() -> None:
    child = os.fork()
    if not child:
        _wake(os.getppid())
    os.kill(os.getpid(), signal.SIGSTOP)
    os.waitpid(child, 0)


def _wake(pid: int) -> None:
    time.sleep(0.8)
    os.kill(pid, signal.SIGCONT)
    os._exit(0)


def _hang_with_alarm() -> None:
    pool._die_after(0.2)
    while True:
        pass


def project(folder: Path, count: int = 6) -> Plan:
    found = []
    for number in range(count):
        path = folder / f"m{number}.py"
        path.write_text(f"import time\n\n\nasync def f{number}():\n    time.sleep({number})\n", encoding="utf-8")
        size = path.stat().st_size
        found.append(FileEntry(path.name, path, Kind.PYTHON, Role.PRODUCTION, size, path.stat().st_mtime_ns))
    return plan_of(found, SettingsResolver(folder).settings_for, {})


def test_a_plan_travels_to_a_new_interpreter(tmp_path: Path) -> None:
    plan = project(tmp_path)
    again = pickle.loads(pickle.dumps(plan))  # noqa: S301 - our own bytes
    assert again(0).diagnostics == plan(0).diagnostics != ()


def test_spawned_workers_answer_the_same(tmp_path: Path) -> None:
    plan = project(tmp_path)
    big = [FileEntry(one.path, one.real, one.kind, one.role, 200_000, 0) for one in plan.entries]
    found = {
        index: outcome.reason if isinstance(outcome, Lost) else outcome.diagnostics
        for index, outcome in analyse_all(big, plan, jobs=2, deadline=60, start_method="spawn")
    }
    assert found == {index: plan(index).diagnostics for index in range(len(big))}


def test_batches_hold_every_file_once_and_the_large_ones_first() -> None:
    sizes = [10, 500_000, 0, 0, 90_000, 90_000, *[0] * 1_000]
    files = [FileEntry(str(n), Path(), Kind.PYTHON, Role.PRODUCTION, size, 0) for n, size in enumerate(sizes)]
    batches = pool.batches_of(files)
    assert sorted(index for batch in batches for index in batch) == list(range(len(sizes)))
    assert batches[0] == [1]
    assert max(map(len, batches)) < 200
