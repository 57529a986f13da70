"""Which modules of a project may have to do with a database."""

from __future__ import annotations

from collections.abc import Container
from functools import cached_property
from typing import TYPE_CHECKING

from archlint.project.symbols.contact import in_contact

if TYPE_CHECKING:
    from archlint.project.project import Project
    from archlint.project.symbols import Module


class NearDatabase(Container["Module"]):
    """The modules that may be given rows or a session: all of a project that has models.

    Of another one those that import a library of databases, over others too, and those that these import.
    """

    def __init__(self, project: Project) -> None:
        self._project = project

    def __contains__(self, module: object) -> bool:
        return self._has_models or module in self._in_contact

    @cached_property
    def _has_models(self) -> bool:
        return self._project.schema.has_models

    @cached_property
    def _in_contact(self) -> frozenset[Module]:
        orms = self._project.knowledge.tables.orms
        names = [name for one in orms for name in (*one.model_bases, *[row.name for row in one.types])]
        packages = frozenset(name.partition(".")[0] for name in names)
        return in_contact(self._project.symbols, self._project.modules, packages)
