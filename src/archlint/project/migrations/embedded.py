"""SQL in strings of migrations, as steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archlint.ir.migration import Operation, OperationKind
from archlint.project.migrations.migration import Step
from archlint.syntax.sql_operations import operations

if TYPE_CHECKING:
    from archlint.ir import nodes as ir
    from archlint.project.migrations.reading import Reader, Surroundings
    from archlint.project.project import Project


def sql_steps(
    project: Project, node: ir.Expr, here: Surroundings, reader: Reader, in_transaction: bool | None
) -> Iterator[Step]:
    """Yield what the SQL of an expression does; one step that is unknown where its text is not known."""
    path = here.module.path
    text = reader.template(node, here)
    if text is None:
        place = (here.offset + node.start, here.offset + node.end)
        yield Step(Operation(OperationKind.UNKNOWN, *place), path, in_transaction)
        return
    holes = tuple((start, end) for start, end, _ in text.holes)
    for one in operations(text.text, project.sql.told(here.module) or project.sql.dialect or None, holes):
        yield Step(one, path, in_transaction, text)
