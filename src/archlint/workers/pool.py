"""A pool of processes that is told which file cost which process its life."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from time import monotonic

import msgspec

from archlint.analysis import FileResult
from archlint.errors import ArchlintError, UsageError
from archlint.source import FileEntry
from archlint.workers.here import STALLED, Analyse, Lost, Outcome, analyse_here, deep_stack, sweep, too_slow

_BATCH_BYTES = 128_000
_FILE_BYTES = 1_000
"""What a file costs beside its bytes: a thousand empty ones are work too."""
_TICK = 1.0
_PAUSE = 3.0
"""Seconds between two looks at the workers after which this process must have been stopped itself."""
_PATIENCE = 2.0
_FAILED_STARTS = 3
_RESULT, _ERROR = b"r", b"e"
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(FileResult)
_BATCH = msgspec.msgpack.Decoder(list[int])


@dataclass(slots=True, eq=False)
class Worker:
    """A process, the files that it has been given and not yet answered, and since when it is at the first."""

    process: multiprocessing.process.BaseProcess
    pipe: Connection
    pending: deque[int] = field(default_factory=deque)
    since: float = 0.0
    gone: bool = False


class Pool:
    """Processes that are given batches of files; each of them may end at any time."""

    def __init__(self, analyse: Analyse, batches: list[list[int]], deadline: float, start_method: str) -> None:
        self._context = multiprocessing.get_context(start_method)
        self._analyse = analyse
        self._batches = deque(batches)
        self._deadline = deadline
        self._workers: list[Worker] = []
        self._failed_starts = 0

    def run(self, count: int) -> Iterator[Outcome]:
        """Yield the outcome of each file from so many processes, or from this one where there are none to be had."""
        try:
            self._start(count)
            looked = monotonic()
            while self._workers:
                ready = wait([worker.pipe for worker in self._workers], timeout=_TICK)
                looked = self._forgive(looked)
                for worker in [one for one in self._workers if one.pipe in ready]:
                    yield from self._receive(worker)
                yield from self._overdue()
                self._replace()
            left = [index for batch in self._batches for index in batch]
            yield from analyse_here(left, self._analyse, self._deadline)
        finally:
            for worker in self._workers:
                self._end(worker)

    def _start(self, count: int) -> None:
        """Start workers and give each a batch; fewer where the system refuses."""
        for _ in range(count):
            if not self._batches or self._failed_starts >= _FAILED_STARTS:
                return
            worker = self._new()
            if worker is None:
                self._failed_starts += 1
                return
            self._workers.append(worker)
            self._feed(worker)

    def _new(self) -> Worker | None:
        try:
            ours, theirs = self._context.Pipe()
        except OSError:
            return None
        # A forked process has our ends of all pipes too; while it holds them, no other worker sees this process die.
        is_fork = self._context.get_start_method() == "fork"
        inherited = (ours, *(worker.pipe for worker in self._workers)) if is_fork else ()
        # mypy: the contexts of typeshed share no base with a `Process`.
        process: multiprocessing.process.BaseProcess = self._context.Process(  # type: ignore[attr-defined]
            target=_serve, args=(theirs, self._analyse, inherited, self._deadline), daemon=True
        )
        try:
            with _interrupts_held():
                process.start()
        except OSError:
            ours.close()
            return None
        finally:
            theirs.close()
        return Worker(process, ours)

    def _feed(self, worker: Worker) -> None:
        if worker.gone or worker.pending or not self._batches:
            return
        batch = self._batches.popleft()
        try:
            worker.pipe.send_bytes(_ENCODER.encode(batch))
        except OSError:
            # It died with nothing to do, so no file is to blame.
            self._batches.appendleft(batch)
            self._failed_starts += 1
            worker.gone = True
            return
        worker.pending.extend(batch)
        worker.since = monotonic()

    def _receive(self, worker: Worker) -> Iterator[Outcome]:
        try:
            message = worker.pipe.recv_bytes()
            if message[:1] == _ERROR:
                raise UsageError(message[1:].decode())
            result = _DECODER.decode(memoryview(message)[1:])
        except (EOFError, OSError):
            yield from self._lose(worker, "")
        except msgspec.MsgspecError:
            yield from self._lose(worker, "its result could not be read")
        else:
            self._failed_starts = 0
            yield worker.pending.popleft(), result
            worker.since = monotonic()
            self._feed(worker)

    def _forgive(self, looked: float) -> float:
        """Give the workers back the time in which this process was stopped: they probably were as well."""
        now = monotonic()
        if now - looked > _TICK + _PAUSE:
            for worker in self._workers:
                worker.since = min(worker.since + now - looked, now)
        return now

    def _overdue(self) -> Iterator[Outcome]:
        for worker in self._workers:
            late = bool(worker.pending) and monotonic() - worker.since > self._deadline * STALLED
            if late and not worker.pipe.poll():
                yield from self._lose(worker, too_slow(self._deadline))

    def _lose(self, worker: Worker, reason: str) -> Iterator[Outcome]:
        """Give up the file that a worker is at; what else it had goes back to the queue.

        Without a reason the process ended by itself, and its exit code says how.
        """
        if not reason:
            worker.process.join(_PATIENCE)
        worker.gone = True
        self._end(worker)
        pending = list(worker.pending)
        worker.pending.clear()
        if len(pending) > 1:
            self._batches.appendleft(pending[1:])
        if pending:
            yield pending[0], Lost(reason or self._ending(worker.process.exitcode))

    def _ending(self, exit_code: int | None) -> str:
        if hasattr(signal, "SIGPROF") and exit_code == -signal.SIGPROF:
            return too_slow(self._deadline)
        if exit_code is not None and exit_code < 0:
            names = {one.value: one.name for one in signal.Signals}
            return f"the process died of it ({names.get(-exit_code, f'signal {-exit_code}')})"
        return "the process died of it"

    def _replace(self) -> None:
        """Drop the workers that are gone or have nothing left to do; start others while there is work for them."""
        for worker in self._workers:
            self._feed(worker)
        dropped = [worker for worker in self._workers if not worker.pending]
        for worker in dropped:
            self._end(worker)
        self._workers = [worker for worker in self._workers if worker.pending]
        self._start(sum(worker.gone for worker in dropped))

    def _end(self, worker: Worker) -> None:
        worker.pipe.close()
        worker.process.kill()
        worker.process.join(_PATIENCE)


def _serve(pipe: Connection, analyse: Analyse, inherited: Iterable[Connection], deadline: float) -> None:
    """Answer batches of indexes with results, one by one, until the other side goes away."""
    for other in inherited:
        other.close()
    gc.disable()
    with deep_stack():
        try:
            while True:
                for index in _BATCH.decode(pipe.recv_bytes()):
                    _die_after(deadline)
                    pipe.send_bytes(_answer(analyse, index))
                    sweep()
                _die_after(0)
        except (EOFError, OSError, KeyboardInterrupt):
            # The run is over, or nobody waits for its results any more.
            pass
    os._exit(0)


def _answer(analyse: Analyse, index: int) -> bytes:
    try:
        return _RESULT + _ENCODER.encode(analyse(index))
    except UnicodeEncodeError:
        # A lone surrogate in a result: the parent finds nothing to read, and says so.
        return b""
    except ArchlintError as error:
        return _ERROR + str(error).encode("utf-8", "replace")


def _die_after(seconds: float) -> None:
    """Let the kernel end this process, which may hang where no handler runs, and outlive a run that was killed.

    The seconds are of processor time: a file is not slow because others keep the machine busy, or because the run is
    stopped (Ctrl-Z).
    """
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, seconds)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Keep Ctrl-C from a process that is started meanwhile, for all its life: its parent decides when it ends."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def batches_of(entries: Sequence[FileEntry]) -> list[list[int]]:
    """Return the indexes of the files in portions of about one size, the largest files first."""
    batches: list[list[int]] = []
    size = _BATCH_BYTES
    for index in sorted(range(len(entries)), key=lambda one: (-entries[one].size, one)):
        if size >= _BATCH_BYTES:
            batches.append([])
            size = 0
        batches[-1].append(index)
        size += entries[index].size + _FILE_BYTES
    return batches
