"""Work on parts of what one process has in memory: each part in a copy of the process, made by a fork."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import TypeVar

Part = TypeVar("Part")

_PATIENCE = 5.0
"""Seconds that a copy may take to end after it has told all."""


def can_fork() -> bool:
    """Return whether copies of this process can be made: where forks are safe, and beside no other thread."""
    is_worker = multiprocessing.current_process().daemon
    return sys.platform == "linux" and threading.active_count() == 1 and not is_worker


def of_parts(parts: Sequence[Part], work: Callable[[Part], bytes]) -> list[bytes]:
    """Return what the work gives for each part, the first one done here and the others in copies of this process.

    A copy that dies or cannot be made costs time: its part is done here. Raises what the work raises here.
    """
    copies = [_started(part, work) for part in parts[1:]]
    try:
        found = [work(parts[0])]
        for part, copy in zip(parts[1:], copies, strict=True):
            told = copy.told() if copy is not None else None
            found.append(work(part) if told is None else told)
        return found
    finally:
        for copy in copies:
            if copy is not None:
                copy.end()


class _Copy:
    def __init__(self, process: multiprocessing.process.BaseProcess, pipe: Connection) -> None:
        self._process = process
        self._pipe = pipe

    def told(self) -> bytes | None:
        """Return what it found, None where it died before it could tell."""
        try:
            return self._pipe.recv_bytes()
        except (EOFError, OSError):
            return None

    def end(self) -> None:
        self._pipe.close()
        self._process.kill()
        self._process.join(_PATIENCE)


def _started(part: Part, work: Callable[[Part], bytes]) -> _Copy | None:
    context = multiprocessing.get_context("fork")
    try:
        ours, theirs = context.Pipe(duplex=False)
    except OSError:
        return None
    process = context.Process(target=_tell, args=(theirs, ours, part, work), daemon=True)
    try:
        process.start()
    except OSError:
        ours.close()
        return None
    finally:
        theirs.close()
    return _Copy(process, ours)


def _tell(pipe: Connection, inherited: Connection, part: Part, work: Callable[[Part], bytes]) -> None:
    """Do the work and leave at once: what the copy has in memory is not its own to clean up."""
    inherited.close()
    gc.disable()
    code = 1
    try:
        pipe.send_bytes(work(part))
        code = 0
    finally:
        os._exit(code)
