"""Room for recursion: what a name means may rest on hundreds of other names, each a few calls deep."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

_STACK_BYTES = (512 << 20, 64 << 20)
"""Reserved, not used: pages that nobody touches cost nothing. The smaller one is for tight limits."""
_FRAMES = 150_000


def deeply(work: Callable[[], Result]) -> Result:
    """Return what some work returns, done on a large stack; raises what it raises."""
    outcome: list[Result] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(work())
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
            failure.append(error)

    frames = sys.getrecursionlimit()
    thread = _started(run)
    try:
        thread.join()
    finally:
        sys.setrecursionlimit(frames)
    if failure:
        raise failure[0]
    return outcome[0]


def _started(run: Callable[[], None]) -> threading.Thread:
    """Start a thread with the largest stack that the system grants, and raise the limit of frames for it."""
    outer = threading.stack_size()
    thread = threading.Thread(target=run, name="archlint-link", daemon=True)
    try:
        for size in _STACK_BYTES:
            try:
                threading.stack_size(size)
                sys.setrecursionlimit(max(_FRAMES * size // _STACK_BYTES[0], sys.getrecursionlimit()))
                thread.start()
            except (RuntimeError, ValueError):
                thread = threading.Thread(target=run, name="archlint-link", daemon=True)
                continue
            return thread
    finally:
        threading.stack_size(outer)
    thread.start()
    return thread
