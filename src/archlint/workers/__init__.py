"""Processes that analyse files; one that dies or hangs takes one file with it.

Reading order: `here` works in this process, `pool` in others.
"""

from __future__ import annotations

import multiprocessing
import sys
import threading
from collections.abc import Iterator, Sequence

from archlint.source import FileEntry
from archlint.workers.here import Analyse, Lost, Outcome, analyse_here, deep_stack, without_collector
from archlint.workers.pool import Pool, batches_of

__all__ = ["Lost", "Outcome", "analyse_all", "deep_stack"]


def analyse_all(
    entries: Sequence[FileEntry],
    analyse: Analyse,
    *,
    jobs: int,
    deadline: float,
    start_method: str = "fork" if sys.platform == "linux" else "spawn",
) -> Iterator[Outcome]:
    """Yield the result of each file, as it is ready; `deadline` is in seconds of processor time for one file.

    With one job everything happens in this process, and nothing is protected from a parser that ends the process.
    So it does where no processes can be had: in one that is a worker itself, or beside threads that a fork would halve.
    Raises what `analyse` raises of `ArchlintError`.
    """
    alone = jobs <= 1 or threading.active_count() > 1 or multiprocessing.current_process().daemon
    if alone:
        yield from analyse_here(range(len(entries)), analyse, deadline)
        return
    batches = batches_of(entries)
    with without_collector():
        yield from Pool(analyse, batches, deadline, start_method).run(min(jobs, len(batches)))
