"""Lanes: which run is next. The quick one is for a file that was edited, the other for its whole project when idle."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from archlint.server.desk import Desk, Task

DEBOUNCE = 0.15
"""Seconds without a change after which a file is looked at: keys come faster than that."""
IDLE = 0.35
"""Seconds more after which the project is looked at."""

Step = tuple[Task, Callable[[], None]]
"""What is done at the desk, and what is done with it afterwards, in the loop."""


class Lanes:
    """Runs by when they are due; `quick` and `whole` make the steps of one, or None where there is nothing to do."""

    def __init__(self, desk: Desk, quick: Callable[[str], Step | None], whole: Callable[[Path], Step | None]) -> None:
        self._desk = desk
        self._quick = quick
        self._whole = whole
        self._files: dict[str, float] = {}
        self._roots: dict[Path, float] = {}
        self._wake = asyncio.Event()

    def ask(self, uri: str | None, root: Path, *, debounced: bool = False) -> None:
        """Ask for a run on a file, where one is given, and later on its project; an earlier wish is put off."""
        now = asyncio.get_running_loop().time()
        if uri is not None:
            self._files[uri] = now + DEBOUNCE * debounced
        self._roots[root] = now + (DEBOUNCE + IDLE) * debounced
        self._wake.set()

    def drop(self, uri: str) -> None:
        """Forget the wish for a file."""
        self._files.pop(uri, None)

    async def work(self) -> None:
        """Do one run after the other, those of files first."""
        loop = asyncio.get_running_loop()
        while True:
            self._wake.clear()
            step = self._next(loop.time())
            if step is not None:
                await asyncio.wrap_future(self._desk.submit(step[0]))
                step[1]()
            elif not self._is_due(loop.time()):
                with suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), self._pause(loop.time()))

    def _next(self, now: float) -> Step | None:
        for uri, due in self._files.items():
            if due <= now:
                del self._files[uri]
                return self._quick(uri)
        for root, due in self._roots.items():
            # A file that will be looked at in a moment would wait for the whole project.
            if due <= now and not self._files:
                del self._roots[root]
                return self._whole(root)
        return None

    def _is_due(self, now: float) -> bool:
        return any(due <= now for due in (self._files or self._roots).values())

    def _pause(self, now: float) -> float | None:
        dues = (self._files or self._roots).values()
        return max(min(dues) - now, 0.0) if dues else None
