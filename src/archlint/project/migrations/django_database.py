"""What operations on models and fields of Django are to the database: tables, columns, or nothing at all."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from archlint.ir.migration import Operation, OperationKind
from archlint.project.migrations.django_models import Models
from archlint.project.migrations.reading import Arguments


def in_database(one: Operation, name: str, given: Arguments, models: Models) -> Iterator[Operation]:
    """Yield what an operation whose columns are fields does to tables and columns, as the models were before it."""
    model = given.text(given.names[0])
    match one.kind:
        case OperationKind.RENAME_TABLE:
            is_given = name == "AlterModelTable"
            new = models.table_given(model, given) if is_given else models.table_named(model, given.text("new_name"))
            if new != one.table or not new:
                yield replace(one, name=new)
        case OperationKind.DROP_COLUMN if models.field(model, given.text("name")).is_many:
            between = models.between(model, given.text("name"))
            if between:
                yield replace(one, kind=OperationKind.DROP_TABLE, table=between, columns=())
        case OperationKind.RENAME_COLUMN:
            yield from _renamed(one, model, given, models)
        case OperationKind.ADD_COLUMN | OperationKind.CREATE_TABLE:
            yield one
        case OperationKind.REDEFINE_COLUMN:
            yield from _redefined(one, model, given, models)
        case _:
            yield replace(one, columns=tuple(models.column(model, each) for each in one.columns))


def _renamed(one: Operation, model: str, given: Arguments, models: Models) -> Iterator[Operation]:
    """Yield what another name of a field does: a column that the field does not name keeps its own."""
    old, new = given.text("old_name"), given.text("new_name")
    kept = models.field(model, old)
    if kept.is_many:
        between = models.between(model, old)
        if between and not kept.own:
            renamed = between.removesuffix(old) + new
            yield replace(one, kind=OperationKind.RENAME_TABLE, table=between, columns=(), name=renamed)
    elif not kept.own:
        columns = tuple(models.column(model, each) for each in one.columns)
        yield replace(one, columns=columns, name=f"{new}{kept.suffix}" if new else "")


def _redefined(one: Operation, model: str, given: Arguments, models: Models) -> Iterator[Operation]:
    """Yield what a new definition of a field does; where its column gets another name, that comes first."""
    name = given.text("name")
    old = models.column(model, name)
    if models.knows(model, name) and old and one.columns and old != one.columns[0]:
        yield replace(one, kind=OperationKind.RENAME_COLUMN, columns=(old,), name=one.columns[0], definitions=())
    yield one
