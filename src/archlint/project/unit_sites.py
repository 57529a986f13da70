"""What stands in a unit, found in one walk for all that ask: the units asked about last are remembered."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from archlint.ir.module import Unit
from archlint.project.inference.scopes import Scope
from archlint.project.inference.sites import Site, walk

if TYPE_CHECKING:
    from archlint.project.project import Project, UnitPlace

_REMEMBERED = 64
"""Units: rules look at one at a time, and at its callers and callees beside it."""


class UnitSites:
    """Answers what stands in a unit, and which names it mentions."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._sites: OrderedDict[int, tuple[Unit, tuple[Site, ...]]] = OrderedDict()
        self._mentioned: OrderedDict[int, tuple[Unit, frozenset[str]]] = OrderedDict()

    def at(self, place: UnitPlace) -> tuple[Site, ...]:
        """Return the sites of a unit, in the order of execution."""
        known = self._sites.get(id(place.unit))
        if known is not None:
            self._sites.move_to_end(id(place.unit))
            return known[1]
        project = self._project
        owner = place.module.classes.get(place.unit.owner) if place.unit.owner else None
        scope = Scope(place.module, place.unit.start, owner)
        function = project.function_at(place)
        found = tuple(walk(project.inference, project.body(place.unit), scope, None, function, tests=True))
        self._sites[id(place.unit)] = place.unit, found
        if len(self._sites) > _REMEMBERED:
            self._sites.popitem(last=False)
        return found

    def mentioned(self, unit: Unit) -> frozenset[str]:
        """Return the last names of what a unit calls, and the attributes in it, as its index tells."""
        known = self._mentioned.get(id(unit))
        if known is not None:
            return known[1]
        found = frozenset([name.rpartition(".")[2] for name in unit.calls]).union(unit.attributes)
        self._mentioned[id(unit)] = unit, found
        if len(self._mentioned) > _REMEMBERED:
            self._mentioned.popitem(last=False)
        return found
