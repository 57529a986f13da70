"""Statements of SQLAlchemy under construction: `select`, `insert`, `update`, `delete`, `session.query`."""

from __future__ import annotations

from archlint.ir import nodes as ir
from archlint.project.inference.arguments import Arguments
from archlint.project.symbols import ClassDefinition
from archlint.project.values import CHOSEN, OPAQUE, ProjectClass, Query, Stage, Symbol, Value

SELECTING = frozenset(
    {
        "sqlalchemy.select", "sqlalchemy.future.select", "sqlalchemy.sql.select", "sqlalchemy.sql.expression.select",
        "sqlmodel.select", "sqlmodel.sql.expression.select",
    }
)  # fmt: skip
WRITING = frozenset(
    f"sqlalchemy.{place}{verb}"
    for verb in ("delete", "insert", "update")
    for place in ("", "sql.", "sql.expression.", "dialects.mysql.", "dialects.postgresql.", "dialects.sqlite.")
)


def statement(target: Value, operation: str) -> Value:
    """Return `select(target)`, or `session.query(target)` where the operation is `query`."""
    if isinstance(target, Symbol):
        return target.then(operation)
    stage = Stage.STATEMENT if operation == "select" else Stage.LAZY
    if isinstance(target, ProjectClass):
        return Query("sqlalchemy", target.definition.name, stage, target.definition)
    # Columns, functions, aliases, several of them: a query all the same, but of unknown extent.
    return Query("sqlalchemy", "", stage, None, filtered=True, bounded=True, plain=True)


def select(arguments: Arguments, operation: str = "select") -> Value:
    """Return what `select(…)` gives, or `session.query(…)` where the operation is `query`."""
    if len(arguments.nodes) == 1 and isinstance(arguments.value(0), ProjectClass | Symbol):
        return statement(arguments.value(0), operation)
    found = next((one for one in arguments.all() if isinstance(one, ProjectClass)), None)
    of_column = _model_of_column(arguments) if found is None else None
    model = found.definition if found is not None else of_column
    stage = Stage.STATEMENT if operation == "select" else Stage.LAZY
    name = model.name if model is not None else ""
    conditions = frozenset({CHOSEN} if model is not None and _is_of_one(model, arguments) else ())
    return Query("sqlalchemy", name, stage, model, filtered=True, bounded=True, plain=True, conditions=conditions)


def _is_of_one(model: ClassDefinition, arguments: Arguments) -> bool:
    """Return whether all that is selected are columns of one model, and what functions make of them."""
    return all(_model_of(node, arguments) is model for node in arguments.nodes)


def _model_of_column(arguments: Arguments) -> ClassDefinition | None:
    """Return the model of the first column that is selected: `select(Order.id)`, `select(func.count(Order.id))`."""
    return _model_of(arguments.nodes[0], arguments) if arguments.nodes else None


def _model_of(node: ir.Expr, arguments: Arguments) -> ClassDefinition | None:
    while isinstance(node, ir.Call) and node.args:
        node = node.args[0]
    if not isinstance(node, ir.Attribute) or arguments.scope is None:
        return None
    value = arguments.inference.value(node.value, arguments.scope)
    return value.definition if isinstance(value, ProjectClass) else None


def writing(arguments: Arguments, *, inserts: bool) -> Value:
    """Return what `insert(Order)`, `update(Order)` or `delete(Order)` gives."""
    target = arguments.value(0)
    model = target.definition if isinstance(target, ProjectClass) else None
    name = model.name if model else ""
    conditions = frozenset({f"{OPAQUE}:"} if inserts else ())
    return Query(
        "sqlalchemy", name, Stage.STATEMENT, model, filtered=inserts, bounded=True, writes=True, conditions=conditions
    )
