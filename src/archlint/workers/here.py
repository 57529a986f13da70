"""Work on files in this process, and what bounds it: the depth of the stack and the time for one file."""

from __future__ import annotations

import gc
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from time import process_time
from types import FrameType

import msgspec

from archlint.analysis import FileResult

Analyse = Callable[[int], FileResult]
_RECURSION = 12_000
_TICKS = 20
"""Into how many parts the time for one file is cut."""
STALLED = 6
"""How many deadlines may pass on the wall, where a file gets no processor or waits for a disk."""


class Lost(msgspec.Struct, frozen=True):
    """Why there is no result of a file: its worker died or ran out of time."""

    reason: str


Outcome = tuple[int, FileResult | Lost]


class deep_stack:  # noqa: N801 - used like a function
    """Raises the recursion limit for a while: long chains of operators are walked recursively."""

    def __enter__(self) -> None:
        """Raise it."""
        self._limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(self._limit, _RECURSION if sys.version_info >= (3, 11) else 3_000))

    def __exit__(self, *_: object) -> None:
        """Put it back."""
        sys.setrecursionlimit(self._limit)


class without_collector:  # noqa: N801 - used like a function
    """Switches the cyclic garbage collector off for a while: what is dropped meanwhile is freed by reference counts.

    What refers to itself stays until `sweep` is called.
    """

    def __enter__(self) -> None:
        """Switch it off."""
        self._was_enabled = gc.isenabled()
        gc.disable()

    def __exit__(self, *_: object) -> None:
        """Switch it back on if it was."""
        if self._was_enabled:
            gc.enable()


def sweep() -> None:
    """Free what refers to itself of all that was made since the last time; what is older is not looked at again.

    The trees of a file do. After each file this takes a fiftieth of its time; without it, they all stay to the end.
    """
    gc.collect(0)


class _Overtime(BaseException):
    """The file took too long; no `except Exception` on the way may keep it."""


class _Clock:
    """Raises `_Overtime` at the deadline, which is of processor time, or after `STALLED` of them on the wall.

    However long the process is stopped (Ctrl-Z), that is one tick for it.
    """

    def __init__(self, deadline: float) -> None:
        self._left = _TICKS * STALLED
        self._until = process_time() + deadline

    def __call__(self, _signal: int, _frame: FrameType | None) -> None:
        """Count a tick; those that pass while a parser keeps the interpreter come as one."""
        self._left -= 1
        if self._left <= 0 or process_time() > self._until:
            signal.setitimer(signal.ITIMER_REAL, 0)
            raise _Overtime


def analyse_here(indexes: Iterable[int], analyse: Analyse, deadline: float) -> Iterator[Outcome]:
    """Yield the outcome of each file; nothing is protected from a parser that ends the process."""
    with deep_stack(), without_collector():
        for index in indexes:
            yield index, _limited(analyse, index, deadline)
            sweep()


def _limited(analyse: Analyse, index: int, deadline: float) -> FileResult | Lost:
    """Return the result of a file, given up at the deadline where this process may set an alarm."""
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or not hasattr(signal, "setitimer") or signal.getsignal(signal.SIGALRM) is not signal.SIG_DFL:
        return analyse(index)
    try:
        signal.signal(signal.SIGALRM, _Clock(deadline))
        signal.setitimer(signal.ITIMER_REAL, deadline / _TICKS, deadline / _TICKS)
        try:
            return analyse(index)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except _Overtime:
        return Lost(too_slow(deadline))
    finally:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


def too_slow(deadline: float) -> str:
    """Return why a file was given up at its deadline."""
    return f"it took longer than {deadline:g} s"
