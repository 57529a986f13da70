"""Where calls happen: each call of a unit with what is known there and the loops around it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.module import Flag
from archlint.project.inference.listening import Called, Evaluator, Loop
from archlint.project.inference.scopes import Scope
from archlint.project.inference.sites import Iterated, Tested
from archlint.project.project import Project, UnitPlace
from archlint.project.symbols import Module
from archlint.project.tree import called_name, names_in
from archlint.project.values import UNKNOWN, Value

__all__ = ["CallSite", "Called", "Iterated", "Loop", "Tested", "call_sites", "in_loops", "loops", "names_in", "tested"]


class CallSite(msgspec.Struct, frozen=True):
    """A call, what its callee evaluates to, and where it happens.

    `parents` are the expressions around it, outermost first; `statement` is the innermost statement.
    `functions` are the functions around it, outermost first; `guards` are the `with` items around it.
    """

    place: UnitPlace
    call: ir.Call
    callee: Value
    loops: tuple[Loop, ...]
    parents: tuple[ir.Expr, ...]
    statement: ir.Stmt
    functions: tuple[ir.Function | ir.Lambda, ...]
    guards: tuple[ir.Expr, ...]
    scope: Scope
    evaluator: Evaluator

    @property
    def arguments(self) -> tuple[Value, ...]:
        """Return what the positional arguments evaluate to."""
        return tuple([self.evaluator.value(argument, self.scope) for argument in self.call.args])

    @property
    def module(self) -> Module:
        """Return the module."""
        return self.place.module

    @property
    def offset(self) -> int:
        """Return the start of the unit in the file."""
        return self.place.unit.start

    @property
    def function(self) -> ir.Function | ir.Lambda | None:
        """Return the innermost function around the call."""
        return self.functions[-1] if self.functions else None

    @property
    def method(self) -> str:
        """Return the last name of the callee, as it is written."""
        return called_name(self.call)

    @property
    def is_awaited(self) -> bool:
        """Return whether the call is awaited where it stands."""
        return bool(self.parents) and isinstance(self.parents[-1], ir.Await)

    @property
    def is_in_generator(self) -> bool:
        """Return whether it stands in a generator expression, which an `await` would make an asynchronous one."""
        nodes = (loop.node for loop in self.loops)
        return any(isinstance(node, ir.Comprehension) and node.kind == "generator" for node in nodes)

    @property
    def is_result_awaited(self) -> bool:
        """Return whether what the call returns is called and awaited where it stands: `await wrap(f)(x)`."""
        match self.parents[-2:]:
            case (ir.Await(), ir.Call(func=func)):
                return func is self.call
        return False


def call_sites(
    project: Project,
    place: UnitPlace,
    wanted: frozenset[str] | None = None,
    where: Callable[[Called], bool] | None = None,
    *,
    unknown: bool = False,
) -> Iterator[CallSite]:
    """Yield the calls of a unit, in the order of execution; only those whose last name is wanted, where given.

    Calls of callees about which nothing is known are left out unless `unknown` asks for them; what `where` turns down
    costs no look at its callee.
    """
    for site in project.unit_sites.at(place) if wanted is None or mentions(project, place, wanted) else ():
        if isinstance(site, Called) and _is_wanted(site, wanted) and (where is None or where(site)):
            callee = project.inference.callee(site.call, site.scope)
            if unknown or callee != UNKNOWN:
                yield _call_site(project, place, site, callee)


def in_loops(project: Project, place: UnitPlace, wanted: Container[str]) -> Iterator[CallSite | Iterated]:
    """Yield the calls in loops whose last name is wanted, and the loops in loops, in the order of execution."""
    for site in project.unit_sites.at(place):
        if isinstance(site, Iterated):
            yield from (site,) if site.loops else ()
        elif isinstance(site, Called) and site.loops and _is_wanted(site, wanted):
            callee = project.inference.callee(site.call, site.scope)
            if callee != UNKNOWN:
                yield _call_site(project, place, site, callee)


def loops(project: Project, place: UnitPlace) -> Iterator[Iterated]:
    """Yield the loops and comprehensions of a unit, in the order of execution."""
    for site in project.unit_sites.at(place) if place.unit.flags & int(Flag.LOOP) else ():
        if isinstance(site, Iterated):
            yield site


def tested(project: Project, place: UnitPlace, wanted: Container[str]) -> Iterator[Called | Tested]:
    """Yield the calls whose last name is wanted, and what is tested, in the order of execution."""
    for site in project.unit_sites.at(place):
        if isinstance(site, Tested) or (isinstance(site, Called) and _is_wanted(site, wanted)):
            yield site


def mentions(project: Project, place: UnitPlace, wanted: frozenset[str]) -> bool:
    """Return whether a unit may call something by a wanted name, as its index tells: only then it need be walked."""
    is_named = not wanted.isdisjoint(project.unit_sites.mentioned(place.unit))
    return is_named or not wanted.isdisjoint(place.module.renaming)  # the index tells what these stand for


def _is_wanted(site: Called, wanted: Container[str] | None) -> bool:
    return wanted is None or called_name(site.call) in wanted


def _call_site(project: Project, place: UnitPlace, site: Called, callee: Value) -> CallSite:
    return CallSite(
        place,
        site.call,
        callee,
        site.loops,
        site.parents,
        site.statement,
        site.functions,
        site.guards,
        site.scope,
        project.inference,
    )
