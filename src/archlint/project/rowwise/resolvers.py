"""The resolvers of GraphQL that are called once for each object of a list, and what each asks for then."""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import cached_property

import msgspec

from archlint.diagnostic import Confidence
from archlint.ir import nodes as ir
from archlint.project.effects.chains import Hop
from archlint.project.effects.effect import Effect, EffectKind, Step
from archlint.project.inference import symbolic
from archlint.project.project import Project
from archlint.project.routes.route import EntryKind, EntryPoint
from archlint.project.rowwise.asked import RowAsk, RowCall, asked_per_row
from archlint.project.rowwise.graphs import Graphs
from archlint.project.rowwise.results import results_of
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.values import MAYBE, UNKNOWN, Instance, Items, Query, Stage, Symbol
from archlint.source import Role

_OPTIMIZERS = ("graphene_django_optimizer", "strawberry_django.optimizer", "query_optimizer")
_HINTS = frozenset({"annotate", "only", "prefetch_related", "select_related"})
"""Words of a field that tell an optimizer what to load with the rows."""


class Resolved(msgspec.Struct, frozen=True):
    """What the resolver of a field asks for once per object of its type, and whether some field lists those."""

    field: str
    ask: RowAsk
    is_listed: bool


class Resolvers:
    """Goes through the resolvers of types."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._graphs = Graphs(project)
        imports = {row.target for one in project.modules for row in one.facts.imports}
        self._is_optimized = any(name.startswith(_OPTIMIZERS) for name in imports)

    def found(self, roles: Container[Role]) -> Iterator[Resolved]:
        """Yield what resolvers in files of some roles ask for."""
        for entry in self._entries:
            if entry.function.module.role not in roles or _has_hints(entry.function):
                continue
            call = self._call(entry)
            if call is not None:
                is_listed = entry.label.partition(".")[0] in self._graphs.listed
                for ask in (*asked_per_row(self._project, call), *self._returned(call)):
                    yield Resolved(entry.label, ask, is_listed)

    @cached_property
    def _entries(self) -> tuple[EntryPoint, ...]:
        points = self._project.routes.entry_points
        return tuple(one for one in points if one.kind is EntryKind.RESOLVER and "." in one.label)

    def _call(self, entry: EntryPoint) -> RowCall | None:
        """Return the call of a resolver with the row of its type, None where the type shows no rows of a model."""
        owner, function = entry.view or entry.function.owner, entry.function
        parameters = function.row.parameters
        model = self._graphs.model(owner) if owner is not None else None
        if model is None or not parameters:
            return None
        row = Instance(model.name, model, loaded=self._loaded(model))
        return RowCall(function, parameters[0].name, row, Instance(model.name, model))

    def _loaded(self, model: ClassDefinition) -> frozenset[str] | None:
        """Return what any list of rows of a model loads with them, None where nobody knows any."""
        found = self._listings.get(model)
        return None if self._is_optimized or found is None or MAYBE in found else found

    @cached_property
    def _listings(self) -> dict[ClassDefinition, frozenset[str]]:
        found: dict[ClassDefinition, frozenset[str]] = {}
        for function in dict.fromkeys(one.function for one in self._entries):
            for _, value in results_of(self._project, function):
                row = value.row() if isinstance(value, Query) else value.element if isinstance(value, Items) else None
                if isinstance(row, Instance) and row.definition is not None:
                    loaded = frozenset({MAYBE}) if row.loaded is None else row.loaded
                    found[row.definition] = found.get(row.definition, frozenset()) | loaded
        return found

    def _returned(self, call: RowCall) -> Iterator[RowAsk]:
        """Yield the queries that a resolver hands back: whoever answers sends them, for each object."""
        inference, function, given = self._project.inference, call.function, {call.parameter: call.row}
        for node, value in results_of(self._project, function, call.row):
            applied = value
            if isinstance(value, Symbol):
                applied = symbolic.applied(inference, value, lambda name: given.get(name, UNKNOWN))
            if isinstance(applied, Query) and applied.model and _is_sent(applied):
                yield _sent(call, node, applied)


def _is_sent(query: Query) -> bool:
    """Return whether a query that a resolver hands back is sent: one with a condition of its own is in any case."""
    return query.stage is Stage.LAZY and (query.filtered or (query.related and query.is_here is False))


def _sent(call: RowCall, node: ir.Expr, query: Query) -> RowAsk:
    function = call.function
    step = Step(function.module, function.unit.start, node.start, node.end)
    effect = Effect(EffectKind.QUERY, query.model)
    return RowAsk(call, effect, (Hop(function, step),), Confidence.HIGH)


def _has_hints(function: FunctionDefinition) -> bool:
    words = (word.name for one in function.row.decorators if isinstance(one, ir.Call) for word in one.keywords)
    return not _HINTS.isdisjoint(name for name in words if name is not None)
