"""Modules that have to do with some libraries, found when somebody asks about one."""

from __future__ import annotations

from collections.abc import Callable, Container
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archlint.project.symbols import Module


class Near(Container["Module"]):
    """The modules that `find` returns: it goes over all imports, and a run on one file may never need it."""

    def __init__(self, find: Callable[[], Container[Module]]) -> None:
        self._find = find

    def __contains__(self, module: object) -> bool:
        return module in self._found

    @cached_property
    def _found(self) -> Container[Module]:
        return self._find()
