"""Which functions receive the signals that Django sends for rows of a model."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.flow import call_sites
from archlint.project.inference.scopes import Scope
from archlint.project.project import Project, UnitPlace
from archlint.project.schema.model import Relation, RelationKind
from archlint.project.symbols import ClassDefinition, Module
from archlint.project.tree import argument
from archlint.project.values import External, Method, ProjectClass, Value
from archlint.source import Role

_SIGNALS = "django.db.models.signals."
_RECEIVER = frozenset({"django.dispatch.receiver", "django.dispatch.dispatcher.receiver"})
_DELETING = frozenset({"post_delete", "pre_delete"})
_POINTING_AT = frozenset(
    {RelationKind.GENERIC_RELATION, RelationKind.REVERSE_FOREIGN_KEY, RelationKind.REVERSE_ONE_TO_ONE}
)
_ROLES = frozenset({Role.PRODUCTION, Role.SETTINGS})


class Receiver(msgspec.Struct, frozen=True):
    """What receives a signal: its name, the signal's qualified name, and where that is said, in the file.

    `sender` is the model whose rows it is about, None where it is about those of all.
    """

    name: str
    signal: str
    sender: ClassDefinition | None
    module: Module
    start: int
    end: int


class Signals:
    """Finds the receivers of a model's signals."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def received(self, sender: ClassDefinition, signals: frozenset[str]) -> tuple[Receiver, ...]:
        """Return the receivers of some signals that are sent for rows of a model, in the order of files and lines."""
        found = (one for one in self._receivers if one.signal in signals)
        return tuple(one for one in found if one.sender is None or one.sender is sender)

    def loads_first(self, model: ClassDefinition) -> str:
        """Return what Django loads the rows of a model for before it deletes them in batches, "" where it does not."""
        received = sorted({one.signal for one in self.received(model, _DELETING)})
        if received:
            return f"the receivers of `{received[0]}`"
        schema = self._project.schema
        pointing = [one for one in schema.relations(model) if one.kind in _POINTING_AT and not _is_left_alone(one)]
        if pointing:
            return f"the rows of `{pointing[0].target_name.rpartition('.')[2]}` that point at them"
        found = schema.model(model)
        return (
            f"their rows of `{found.parents[0].name.rpartition('.')[2]}`" if found is not None and found.parents else ""
        )

    @cached_property
    def _receivers(self) -> tuple[Receiver, ...]:
        found = [one for module in self._project.modules if module.role in _ROLES for one in self._decorated(module)]
        for place in self._project.units(_ROLES, attributes=frozenset({"connect"})):
            if any(one.startswith(_SIGNALS) and one.endswith(".connect") for one in place.unit.calls):
                found += self._connected(place)
        return tuple(sorted(found, key=lambda one: (one.module.path, one.start, one.signal)))

    def _decorated(self, module: Module) -> Iterator[Receiver]:
        """Yield what `@receiver(post_save, sender=Order)` says."""
        for function in module.functions.values():
            for node in function.row.decorators:
                if not isinstance(node, ir.Call) or dotted(node.func).rpartition(".")[2] != "receiver":
                    continue
                scope = Scope(module, function.unit.start, function.owner)
                if _name(self._project.inference.value(node.func, scope)) in _RECEIVER and node.args:
                    first = node.args[0]
                    signals = first.items if isinstance(first, ir.Collection) else (first,)
                    yield from self._of(signals, argument(node, None, "sender"), function.row.name, scope, node)

    def _connected(self, place: UnitPlace) -> Iterator[Receiver]:
        """Yield what `post_save.connect(index_order, sender=Order)` says."""
        for site in call_sites(self._project, place, frozenset({"connect"})):
            handed = argument(site.call, 0, "receiver")
            if isinstance(site.call.func, ir.Attribute) and handed is not None:
                name = dotted(handed).rpartition(".")[2] or "a function"
                sender = argument(site.call, 1, "sender")
                yield from self._of((site.call.func.value,), sender, name, site.scope, site.call)

    def _of(
        self, signals: tuple[ir.Expr, ...], sender: ir.Expr | None, name: str, scope: Scope, node: ir.Call
    ) -> Iterator[Receiver]:
        value = self._project.inference.value(sender, scope) if sender is not None else None
        if value is not None and not isinstance(value, ProjectClass):
            return  # which model is meant is not known
        definition = value.definition if isinstance(value, ProjectClass) else None
        start, end = scope.offset + node.start, scope.offset + node.end
        for one in signals:
            signal = _name(self._project.inference.value(one, scope))
            if signal.startswith(_SIGNALS):
                yield Receiver(name, signal.removeprefix(_SIGNALS), definition, scope.module, start, end)


def _is_left_alone(relation: Relation) -> bool:
    """Return whether rows may go on pointing at one that is gone: `on_delete=DO_NOTHING`."""
    statement = relation.place.node if relation.place is not None else None
    node = statement.value if isinstance(statement, ir.Assign) else None
    chosen = argument(node, 1, "on_delete") if isinstance(node, ir.Call) else None
    return chosen is not None and dotted(chosen).rpartition(".")[2] == "DO_NOTHING"


def _name(value: Value) -> str:
    if isinstance(value, Method):
        return f"{_name(value.receiver)}.{value.name}"
    return value.name if isinstance(value, External) else ""
