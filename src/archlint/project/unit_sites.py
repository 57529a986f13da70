"""What stands in a unit, found in one walk for all that ask: the units asked about last are remembered."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from archlint.ir.module import Unit
from archlint.project.inference.scopes import Scope
from archlint.project.inference.sites import Site, walk

if TYPE_CHECKING:
    from archlint.project.project import Project, UnitPlace

_REMEMBERED = 64
"""Units: rules look at one at a time, and at its callers and callees beside it."""
Value = TypeVar("Value")


class UnitSites:
    """Answers what stands in a unit, and which names it mentions."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._sites: _Last[tuple[Site, ...]] = _Last()
        self._mentioned: _Last[frozenset[str]] = _Last()

    def at(self, place: UnitPlace) -> tuple[Site, ...]:
        """Return the sites of a unit, in the order of execution."""
        return self._sites.of(place.unit, partial(self._walked, place))

    def mentioned(self, unit: Unit) -> frozenset[str]:
        """Return the last names of what a unit calls, and the attributes in it, as its index tells."""
        return self._mentioned.of(unit, partial(_names, unit))

    def _walked(self, place: UnitPlace) -> tuple[Site, ...]:
        project = self._project
        owner = place.module.classes.get(place.unit.owner) if place.unit.owner else None
        scope = Scope(place.module, place.unit.start, owner)
        function = project.function_at(place)
        return tuple(walk(project.inference, project.body(place.unit), scope, None, function, tests=True))


class _Last(Generic[Value]):
    """What was found of the units that were asked about last."""

    def __init__(self) -> None:
        self._known: OrderedDict[int, tuple[Unit, Value]] = OrderedDict()

    def of(self, unit: Unit, compute: Callable[[], Value]) -> Value:
        """Return what is known of a unit, computed where it is not."""
        key = id(unit)  # its own while the unit is kept
        known = self._known.get(key)
        if known is not None:
            self._known.move_to_end(key)
            return known[1]
        found = compute()
        self._known[key] = unit, found
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return found


def _names(unit: Unit) -> frozenset[str]:
    return frozenset([name.rpartition(".")[2] for name in unit.calls]).union(unit.attributes)
