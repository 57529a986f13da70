"""The tables of models, of relations between them and of `Table(...)` objects, as one catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from archlint.project.schema.model import Constraint, Field, Index, Model, Relation, RelationKind, Table
from archlint.project.schema.names import lower_name

_BIG_KEY = "bigint"


def tables_of(
    models: Iterable[Model], declared: Iterable[Table], relations: Iterable[tuple[Model, Relation]]
) -> Mapping[str, Table]:
    """Return the tables by name."""
    found = {table.name: _complete(table) for table in declared}
    by_name: dict[str, list[Model]] = {}
    for model in models:
        by_name.setdefault(model.table, []).append(model)
    for name, rows in by_name.items():
        found[name] = _of_models(name, rows, found.get(name))
    tables = {model.definition: model.table for rows in by_name.values() for model in rows}
    for model, relation in relations:
        between = _between(model, relation, tables.get(relation.target) if relation.target is not None else "")
        if between is not None:
            found.setdefault(between.name, between)
    return found


def _of_models(name: str, models: list[Model], declared: Table | None) -> Table:
    columns: dict[str, Field] = {one.column: one for one in declared.columns} if declared is not None else {}
    for model in models:
        for one in model.fields:
            if one.table == name:
                columns.setdefault(one.column, one)
    indexes = [one for model in models if not model.is_proxy for one in model.indexes]
    constraints = [one for model in models if not model.is_proxy for one in model.constraints]
    definitions = tuple(sorted((model.definition for model in models), key=lambda one: one.name))
    table = Table(
        name,
        tuple(columns.values()),
        (*(declared.indexes if declared is not None else ()), *dict.fromkeys(indexes)),
        (*(declared.constraints if declared is not None else ()), *dict.fromkeys(constraints)),
        definitions,
        declared.place if declared is not None else None,
        models[0].orm,
        all(one.is_whole for one in models) and (declared is None or declared.is_whole),
    )
    return table if declared is not None else _complete(table)


def _complete(table: Table) -> Table:
    """Return a table with the indexes and constraints that its columns declare."""
    indexes = [Index((one.column,), place=one.place) for one in table.columns if one.indexed and not one.unique]
    unique = [
        Constraint("unique", (one.column,), place=one.place)
        for one in table.columns
        # SQLAlchemy adds what it is told even to a key.
        if one.unique and (not one.primary_key or table.orm == "sqlalchemy")
    ]
    keys = [
        Constraint("foreign_key", (one.column,), references=one.references, place=one.place)
        for one in table.columns
        if one.references
    ]
    return replace(table, indexes=(*table.indexes, *indexes), constraints=(*table.constraints, *unique, *keys))


def _between(model: Model, relation: Relation, target: str | None) -> Table | None:
    """Return the table that Django makes for a many-to-many relation, or None where a model or a `Table` is it."""
    if model.orm != "django" or relation.kind is not RelationKind.MANY_TO_MANY or "." in relation.through:
        return None
    if not relation.through or relation.place is None or model.is_proxy:
        return None
    left = lower_name(model.definition)
    right = relation.target_name.rpartition(".")[2].lower()
    if left == right:
        left, right = f"from_{left}", f"to_{right}"
    columns = (
        Field("id", "id", _BIG_KEY, relation.through, unique=True, primary_key=True, place=relation.place),
        Field(left, f"{left}_id", "", relation.through, indexed=True, references=model.name, place=relation.place),
        Field(
            right, f"{right}_id", "", relation.through, indexed=True, references=relation.target_name or target or "",
            place=relation.place,
        ),
    )  # fmt: skip
    pair = Constraint("unique", (columns[1].column, columns[2].column), place=relation.place)
    table = _complete(Table(relation.through, columns, place=relation.place, orm=model.orm))
    return replace(table, constraints=(pair, *table.constraints))
