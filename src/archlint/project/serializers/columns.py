"""What the columns of a list of Django's admin ask the database for each row."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.project.effects.effect import Reached as Reaching
from archlint.project.effects.effect import Step
from archlint.project.project import Project
from archlint.project.rowwise.methods import Rowwise
from archlint.project.serializers.admin import AdminList, Column
from archlint.project.symbols import FunctionDefinition
from archlint.project.templates.segments import Load, Reached
from archlint.project.values import Instance


class ColumnLoad(msgspec.Struct, frozen=True):
    """What a column asks once per row, and where; `function` is the one that makes it, which has `reached`."""

    column: Column
    step: Step
    load: Load
    function: FunctionDefinition | None = None
    reached: Reaching | None = None

    @property
    def what(self) -> str:
        """Return what is asked for: the name of a relation, "" for a query of any model."""
        return self.load.relation.name if self.load.relation is not None else ""


class Columns:
    """Goes through the columns of lists."""

    def __init__(self, project: Project) -> None:
        self._rowwise = Rowwise(project)

    def of(self, admin: AdminList) -> Iterator[ColumnLoad]:
        """Yield what the columns of a list ask; a relation to one row is kept by the row, and asked for once."""
        kept: set[tuple[str, ...]] = set()
        for column in admin.columns:
            for one in self._column(admin, column):
                relation = one.load.relation
                if relation is not None and not relation.many:
                    if one.load.path in kept:
                        continue
                    kept.add(one.load.path)
                yield one

    def _column(self, admin: AdminList, column: Column) -> Iterator[ColumnLoad]:
        held = Reached(admin.row)
        if column.function is not None:
            is_own = bool(column.function.row.owner)
            receiver = Instance(admin.admin.name, admin.admin) if is_own else None
            for found in self._rowwise.method(column.function, receiver, 1 if is_own else 0, held):
                yield ColumnLoad(column, found.reached.step, found.load, found.function, found.reached)
            return
        mention = column.mention
        step = Step(mention.module, 0, mention.start, mention.end)
        reached, loads = self._rowwise.followed(held, tuple(column.name.split("__")), takes_key=False)
        if reached is not None and isinstance(reached.value, Instance):
            loads = [*loads, *self._rowwise.segments.printed(reached)]
        for load in loads:
            if load.is_near:
                yield ColumnLoad(column, step, load)
