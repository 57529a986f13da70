"""What a run is asked for, and under which settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from archlint.fact_store import Stores
from archlint.settings import Overrides, SettingsResolver, find_root
from archlint.stages.past import Past

if TYPE_CHECKING:
    from archlint.stages.memory import Memory


def _silent(_done: int, _all: int) -> None:
    """Show no progress."""


def _mute(_line: str) -> None:
    """Say nothing of what is being done."""


class Request(msgspec.Struct, frozen=True):
    """What a run is asked for.

    `overlay` maps paths relative to the root to texts that stand in for what is on disk.
    `stores` hold results of files that need not be analysed again.
    `memory` keeps what a process that stays knows of files from one run to the next; a quick run leaves out the checks
    of the whole project.
    `progress` is told how many of how many files are done, `log` one line about each stage.
    `environment` is what git is run in; without one, git is asked since when migrations are new and nothing else.
    `needs_baseline` says that a baseline which the command line names must be there.
    `past` has the files of another time, whose contents must be the overlay then.
    """

    paths: tuple[Path, ...]
    cwd: Path = msgspec.field(default_factory=Path.cwd)
    overrides: Overrides = msgspec.field(default_factory=Overrides)
    config: Path | None = None
    isolated: bool = False
    overlay: Mapping[str, str | bytes] = msgspec.field(default_factory=dict)
    timings: bool = False
    stores: Stores = msgspec.field(default_factory=Stores)
    progress: Callable[[int, int], None] = _silent
    log: Callable[[str], None] = _mute
    environment: Mapping[str, str] = msgspec.field(default_factory=dict)
    memory: Memory | None = None
    is_quick: bool = False
    needs_baseline: bool = True
    past: Past | None = None

    def with_overlay(self, overlay: Mapping[str, str | bytes]) -> Request:
        """Return the request with other texts in place of files."""
        return replace(self, overlay=overlay)


def resolve(request: Request) -> tuple[Path, SettingsResolver]:
    """Return the project root and what knows the settings of each file."""
    root = find_root(request.paths, request.cwd)
    return root, SettingsResolver(root, request.overrides, request.config, request.isolated, request.cwd)
