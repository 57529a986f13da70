"""The indexes that migrations make of tables that cannot be told."""

from __future__ import annotations

from archlint.ir.migration import OperationKind
from archlint.project.project import Project

_MAKING = frozenset({OperationKind.ADD_INDEX, OperationKind.ADD_PRIMARY_KEY, OperationKind.ADD_UNIQUE})


def unplaced(project: Project) -> frozenset[str]:
    """Return the first columns of indexes that migrations make forwards of tables whose name is not known."""
    forward = (step for migration in project.migrations for step in migration.forward)
    steps = (step.operation for step in forward if step.kind in _MAKING and not step.table)
    return frozenset(one.columns[0] for one in steps if one.columns)
