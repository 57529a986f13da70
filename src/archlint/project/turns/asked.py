"""Which calls in loops ask the database as often as the data of a loop has rows."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.render import render
from archlint.project.database import (
    RUNNING_OVER,
    TAKING_IN,
    DatabaseCall,
    database_call,
    evaluated,
    runs_over,
    wanted_names,
)
from archlint.project.flow import CallSite, Iterated, Loop, in_loops, names_in
from archlint.project.project import Project, UnitPlace
from archlint.project.turns.growing import multiplying
from archlint.project.values import Query

BULK = frozenset({"bulk_create", "bulk_update", "abulk_create", "abulk_update", "executemany", "insert_many"})
"""Calls that carry many rows: in a loop they are the batches of one."""

MANAGERS = frozenset({"_base_manager", "_default_manager", "objects"})
"""Attributes of a Django model that are its managers."""

_STATEMENTS = frozenset({"delete", "insert", "select", "update"})
Standing = CallSite | Iterated


class Asked(msgspec.Struct, frozen=True):
    """An expression that asks the database once per turn of a loop: a call, or a query that something runs over."""

    place: UnitPlace
    node: ir.Expr
    at: Standing
    call: DatabaseCall
    loop: Loop

    @property
    def is_write(self) -> bool:
        """Return whether each turn is sure to write."""
        return self.call.writes and not self.call.asks_first

    @property
    def text(self) -> str:
        """Return how a person would name it: a call by its callee."""
        is_call = isinstance(self.at, CallSite) and self.node is self.at.call
        return render(self.at.call.func if is_call and isinstance(self.at, CallSite) else self.node)


class InLoops:
    """Finds what loops ask; each unit is walked once, whoever wants to know.

    Kept is what was found, and nothing of the units in which nothing was: a place holds on to all of its unit.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._wanted = wanted_names(project)
        self._asked: dict[tuple[str, int], tuple[Asked, ...]] = {}

    @property
    def attributes(self) -> frozenset[str]:
        """Return the names of methods that may belong to a query: without one of them no loop asks anything."""
        return self._wanted.union(*[verbs.lazy for verbs in self._project.knowledge.tables.orms])

    def sites(self, place: UnitPlace) -> Iterator[Standing]:
        """Yield the calls in loops of a unit that may reach a database, and the loops in loops."""
        return in_loops(self._project, place, self._wanted | RUNNING_OVER | TAKING_IN)

    def asked(self, place: UnitPlace) -> tuple[Asked, ...]:
        """Return what of a unit asks the database as often as the data that a loop runs over has rows."""
        key = (place.module.path, place.unit.start)
        if key not in self._asked:
            self._asked[key] = tuple(self._found(place))
        return self._asked[key]

    def _found(self, place: UnitPlace) -> Iterator[Asked]:
        evaluated_names: set[tuple[int, str]] = set()
        for site in self.sites(place):
            found = self._called(place, site) if isinstance(site, CallSite) else None
            yield from (found,) if found is not None else ()
            for node, query in self._run_over(site):
                call = evaluated(query)
                loop = multiplying(self._project, node, site) if call is not None else None
                key = (loop.node.start if loop is not None else 0, node.id if isinstance(node, ir.Name) else "")
                if call is not None and loop is not None and key not in evaluated_names:
                    evaluated_names |= {key} if key[1] else set()
                    yield Asked(place, node, site, call, loop)

    def _called(self, place: UnitPlace, site: CallSite) -> Asked | None:
        call = database_call(self._project, site)
        loop = _growing(self._project, site, call) if call is not None and not call.by_text else None
        return Asked(place, site.call, site, call, loop) if call is not None and loop is not None else None

    @staticmethod
    def _run_over(site: Standing) -> Iterator[tuple[ir.Expr, Query]]:
        """Yield the queries that a loop or a built-in runs over."""
        if isinstance(site, Iterated):
            if isinstance(site.loop.value, Query) and site.loop.iterable is not None:
                yield site.loop.iterable, site.loop.value
        elif runs_over(site.callee):
            for node, value in zip(site.call.args, site.arguments, strict=True):
                if isinstance(value, Query):
                    yield node, value


def _growing(project: Project, site: CallSite, call: DatabaseCall) -> Loop | None:
    """Return the innermost loop that multiplies the call, or None."""
    if _runs_a_script(site) or site.method in BULK or _migrates(site):
        return None

    def counts(loop: Loop) -> bool:
        runs_over = _runs_over_models(site, loop) or _runs_over_tables(site, loop)
        return bool(call.model) or not (runs_over or call.naming & loop.varying)

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


def _runs_over_tables(site: CallSite, loop: Loop) -> bool:
    """Return whether each turn sends a statement about a table of its own: `execute(table.delete())`."""
    node = site.call.args[0] if site.call.args else None
    while isinstance(node, ir.Call | ir.Attribute):
        called = node.func if isinstance(node, ir.Call) else node
        name = called.name if isinstance(called, ir.Attribute) else called.id if isinstance(called, ir.Name) else ""
        if name in _STATEMENTS:
            about = called.value if isinstance(called, ir.Attribute) and not isinstance(node, ir.Attribute) else None
            about = node.args[0] if isinstance(node, ir.Call) and node.args and isinstance(called, ir.Name) else about
            return isinstance(about, ir.Name) and about.id in loop.varying
        node = called.value if isinstance(called, ir.Attribute) else None
    return False


def _runs_a_script(site: CallSite) -> bool:
    """Return whether the loop runs over the statements themselves, one after the other."""
    node = site.call.args[0] if len(site.call.args) == 1 and not site.call.keywords else None
    if isinstance(node, ir.Call) and len(node.args) == 1:  # `text(statement)`
        node = node.args[0]
    is_handed = isinstance(node, ir.Name) and site.method in ("execute", "executescript")
    return is_handed and any(isinstance(node, ir.Name) and node.id in loop.targets for loop in site.loops)
