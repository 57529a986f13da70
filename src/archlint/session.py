"""A project that one process asks about again and again, as editors do: files are analysed once for each state."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archlint.pipeline import Request, run_with_files
from archlint.settings import Overrides
from archlint.stages.memory import Memory

if TYPE_CHECKING:
    from archlint.report.result import Report


class Session:
    """Answers for one project; not for several threads at once."""

    def __init__(
        self,
        root: Path,
        overrides: Overrides | None = None,
        config: Path | None = None,
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """`environment` is what git is run in."""
        self._request = Request(
            (), cwd=root, overrides=overrides or Overrides(), config=config, environment=environment, memory=Memory()
        )

    def report(self, paths: tuple[Path, ...], overlay: Mapping[str, str], *, is_quick: bool = False) -> Report:
        """Return what is to be said of some files; `overlay` maps paths below the root to texts in place of files.

        A quick answer leaves out what is known by looking at the whole project only.
        Raises `UsageError` for what is wrong with the paths or the configuration.
        """
        request = replace(self._request, paths=paths, overlay=dict(overlay), is_quick=is_quick)
        return run_with_files(request)[0]
