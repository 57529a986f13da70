"""The calls of services whose failures are known: which call, in which function, and how it fails."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import msgspec

from archlint.ir import nodes as ir
from archlint.knowledge.tables import FailureFamily
from archlint.project.deadlines.unlimited import waits_for_events
from archlint.project.effects.callers import innermost
from archlint.project.flow import CallSite, call_sites
from archlint.project.inference import wrappers
from archlint.project.near import Near
from archlint.project.project import Project, UnitPlace
from archlint.project.symbols import FunctionDefinition
from archlint.project.values import Instance, Method


class ServiceCall(msgspec.Struct, frozen=True):
    """A call of a service: its qualified name and how it fails. `function` is None outside of all functions."""

    site: CallSite
    name: str
    family: FailureFamily
    function: FunctionDefinition | None


class ServiceCalls:
    """Finds the calls of services; each unit is looked at once for all rules.

    Only modules that may be given a client are: others do not say where they have it from.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._found: dict[tuple[str, int], tuple[ServiceCall, ...]] = {}

    @cached_property
    def names(self) -> frozenset[str]:
        """Return the last names of such calls."""
        return names_of_calls(self._project)

    @cached_property
    def near(self) -> Near:
        """Return the modules that may have such calls."""
        families = self._project.knowledge.tables.failures
        return self._project.near(frozenset(name for one in families for name in (one.name, *one.aliases)))

    def at(self, place: UnitPlace) -> tuple[ServiceCall, ...]:
        """Return the calls of services of a unit, in the order of execution."""
        key = (place.module.path, place.unit.start)
        if key not in self._found:
            self._found[key] = tuple(self._calls(place))
        return self._found[key]

    def _calls(self, place: UnitPlace) -> Iterator[ServiceCall]:
        for site in call_sites(self._project, place, self.names):
            name = wrappers.qualified(site.callee)
            family = self._project.knowledge.failures(name) if name else None
            if family is not None and not _is_lambda(site) and is_service(self._project, site, name):
                function = innermost(self._project, place, site.call.start)
                yield ServiceCall(site, name, family, function)


def names_of_calls(project: Project) -> frozenset[str]:
    """Return the last names of calls of the services whose failures are known, of libraries that are used."""
    used = project.imported_roots
    families = [one for one in project.knowledge.tables.failures if _is_used(one, used)]
    packages = tuple(f"{name}." for one in families for name in (one.name, *one.aliases))
    names = {name.rpartition(".")[2] for name in project.knowledge.deadline_names() if name.startswith(packages)}
    names |= {name.rpartition(".")[2] for one in families for name in one.answers}
    rows = [row for row in project.knowledge.tables.clients if row.name.startswith(packages)]
    every = [row for row in rows if row.every]
    methods = {method.rpartition(".")[2] for row in rows for method in row.methods}
    open_names = project_attributes(project) if every else frozenset()
    return frozenset(names | methods | open_names)


def project_attributes(project: Project) -> frozenset[str]:
    """Return the names of all attributes of production code: a client of which every method is a call has any."""
    return frozenset(name for module in project.modules for unit in module.facts.units for name in unit.attributes)


def is_service(project: Project, site: CallSite, name: str) -> bool:
    """Return whether a call of a library waits for a service; the making of a client is none, unless it connects."""
    if waits_for_events(project, site.callee):
        return False
    receiver = site.callee.receiver if isinstance(site.callee, Method) else None
    client = project.knowledge.client_class(receiver.name) if isinstance(receiver, Instance) else None
    if client is not None and client.waits(site.method):
        return True
    made = project.knowledge.client_class(name)
    return project.knowledge.deadline_call(name) is not None and (made is None or made.connects)


def _is_used(family: FailureFamily, used: frozenset[str]) -> bool:
    return any(name.partition(".")[0] in used for name in (family.name, *family.aliases))


def _is_lambda(site: CallSite) -> bool:
    return isinstance(site.function, ir.Lambda)
