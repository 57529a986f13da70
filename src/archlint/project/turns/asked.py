"""Which calls in loops ask the database as often as the data of a loop has rows."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass

from archlint.ir import nodes as ir
from archlint.ir.module import Flag
from archlint.project.database import DatabaseCall, database_call, wanted_names
from archlint.project.flow import CallSite, Loop, call_sites, names_in
from archlint.project.project import Project, UnitPlace
from archlint.project.turns.growing import multiplying
from archlint.source import Role

BULK = frozenset({"bulk_create", "bulk_update", "abulk_create", "abulk_update", "executemany", "insert_many"})
"""Calls that carry many rows: in a loop they are the batches of one."""

MANAGERS = frozenset({"_base_manager", "_default_manager", "objects"})
"""Attributes of a Django model that are its managers."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A call that asks the database once per turn of a loop."""

    site: CallSite
    call: DatabaseCall
    loop: Loop

    @property
    def is_write(self) -> bool:
        """Return whether each turn is sure to write."""
        return self.call.writes and not self.call.asks_first


class InLoops:
    """Finds calls in loops; each unit is walked once, whoever asks."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._wanted = wanted_names(project)
        self._sites: dict[tuple[str, int], tuple[CallSite, ...]] = {}

    def places(self, roles: Container[Role]) -> Iterator[UnitPlace]:
        """Yield the units with a loop and the name of a method that may reach a database."""
        yield from self._project.units(roles, flags=Flag.LOOP, attributes=self._wanted)

    def sites(self, place: UnitPlace) -> tuple[CallSite, ...]:
        """Return the calls in loops of a unit that may reach a database, in the order of execution."""
        key = (place.module.path, place.unit.start)
        if key not in self._sites:
            found = call_sites(self._project, place, self._wanted, lambda called: bool(called.loops))
            self._sites[key] = tuple(found)
        return self._sites[key]

    def asked(self, place: UnitPlace) -> Iterator[Asked]:
        """Yield the database calls of a unit whose number grows with the data that a loop runs over."""
        for site in self.sites(place):
            call = database_call(self._project, site)
            loop = _growing(self._project, site, call) if call is not None and not call.by_text else None
            if call is not None and loop is not None:
                yield Asked(site, call, loop)


def _growing(project: Project, site: CallSite, call: DatabaseCall) -> Loop | None:
    """Return the innermost loop that multiplies the call, or None."""
    if _runs_a_script(site) or site.method in BULK or _migrates(site):
        return None

    def counts(loop: Loop) -> bool:
        return bool(call.model) or not (_runs_over_models(site, loop) or call.naming & loop.varying)

    return multiplying(project, site.call, site, is_alike=call.writes, counts=counts)


def _migrates(site: CallSite) -> bool:
    """Return whether the call is a step of a data migration, wherever the function stands."""
    functions = (one for one in site.functions if isinstance(one, ir.Function))
    return any(parameter.name == "schema_editor" for one in functions for parameter in one.parameters)


def _runs_over_models(site: CallSite, loop: Loop) -> bool:
    """Return whether each turn has a model of its own: there are as many turns as tables, whatever the rows."""
    node: ir.Expr = site.call
    while isinstance(node, ir.Call | ir.Attribute):
        if isinstance(node, ir.Attribute) and node.name in MANAGERS:
            return not names_in(node.value).isdisjoint(loop.varying)
        node = node.func if isinstance(node, ir.Call) else node.value
    return False


def _runs_a_script(site: CallSite) -> bool:
    """Return whether the loop runs over the statements themselves, one after the other."""
    node = site.call.args[0] if len(site.call.args) == 1 and not site.call.keywords else None
    if isinstance(node, ir.Call) and len(node.args) == 1:  # `text(statement)`
        node = node.args[0]
    is_handed = isinstance(node, ir.Name) and site.method in ("execute", "executescript")
    return is_handed and any(isinstance(node, ir.Name) and node.id in loop.targets for loop in site.loops)
