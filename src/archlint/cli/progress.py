"""A progress bar on standard error, for long work on a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

_PATIENCE = 0.7
"""Seconds after which a person wants to see that something happens."""
_WIDTH = 30
_BLOCKS, _PLAIN = ("█", "░"), ("#", ".")


@contextmanager
def progress_bar(*, enabled: bool) -> Iterator[Callable[[int, int], None]]:
    """Yield what to call with the number of files done and of all; nothing is shown off a terminal."""
    if not enabled or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda _done, _all: None
        return
    full, empty = _BLOCKS if (sys.stderr.encoding or "").lower().startswith("utf") else _PLAIN
    started = monotonic()
    shown = False

    def show(done: int, total: int) -> None:
        nonlocal shown
        if monotonic() - started > _PATIENCE and (done % 20 == 0 or done == total):
            shown = True
            filled = _WIDTH * done // max(total, 1)
            sys.stderr.write(f"\r{full * filled}{empty * (_WIDTH - filled)} {done}/{total} files")
            sys.stderr.flush()

    try:
        yield show
    finally:
        if shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
