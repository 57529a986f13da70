"""All calls of a function, with what they give to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from archlint.ir import nodes as ir
from archlint.project.flow import CallSite, call_sites
from archlint.project.inference import members
from archlint.project.project import Project, UnitPlace
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import argument
from archlint.project.values import Bound, Instance, Method, ProjectClass, ProjectFunction, Value
from archlint.source import Role

_ROLES = frozenset({Role.PRODUCTION, Role.SETTINGS, Role.COMMAND})
_MOST = 60
"""Units with a call of a name that are read for one function."""


class Calling:
    """Finds the calls of functions, those of modules included; only units that mention the name are read."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[FunctionDefinition, tuple[CallSite, ...]] = {}

    def sites(self, function: FunctionDefinition) -> tuple[CallSite, ...]:
        """Return the calls of a function, of a constructor those of its class; none where there are too many."""
        if function not in self._known:
            self._known[function] = tuple(self._found(function))
        return self._known[function]

    def _found(self, function: FunctionDefinition) -> Iterator[CallSite]:
        name = function.row.owner.rpartition(".")[2] if function.row.name == "__init__" else function.row.name
        places = self._mentions.get(name, ())
        for place in places if len(places) <= _MOST else ():
            for site in call_sites(self._project, place, frozenset({name})):
                if called(self._project, site.callee) is function:
                    yield site

    @cached_property
    def _mentions(self) -> dict[str, list[UnitPlace]]:
        found: defaultdict[str, list[UnitPlace]] = defaultdict(list)
        for place in self._project.units(_ROLES):
            for call in place.unit.calls:
                places = found[call.rpartition(".")[2]]
                if not places or places[-1] is not place:
                    places.append(place)
        return dict(found)


def called(project: Project, callee: Value) -> FunctionDefinition | None:
    """Return the function of the project that a callee is, of a class its constructor."""
    if isinstance(callee, Bound | ProjectFunction):
        return callee.definition
    if isinstance(callee, ProjectClass):
        return members.implementation(project.inference, callee.definition, "__init__")
    receiver = callee.receiver if isinstance(callee, Method) else None
    if isinstance(callee, Method) and isinstance(receiver, Instance) and receiver.definition is not None:
        return members.implementation(project.inference, receiver.definition, callee.name)
    return None


def given_to(site: CallSite, function: FunctionDefinition, parameter: str) -> ir.Expr | None:
    """Return what a call gives to a parameter of a function, or to one of its keywords, as it is written, or None."""
    names = [one.name for one in function.row.parameters]
    first = 1 if function.row.owner and names[:1] in (["self"], ["cls"]) else 0
    is_listed = parameter in names[first:]
    return argument(site.call, names.index(parameter) - first if is_listed else None, parameter)
