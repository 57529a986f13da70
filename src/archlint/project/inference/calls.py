"""What calls evaluate to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.project.inference import queries
from archlint.project.inference.members import member
from archlint.project.inference.scopes import Scope
from archlint.project.symbols import ClassDefinition
from archlint.project.values import (
    UNKNOWN,
    Creation,
    External,
    Instance,
    Items,
    Method,
    Parts,
    ProjectClass,
    ProjectFunction,
    Query,
    Stage,
    Value,
)

if TYPE_CHECKING:
    from archlint.project.inference.inference import Inference

COPIES = frozenset({"frozenset", "iter", "list", "reversed", "set", "sorted", "tuple"})
"""Built-ins that hand on the elements of what they are given."""
_STATEMENTS = frozenset(
    {
        "sqlalchemy.select", "sqlalchemy.future.select", "sqlalchemy.sql.select", "sqlalchemy.sql.expression.select",
        "sqlmodel.select", "sqlmodel.sql.expression.select",
    }
)  # fmt: skip
_WRITING_STATEMENTS = frozenset(
    f"sqlalchemy.{place}{verb}"
    for verb in ("delete", "insert", "update")
    for place in ("", "sql.", "sql.expression.", "dialects.mysql.", "dialects.postgresql.", "dialects.sqlite.")
)
_EXECUTING = frozenset({"exec", "execute", "scalars", "stream", "stream_scalars"})
_VIEWS = frozenset({"copy", "items", "keys", "values"})


def call(inference: Inference, node: ir.Call, scope: Scope) -> Value:
    """Return what a call evaluates to."""
    callee = inference.value(node.func, scope)
    creation = Creation(scope.module, scope.offset, node)
    if isinstance(callee, External):
        return _external(inference, callee.name, node, scope, creation)
    if isinstance(callee, Method):
        return _method(inference, callee, node, scope)
    if isinstance(callee, Instance):
        knowledge = inference.project.knowledge
        made = knowledge.returns(f"{callee.name}().__call__") or knowledge.returns(f"{callee.name}()")
        return Instance(made, None, creation) if made else UNKNOWN
    if isinstance(callee, ProjectClass):
        return Instance(callee.definition.name, callee.definition, creation)
    return inference.returned(callee.definition) if isinstance(callee, ProjectFunction) else UNKNOWN


def _external(  # noqa: PLR0911 - one answer a kind of callable
    inference: Inference, name: str, node: ir.Call, scope: Scope, creation: Creation
) -> Value:
    if name in _STATEMENTS:
        return _query(inference, node, scope, Stage.STATEMENT)
    if name in _WRITING_STATEMENTS:
        return _writing(inference, node, scope)
    built_in = _built_in(inference, name, [inference.value(one, scope) for one in node.args]) if node.args else None
    if built_in is not None:
        return built_in
    if name == "range":
        return Items(UNKNOWN, is_constant=all(isinstance(argument, ir.Constant) for argument in node.args))
    if name.rpartition(".")[2] == "get_model":
        return _model_by_name(inference, node)
    made = inference.project.knowledge.returns(name)
    if made is not None:
        return Instance(made, None, creation)
    return Instance(name, None, creation) if name.rpartition(".")[2][:1].isupper() else UNKNOWN


def _built_in(inference: Inference, name: str, arguments: list[Value]) -> Value | None:
    """Return what a built-in makes of collections, or None where the callable is another one."""
    first = arguments[0]
    constant = isinstance(first, Items) and first.is_constant
    if name in COPIES:
        source = first if isinstance(first, Query) else first.source if isinstance(first, Items) else None
        return Items(inference.element(first), constant, source)
    if name == "enumerate":
        return Items(Parts((UNKNOWN, inference.element(first))), constant)
    if name == "zip":
        constant = any(isinstance(one, Items) and one.is_constant for one in arguments)
        return Items(Parts(tuple(inference.element(one) for one in arguments)), constant)
    return inference.element(first) if name in ("next", "max", "min") and len(arguments) == 1 else None


def _model_by_name(inference: Inference, node: ir.Call) -> Value:
    """Return the class that `get_model("app", "Name")` or `get_model("app.Name")` finds."""
    texts = [argument.value for argument in node.args if isinstance(argument, ir.Text)]
    if not texts or len(texts) != len(node.args):
        return UNKNOWN
    app, _, name = ".".join(texts).rpartition(".")
    found = inference.project.model_named(app, name)
    return UNKNOWN if found is None else ProjectClass(found)


def _query(inference: Inference, node: ir.Call, scope: Scope, stage: Stage) -> Value:
    target = inference.value(node.args[0], scope) if node.args else UNKNOWN
    if isinstance(target, ProjectClass) and len(node.args) == 1:
        return Query("sqlalchemy", target.definition.name, stage, target.definition)
    # Columns, functions, aliases, several of them: a query all the same, but of unknown extent.
    model = target.definition if isinstance(target, ProjectClass) else None
    return Query("sqlalchemy", model.name if model else "", stage, model, filtered=True, bounded=True)


def _writing(inference: Inference, node: ir.Call, scope: Scope) -> Value:
    target = inference.value(node.args[0], scope) if node.args else UNKNOWN
    model = target.definition if isinstance(target, ProjectClass) else None
    name = model.name if model else ""
    return Query("sqlalchemy", name, Stage.STATEMENT, model, filtered=True, bounded=True, writes=True)


def _method(inference: Inference, method: Method, node: ir.Call, scope: Scope) -> Value:
    receiver = method.receiver
    if isinstance(receiver, Query):
        return queries.after(receiver, method.name, inference.project.knowledge.orm(receiver.orm))
    if isinstance(receiver, Instance):
        return _on_instance(inference, receiver, method.name, node, scope)
    if isinstance(receiver, ProjectClass):
        return _on_class(inference, receiver.definition, method.name)
    if isinstance(receiver, Items) and method.name in _VIEWS:
        return Items(UNKNOWN, receiver.is_constant)
    if method.name == "query" and node.args:
        target = inference.value(node.args[0], scope)
        if isinstance(target, ProjectClass) and inference.project.orm_of(target.definition) is not None:
            return _query(inference, node, scope, Stage.LAZY)
    return UNKNOWN


def _on_class(inference: Inference, definition: ClassDefinition, name: str) -> Value:
    verbs = inference.project.orm_of(definition)
    if verbs is None and name == "as_manager":
        return Instance("django.db.models.Manager")
    if verbs is None or verbs.name == "django":
        return UNKNOWN
    return queries.after(Query(verbs.name, definition.name, Stage.MANAGER, definition), name, verbs)


def _on_instance(  # noqa: PLR0911 - one answer a kind of method
    inference: Inference, receiver: Instance, name: str, node: ir.Call, scope: Scope
) -> Value:
    if receiver.definition is not None:
        found = member(inference, receiver.definition, name)
        if isinstance(found, ProjectFunction):
            return inference.returned(found.definition)
    row = inference.project.database_type(receiver)
    knowledge = inference.project.knowledge
    if row is None:
        if name == "select" and receiver.name.endswith("SQLAlchemy"):  # `db.select(Model)` of Flask-SQLAlchemy
            return _query(inference, node, scope, Stage.STATEMENT)
        made = knowledge.returns(f"{receiver.name}().{name}")
        return Instance(made, None, receiver.creation) if made else UNKNOWN
    if name == "query":
        return _query(inference, node, scope, Stage.LAZY)
    if name == "select" and row.kind == "extension":
        return _query(inference, node, scope, Stage.STATEMENT)
    argument = inference.value(node.args[0], scope) if node.args else UNKNOWN
    if name in _EXECUTING and isinstance(argument, Query):
        return queries.executed(argument)
    if name in ("get", "get_one", "scalar", "merge"):
        return _one_row(argument)
    made = knowledge.returns(f"{row.name}().{name}")
    return Instance(made) if made else UNKNOWN


def _one_row(argument: Value) -> Value:
    if isinstance(argument, ProjectClass):
        return Instance(argument.definition.name, argument.definition)
    if isinstance(argument, Query) and argument.definition is not None:
        return Instance(argument.model, argument.definition)
    return replace(argument, creation=None) if isinstance(argument, Instance) else UNKNOWN
