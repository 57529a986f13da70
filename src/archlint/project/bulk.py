"""What one statement for many rows would be, in place of one for each, and what of the project it would leave out."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.knowledge.tables import BulkWay
from archlint.project.flow import CallSite
from archlint.project.inference.members import implementation
from archlint.project.project import Project
from archlint.project.signals import Receiver, Signals
from archlint.project.symbols import ClassDefinition, FunctionDefinition, Module
from archlint.project.tree import keyword, names_in
from archlint.project.turns.asked import Asked
from archlint.project.values import Instance, Method, ProjectClass, Query, Value


class Bulk(msgspec.Struct, frozen=True):
    """What writes many rows at once; `method` and `receivers` are what runs for each row today, and then would not."""

    way: str
    method: FunctionDefinition | None = None
    receivers: tuple[Receiver, ...] = ()


class Bulks:
    """Finds the way out of writes in loops."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._signals = Signals(project)

    def of(self, asked: Asked) -> Bulk | None:
        """Return what would write the rows of all turns at once, or None where nothing is known."""
        site = asked.at
        if not isinstance(site, CallSite):
            return None
        receiver = site.callee.receiver if isinstance(site.callee, Method) else None
        kinds = tuple(_kinds(asked, receiver)) if receiver is not None else ("statement",)
        ways = {one.of: one for one in self._ways(site, asked, receiver) if site.method in one.verbs}
        found = next((ways[kind] for kind in kinds if kind in ways), None)
        if found is None:
            return None
        definition = asked.call.definition
        method = (
            implementation(self._project.inference, definition, found.skips) if definition and found.skips else None
        )
        received = self._received(definition, found)
        return Bulk(found.way, method, received)

    def _received(self, definition: ClassDefinition | None, way: BulkWay) -> tuple[Receiver, ...]:
        return self._signals.received(definition, way.signals) if definition is not None and way.signals else ()

    def _ways(self, site: CallSite, asked: Asked, receiver: Value | None) -> tuple[BulkWay, ...]:
        """Return what there is, what is a driver's own last."""
        knowledge = self._project.knowledge
        if isinstance(receiver, Query):
            return knowledge.orm(receiver.orm).bulk
        definition = asked.call.definition
        verbs = self._project.orm_of(definition) if definition is not None else None
        if verbs is not None:
            return verbs.bulk
        row = self._project.database_type(receiver) if isinstance(receiver, Instance) else None
        is_sqlalchemy = row is not None and row.name.startswith("sqlalchemy.")
        bulk = knowledge.orm("sqlalchemy" if is_sqlalchemy else "dbapi").bulk
        used = {row.name.partition(".")[0]} if row is not None else _imported(site.module)
        return tuple(one for one in bulk if not one.drivers or not one.drivers.isdisjoint(used))


def _imported(module: Module) -> frozenset[str]:
    """Return the packages that a file imports: of a cursor that it was given, they tell the driver."""
    return frozenset(one.partition(".")[0] for one in module.imports.values())


def _kinds(asked: Asked, receiver: Value) -> Iterator[str]:
    """Yield what the call is made on, the nearest first."""
    if isinstance(receiver, Query) and asked.call.links:
        yield "links" if _changes(asked) else "relation"
    elif isinstance(receiver, Query | ProjectClass):
        yield "query"
    elif asked.call.definition is not None and isinstance(receiver, Instance) and receiver.definition is not None:
        is_there = isinstance(asked.node, ir.Call) and keyword(asked.node, "update_fields") is not None
        is_new = receiver.creation is not None and not is_there
        yield "new" if is_new else "row" if is_there or receiver.loaded is not None else "any"
        yield "row"
    yield "statement"


def _changes(asked: Asked) -> bool:
    """Return whether each turn has a receiver of its own."""
    func = asked.node.func if isinstance(asked.node, ir.Call) else None
    return isinstance(func, ir.Attribute) and not names_in(func.value).isdisjoint(asked.loop.varying)
