"""The actions of an ALTER TABLE."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from archlint.ir.migration import Operation, OperationKind
from archlint.syntax import exp
from archlint.syntax.sql_checks import proven_column
from archlint.syntax.sql_columns import column_of, known_name, place_of, table_name, type_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archlint.syntax.sql_text import Region

_DROPPED = {
    "COLUMN": OperationKind.DROP_COLUMN,
    "CONSTRAINT": OperationKind.DROP_CONSTRAINT,
    "INDEX": OperationKind.DROP_INDEX,
}


def altered(tree: exp.Expr, holes: Sequence[Region]) -> Iterator[Operation]:
    """Yield what the actions of an ALTER do, each with its own place; no place (0, 0) is that of the statement."""
    kind = str(tree.args.get("kind") or "").upper()
    if kind != "TABLE":
        yield from _other(kind, tree, holes)
        return
    table = table_name(tree.this, holes)
    actions = tree.args.get("actions") or ()
    for action in actions:
        found = [*_of_action(action, holes)] or [Operation(OperationKind.UNKNOWN, 0, 0)]
        start, end = place_of(action) if len(actions) > 1 else (0, 0)
        not_valid = bool(tree.args.get("not_valid"))
        for one in found:
            yield msgspec.structs.replace(one, table=table, start=start, end=end, not_valid=not_valid)


def _other(kind: str, tree: exp.Expr, holes: Sequence[Region]) -> Iterator[Operation]:
    """Yield the new name of an index; other things that are no tables mean nothing to rules."""
    actions = tree.args.get("actions") or ()
    new = next((one.this for one in actions if isinstance(one, exp.AlterRename)), None) if kind == "INDEX" else None
    old = table_name(tree.this, holes) if new is not None else ""
    if new is None or not old:
        yield Operation(OperationKind.UNKNOWN, 0, 0)
    else:
        yield Operation(OperationKind.RENAME_INDEX, 0, 0, name=table_name(new, holes), before=old)


def _of_action(action: exp.Expr, holes: Sequence[Region]) -> Iterator[Operation]:
    match action:
        case exp.ColumnDef():
            yield from _added(action, holes)
        case exp.AlterColumn():
            yield from _column(action, holes)
        case exp.ModifyColumn():
            yield from _modified(action, holes)
        case exp.AddConstraint():
            for one in action.expressions:
                yield from constraint(one, holes)
        case exp.RenameColumn():
            old, new = (known_name(action.args.get(one), holes) for one in ("this", "to"))
            yield Operation(OperationKind.RENAME_COLUMN, 0, 0, columns=(old,) if old else (), name=new)
        case exp.RenameIndex():  # MySQL's
            old, new = (known_name(action.args.get(one), holes) for one in ("this", "to"))
            yield Operation(OperationKind.RENAME_INDEX, 0, 0, name=new, before=old)
        case exp.AlterRename():
            yield Operation(OperationKind.RENAME_TABLE, 0, 0, name=table_name(action.this, holes))
        case exp.Drop():
            yield from _removed(action, holes)


def _added(node: exp.ColumnDef, holes: Sequence[Region]) -> Iterator[Operation]:
    if not known_name(node.this, holes):
        return
    column = column_of(node, holes)
    yield Operation(
        OperationKind.ADD_COLUMN,
        0,
        0,
        columns=(column.name,),
        definitions=(column,),
        references=column.references,
    )


def _column(node: exp.AlterColumn, holes: Sequence[Region]) -> Iterator[Operation]:
    name = known_name(node.this, holes)
    if not name:
        return
    names = (name,)
    if node.args.get("allow_null") is not None:
        kind = OperationKind.DROP_NOT_NULL if node.args["allow_null"] else OperationKind.SET_NOT_NULL
        yield Operation(kind, 0, 0, columns=names)
    elif node.args.get("dtype") is not None:
        column = column_of(exp.ColumnDef(this=node.this, kind=node.args["dtype"]), holes)
        column = msgspec.structs.replace(column, type=type_of(node.args["dtype"], holes), nullable=None)
        yield Operation(OperationKind.CHANGE_TYPE, 0, 0, columns=names, definitions=(column,))
    elif node.args.get("default") is not None:
        yield Operation(OperationKind.SET_DEFAULT, 0, 0, columns=names)
    elif node.args.get("drop"):
        yield Operation(OperationKind.DROP_DEFAULT, 0, 0, columns=names)


def _modified(node: exp.ModifyColumn, holes: Sequence[Region]) -> Iterator[Operation]:
    """Yield what MySQL's `CHANGE old new int NOT NULL` and `MODIFY column int` change, as far as they say it."""
    old, new = known_name(node.args.get("rename_from"), holes), known_name(node.this.this, holes)
    if old and new and old.lower() != new.lower():
        yield Operation(OperationKind.RENAME_COLUMN, 0, 0, columns=(old,), name=new)
    if new:
        column = column_of(node.this, holes)
        told = msgspec.structs.replace(column, nullable=None)
        yield Operation(OperationKind.CHANGE_TYPE, 0, 0, columns=(new,), definitions=(told,))
        if node.this.find(exp.NotNullColumnConstraint) is not None:
            kind = OperationKind.DROP_NOT_NULL if column.nullable else OperationKind.SET_NOT_NULL
            yield Operation(kind, 0, 0, columns=(new,))


def _removed(node: exp.Drop, holes: Sequence[Region]) -> Iterator[Operation]:
    kind = _DROPPED.get(str(node.args.get("kind") or "").upper())
    for one in node.args.get("tables") or () if kind is not None else ():
        name = known_name(one, holes)
        is_column = kind is OperationKind.DROP_COLUMN
        yield Operation(
            kind or OperationKind.UNKNOWN,
            0,
            0,
            columns=(name,) if is_column and name else (),
            name="" if is_column else name,
            cascades=bool(node.args.get("cascade")),
        )


def constraint(node: exp.Expr, holes: Sequence[Region]) -> Iterator[Operation]:
    """Yield what a constraint is, in ALTER TABLE or CREATE TABLE, without its table; a name stands in front."""
    name = node.name if isinstance(node, exp.Constraint) else ""
    for one in node.expressions if isinstance(node, exp.Constraint) else (node,):
        columns = tuple(_names(one, holes))
        match one:
            case exp.ForeignKey():
                reference = one.args.get("reference")
                told = table_name(reference.find(exp.Table) if reference is not None else None, holes)
                yield Operation(OperationKind.ADD_FOREIGN_KEY, 0, 0, "", columns, name, references=told)
            case exp.CheckColumnConstraint():
                proof = proven_column(one.this) if isinstance(one.this, exp.Expr) else ""
                proves = (proof,) if proof else columns
                yield Operation(OperationKind.ADD_CHECK, 0, 0, "", proves, name, proves_not_null=bool(proof))
            case exp.UniqueColumnConstraint():
                yield Operation(OperationKind.ADD_UNIQUE, 0, 0, "", columns, name, is_unique=True)
            case exp.PrimaryKey():
                yield Operation(OperationKind.ADD_PRIMARY_KEY, 0, 0, "", columns, name, is_unique=True)
            case exp.ExcludeColumnConstraint():
                yield Operation(OperationKind.ADD_EXCLUSION, 0, 0, "", columns, name)
            case exp.IndexColumnConstraint():  # MySQL's `KEY name (a, b)`
                yield Operation(OperationKind.ADD_INDEX, 0, 0, "", columns, one.name)


def _names(node: exp.Expr, holes: Sequence[Region]) -> Iterator[str]:
    """Yield the columns that a constraint is about: those that a foreign key refers to are others."""
    listed = node.expressions if isinstance(node, exp.ForeignKey | exp.PrimaryKey) else []
    if isinstance(node, exp.UniqueColumnConstraint) and isinstance(node.this, exp.Schema):
        listed = node.this.expressions
    if isinstance(node, exp.IndexColumnConstraint):
        listed = [one.this if isinstance(one, exp.Ordered) else one for one in node.expressions]
    if isinstance(node, exp.CheckColumnConstraint | exp.ExcludeColumnConstraint):
        listed = list(dict.fromkeys(node.find_all(exp.Column)))
    yield from filter(None, (known_name(one, holes) for one in listed))
