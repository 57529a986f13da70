"""The desk: what other threads ask for is done in the main thread, one thing after the other.

Only there a file that takes too long can be given up, and only there the stack is deep enough on every system.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue

Task = Callable[[], None]


class Desk:
    """A queue of tasks."""

    __slots__ = ("_tasks",)

    def __init__(self) -> None:
        self._tasks: SimpleQueue[tuple[Task, Future[None]]] = SimpleQueue()

    def submit(self, task: Task) -> Future[None]:
        """Ask for a task that raises no `Exception`; the future ends with it."""
        future: Future[None] = Future()
        self._tasks.put((task, future))
        return future

    def work(self) -> None:
        """Do what is asked for, until the process ends; raises what is no `Exception`."""
        while True:
            task, future = self._tasks.get()
            if future.set_running_or_notify_cancel():
                task()
                future.set_result(None)
