"""What calls evaluate to."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.project.inference import (
    builtins,
    construction,
    displays,
    django_models,
    holders,
    members,
    queries,
    statements,
    symbolic,
)
from archlint.project.inference.arguments import Arguments
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.values import (
    NOTHING,
    UNKNOWN,
    Bound,
    Choice,
    External,
    Instance,
    Items,
    Literal,
    Method,
    Nothing,
    ProjectClass,
    ProjectFunction,
    Query,
    Stage,
    Super,
    Symbol,
    Value,
)

if TYPE_CHECKING:
    from archlint.project.inference.inference import Inference
    from archlint.project.inference.scopes import Scope

COPIES = builtins.COPIES
_CASTS = frozenset({"typing.cast", "typing_extensions.cast"})
_OR_404 = frozenset({"django.shortcuts.get_object_or_404", "django.shortcuts.aget_object_or_404"})
_TYPE_OF_NEW_TYPE = 1
_MODEL_LOOKUP = "get_model"
"""What Django's registry finds a model with; a project's own function of that name wraps it."""
_STANDING_FOR = MappingProxyType(
    {
        "functools.partial": 0,
        "functools.update_wrapper": 0,
        "functools.wraps": 0,
        "staticmethod": 0,
        "typing.NewType": _TYPE_OF_NEW_TYPE,
        "typing_extensions.NewType": _TYPE_OF_NEW_TYPE,
    }
)
"""Callables whose result stands for one of their arguments, with its position."""
_EXECUTING = frozenset({"exec", "execute", "scalars", "stream", "stream_scalars"})


def call(inference: Inference, node: ir.Call, scope: Scope) -> Value:
    """Return what a call evaluates to."""
    if isinstance(node.func, ir.Name) and node.func.id == "super" and "super" not in scope.names:
        return _super(scope, Arguments(inference, node, scope))
    return applied(inference, inference.callee(node, scope), Arguments(inference, node, scope))


def applied(inference: Inference, callee: Value, arguments: Arguments) -> Value:  # noqa: PLR0911 - one answer a kind
    """Return what calling something with arguments gives."""
    match callee:
        case External(name):
            return _external(inference, name, arguments)
        case Method():
            return _method(inference, callee, arguments)
        case ProjectFunction(definition):
            found = project_result(inference, definition, None, arguments)
            is_lookup = found == UNKNOWN and definition.row.name == _MODEL_LOOKUP
            return _model_by_name(inference, arguments) if is_lookup else found
        case Bound(definition, receiver):
            return project_result(inference, definition, receiver, arguments)
        case ProjectClass():
            return construction.constructed(inference, callee, arguments)
        case Instance():
            return _called_instance(inference, callee, arguments)
        case Choice(values):
            return displays.joined(inference, [applied(inference, one, arguments) for one in values])
        case Symbol():
            return _told_by_arguments(inference, callee, arguments) or callee.then("()")
        case Nothing():
            return NOTHING
        case _:
            return UNKNOWN


def _told_by_arguments(inference: Inference, callee: Symbol, arguments: Arguments) -> Value | None:
    """Return the query that a method of a parameter gives, where what it is given says so: `session.query(Order)`."""
    name = callee.operations[-1].removeprefix(".") if callee.operations and arguments.nodes else ""
    if name != "query" and name not in _EXECUTING:
        return None
    first = arguments.value(0)
    if name == "query":
        is_model = isinstance(first, ProjectClass) and inference.project.orm_of(first.definition) is not None
        return statements.select(arguments, "query") if is_model else None
    return queries.executed(first) if isinstance(first, Query) and first.stage is Stage.STATEMENT else None


def project_result(
    inference: Inference, definition: FunctionDefinition, receiver: Value | None, arguments: Arguments
) -> Value:
    """Return what a function of the project gives for the arguments of a call."""
    is_bound = receiver is not None and not is_static(definition)
    value = inference.returned(definition, receiver)
    first = definition.row.parameters[0].name if is_bound and definition.row.parameters else ""

    def given(name: str) -> Value:
        if name == first and receiver is not None:
            return receiver
        return arguments.parameter(definition, name, is_bound=is_bound)

    return symbolic.substituted(inference, value, definition, given)


def is_static(definition: FunctionDefinition) -> bool:
    """Return whether a method has no parameter for its receiver."""
    return any(isinstance(one, ir.Name) and one.id == "staticmethod" for one in definition.row.decorators)


def _super(scope: Scope, arguments: Arguments) -> Value:
    """Return what `super()` looks up behind the class around it, and `super(Base, self)` behind the class it names."""
    owner = scope.owner
    if owner is None:
        return UNKNOWN
    receiver = scope.receiver if scope.receiver is not None else Instance(owner.name, owner)
    if not arguments.nodes:
        return Super(owner, receiver)
    behind, given = arguments.value(0), arguments.value(1)
    if not isinstance(behind, ProjectClass):
        return UNKNOWN
    is_telling = isinstance(given, Instance | ProjectClass | Query)
    return Super(behind.definition, given if is_telling else receiver)


def _called_instance(inference: Inference, callee: Instance, arguments: Arguments) -> Value:
    if callee.definition is not None:
        found = members.member(inference, callee.definition, "__call__")
        if isinstance(found, ProjectFunction):
            return project_result(inference, found.definition, callee, arguments)
    knowledge = inference.project.knowledge
    made = knowledge.returns(f"{callee.name}().__call__") or knowledge.returns(f"{callee.name}()")
    return Instance(made, None, arguments.creation) if made else UNKNOWN


def _external(  # noqa: PLR0911 - one answer a kind of callable
    inference: Inference, name: str, arguments: Arguments
) -> Value:
    if name in statements.SELECTING:
        return statements.select(arguments)
    if name in statements.WRITING:
        return statements.writing(arguments, inserts=name.endswith(".insert"))
    if name in _CASTS:
        return _cast(arguments)
    if name in _OR_404:
        return _one_row(arguments.value(0))
    if name in _STANDING_FOR:
        return _stood_for(arguments, _STANDING_FOR[name])
    built_in = builtins.result(inference, name, arguments)
    if built_in is not None:
        return built_in
    if name in django_models.USER:
        return django_models.user(inference)
    if name.rpartition(".")[2] == _MODEL_LOOKUP:
        return _model_by_name(inference, arguments)
    made = inference.project.knowledge.returns(name)
    if made is not None:
        return Instance(made, None, arguments.creation)
    return Instance(name, None, arguments.creation) if name.rpartition(".")[2][:1].isupper() else UNKNOWN


def _cast(arguments: Arguments) -> Value:
    """Return what `cast(Order, value)` promises, else the value."""
    node = arguments.nodes[0] if arguments.nodes else None
    promised = arguments.inference.annotated(node, arguments.scope) if arguments.scope is not None else UNKNOWN
    return arguments.value(1) if promised == UNKNOWN else promised


def _stood_for(arguments: Arguments, position: int) -> Value:
    """Return the type that a new type is made of, or the callable that some arguments were bound to.

    Of a library's callable, what bound arguments change is not followed.
    """
    value = arguments.value(position)
    is_followed = isinstance(value, ProjectFunction | ProjectClass | Bound | Symbol)
    return value if is_followed or position == _TYPE_OF_NEW_TYPE else UNKNOWN


def _model_by_name(inference: Inference, arguments: Arguments) -> Value:
    """Return the class that `get_model("app", "Name")` or `get_model("app.Name")` finds."""
    texts = [argument.value for argument in arguments.nodes if isinstance(argument, ir.Text)]
    if not texts or len(texts) != len(arguments.nodes):
        return UNKNOWN
    app, _, name = ".".join(texts).rpartition(".")
    inference.memo.read(("model", app, name))
    found = inference.project.model_named(app, name)
    return UNKNOWN if found is None else ProjectClass(found)


def _method(inference: Inference, method: Method, arguments: Arguments) -> Value:  # noqa: PLR0911 - one answer a kind
    receiver = method.receiver
    if isinstance(receiver, Query):
        return _on_query(inference, receiver, method.name, arguments)
    if isinstance(receiver, Instance):
        return _on_instance(inference, receiver, method.name, arguments)
    if isinstance(receiver, ProjectClass):
        return _on_class(inference, receiver.definition, method.name, arguments)
    if isinstance(receiver, Super):
        own = receiver.receiver
        definition = own.definition if isinstance(own, Instance) and own.definition is not None else receiver.owner
        return holders.result(inference, definition, method.name, arguments, is_overridden=False)
    if isinstance(receiver, Items):
        found = builtins.of_collection(receiver, method.name)
        is_one = isinstance(found, Choice) and bool(arguments.nodes) and isinstance(arguments.nodes[0], ir.Text)
        return UNKNOWN if is_one else found
    if isinstance(receiver, Literal | ProjectFunction):
        return UNKNOWN
    if method.name == "query" and arguments.nodes:
        target = arguments.value(0)
        if isinstance(target, ProjectClass) and inference.project.orm_of(target.definition) is not None:
            return statements.select(arguments, "query")
    return UNKNOWN


def _on_query(inference: Inference, query: Query, name: str, arguments: Arguments) -> Value:
    verbs = inference.project.knowledge.orm(query.orm)
    if query.manager is not None:
        own = members.member(inference, query.manager, name)
        if isinstance(own, ProjectFunction):
            found = project_result(inference, own.definition, query, arguments)
            if found != UNKNOWN:
                return found
            return queries.after(query, "" if name in verbs.lazy else name, verbs, arguments)
    return queries.after(query, name, verbs, arguments)


def _on_class(inference: Inference, definition: ClassDefinition, name: str, arguments: Arguments) -> Value:
    verbs = inference.project.orm_of(definition)
    if verbs is None and name == "as_manager":
        return Instance("django.db.models.Manager", arguments=(("queryset", ProjectClass(definition)),))
    if verbs is None or verbs.name == "django":
        return UNKNOWN
    return queries.after(Query(verbs.name, definition.name, Stage.MANAGER, definition), name, verbs, arguments)


def _on_instance(  # noqa: PLR0911 - one answer a kind of method
    inference: Inference, receiver: Instance, name: str, arguments: Arguments
) -> Value:
    if receiver.definition is not None:
        found = members.implementation(inference, receiver.definition, name)
        if found is not None:
            return project_result(inference, found, receiver, arguments)
    row = inference.project.database_type(receiver)
    if row is None:
        return _of_library(inference, receiver, name, arguments)
    if name == "query":
        return statements.select(arguments, "query")
    if name == "select" and row.kind == "extension":
        return statements.select(arguments)
    argument = arguments.value(0)
    if name in _EXECUTING and isinstance(argument, Query):
        return queries.executed(argument)
    if name in _EXECUTING and isinstance(argument, Symbol):
        return argument.then("executed")
    if name in ("get", "get_one", "scalar", "merge"):
        return _one_row(argument)
    made = inference.project.knowledge.returns(f"{row.name}().{name}")
    return Instance(made) if made else UNKNOWN


def _of_library(inference: Inference, receiver: Instance, name: str, arguments: Arguments) -> Value:
    """Return what a method gives that a library's class is known to have."""
    if name == "get" and receiver.name == "contextvars.ContextVar":
        return dict(receiver.arguments).get("T", UNKNOWN)
    if name == "select" and receiver.name.endswith("SQLAlchemy"):  # `db.select(Model)` of Flask-SQLAlchemy
        return statements.select(arguments)
    if receiver.definition is not None:
        held = holders.result(inference, receiver.definition, name, arguments)
        if held != UNKNOWN:
            return held
    made = inference.project.knowledge.returns(f"{receiver.name}().{name}")
    return Instance(made, None, receiver.creation) if made else UNKNOWN


def _one_row(argument: Value) -> Value:
    if isinstance(argument, ProjectClass):
        return Instance(argument.definition.name, argument.definition, loaded=frozenset())
    if isinstance(argument, Query) and argument.definition is not None:
        return argument.row()
    return replace(argument, creation=None) if isinstance(argument, Instance) else UNKNOWN
