"""Work on what one process has in memory, done by several: copies of it, made by a fork, take tasks in turn."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing.connection import Connection

_MOST_PROCESSES = 4
"""Each has to find out some of what the others know as well."""
_BYTES = 2
"""Of a task in a pipe: there may be some thousand."""
_PATIENCE = 5.0
"""Seconds that a copy may take to end after it has told all."""
Work = Callable[[Iterator[int]], bytes]


def can_fork() -> bool:
    """Return whether copies of this process can be made: where forks are safe, and beside no other thread."""
    is_worker = multiprocessing.current_process().daemon
    return sys.platform == "linux" and threading.active_count() == 1 and not is_worker


def processes(jobs: int) -> int:
    """Return how many processes, of so many that are wanted, may share work out."""
    return max(min(jobs, _MOST_PROCESSES), 1) if can_fork() else 1


def shared_out(queues: Sequence[Sequence[int]], work: Work) -> list[bytes]:
    """Return what the work gave in each process, of which there is one for each queue; this one has the first.

    The work is given the tasks as it gets to them: those of the queue of its process, then what others have left.
    A copy that dies or cannot be made costs time: what it took is done here. Raises what the work raises here.
    """
    ends: list[int] = []
    copies: list[_Copy | None] = []
    taken: set[int] = set()
    try:
        ends += [_filled(queue) for queue in queues]
        copies += [_started(work, [*ends[number:], *ends[:number]]) for number in range(1, len(queues))]
        found = [work(_noted(_taken(ends), taken))]
        for copy in copies:
            told = copy.told() if copy is not None else None
            if told is not None:
                taken.update(_tasks_in(told[0]))
                found.append(told[1])
        left = [task for queue in queues for task in queue if task not in taken]
        return [*found, work(iter(left))] if left else found
    finally:
        for copy in copies:
            if copy is not None:
                copy.end()
        for end in ends:
            os.close(end)


def _filled(queue: Sequence[int]) -> int:
    """Return the end of a pipe from which processes read tasks, one after the other, until there are none."""
    read, write = os.pipe()
    os.write(write, _told(queue))
    os.close(write)
    return read


def _told(tasks: Iterable[int]) -> bytes:
    return b"".join(task.to_bytes(_BYTES, "little") for task in tasks)


def _tasks_in(told: bytes) -> Iterator[int]:
    return (int.from_bytes(told[at : at + _BYTES], "little") for at in range(0, len(told), _BYTES))


def _taken(ends: Sequence[int]) -> Iterator[int]:
    for end in ends:
        while task := os.read(end, _BYTES):
            yield from _tasks_in(task)


def _noted(tasks: Iterator[int], taken: set[int]) -> Iterator[int]:
    for task in tasks:
        taken.add(task)
        yield task


class _Copy:
    def __init__(self, process: multiprocessing.process.BaseProcess, pipe: Connection) -> None:
        self._process = process
        self._pipe = pipe

    def told(self) -> tuple[bytes, bytes] | None:
        """Return the tasks that it did and what came of them, None where it died before it could tell."""
        try:
            return self._pipe.recv_bytes(), self._pipe.recv_bytes()
        except (EOFError, OSError):
            return None

    def end(self) -> None:
        self._pipe.close()
        self._process.kill()
        self._process.join(_PATIENCE)


def _started(work: Work, ends: Sequence[int]) -> _Copy | None:
    context = multiprocessing.get_context("fork")
    try:
        ours, theirs = context.Pipe(duplex=False)
    except OSError:
        return None
    process = context.Process(target=_tell, args=(theirs, ours, work, ends), daemon=True)
    try:
        process.start()
    except OSError:
        ours.close()
        return None
    finally:
        theirs.close()
    return _Copy(process, ours)


def _tell(pipe: Connection, inherited: Connection, work: Work, ends: Sequence[int]) -> None:
    """Do the work and leave at once: what the copy has in memory is not its own to clean up."""
    inherited.close()
    gc.disable()
    code = 1
    try:
        taken: set[int] = set()
        found = work(_noted(_taken(ends), taken))
        pipe.send_bytes(_told(sorted(taken)))
        pipe.send_bytes(found)
        code = 0
    finally:
        os._exit(code)
