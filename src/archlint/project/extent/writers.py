"""Who makes rows: the functions of the program that create instances of a model, and where they run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property

import msgspec

from archlint.knowledge.tables import Place
from archlint.project.extent.running import ways
from archlint.project.flow import CallSite, call_sites
from archlint.project.project import Project, UnitPlace
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.values import External, Method, ProjectClass, Query
from archlint.source import Role

_CREATING = frozenset(
    {
        "abulk_create", "acreate", "aget_or_create", "aupdate_or_create", "bulk_create", "create", "get_or_create",
        "update_or_create",
    }
)  # fmt: skip
_INSERTING = frozenset({"insert", "pg_insert"})
"""What people call the function that begins an INSERT of SQLAlchemy."""
_ROLES = frozenset({Role.COMMAND, Role.MIGRATION, Role.PRODUCTION})
_BY_HAND = frozenset({Place.COMMAND, Place.IMPORT, Place.MIGRATION, Place.STARTUP, Place.TEST})
"""Places where a person or a deployment makes rows, and no traffic does."""


class Writer(msgspec.Struct, frozen=True):
    """A function that makes rows of a model, many at once where it does so in a loop or in bulk."""

    function: FunctionDefinition
    in_bulk: bool


class Writers:
    """Finds who makes rows; the units that may are read once, when that is first asked for."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def of(self, definition: ClassDefinition) -> tuple[Writer, ...]:
        """Return the functions that make rows of a model, tests left out, in the order of files."""
        return self._found.get(definition, ())

    def by_traffic(self, definition: ClassDefinition) -> tuple[Writer, ...]:
        """Return those that requests and tasks lead to, or nobody knows what; a command alone does not count."""
        return tuple(one for one in self.of(definition) if not self._is_by_hand(one.function))

    def _is_by_hand(self, function: FunctionDefinition) -> bool:
        if function.module.role in (Role.COMMAND, Role.MIGRATION):
            return True
        places = {one.place for one in ways(self._project, function)}
        return bool(places) and places <= _BY_HAND

    @cached_property
    def _found(self) -> Mapping[ClassDefinition, tuple[Writer, ...]]:
        names = frozenset(one.definition.row.name.rpartition(".")[2] for one in self._project.schema.models)
        found: defaultdict[ClassDefinition, dict[FunctionDefinition, Writer]] = defaultdict(dict)
        for place in self._project.units(_ROLES):
            function = self._project.function_at(place) if _may_create(place, names) else None
            if function is None:
                continue
            aliases = {bound for bound, target in place.module.imports.items() if target.rpartition(".")[2] in names}
            for site in call_sites(self._project, place, _CREATING | _INSERTING | names | aliases):
                model = _created(site)
                if model is not None:
                    known = found[model].get(function)
                    in_bulk = "bulk" in site.method or bool(site.loops) or (known is not None and known.in_bulk)
                    found[model][function] = Writer(function, in_bulk)
        return {model: tuple(by_function.values()) for model, by_function in found.items()}


def _may_create(place: UnitPlace, names: frozenset[str]) -> bool:
    if not _CREATING.isdisjoint(place.unit.attributes):
        return True
    called = {call.rpartition(".")[2] for call in place.unit.calls}
    return not (called.isdisjoint(names) and called.isdisjoint(_INSERTING))


def _created(site: CallSite) -> ClassDefinition | None:
    if isinstance(site.callee, ProjectClass):
        return site.callee.definition
    if isinstance(site.callee, External) and site.callee.name.startswith("sqlalchemy.") and site.call.args:
        given = site.arguments[0] if site.callee.name.endswith(".insert") else None
        return given.definition if isinstance(given, ProjectClass) else None
    is_verb = isinstance(site.callee, Method) and site.callee.name in _CREATING
    if is_verb and isinstance(site.callee, Method) and isinstance(site.callee.receiver, Query):
        return site.callee.receiver.definition
    return None
