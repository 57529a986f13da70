"""What annotations promise."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.inference import generics
from archlint.project.inference.arguments import Arguments
from archlint.project.inference.scopes import Scope
from archlint.project.symbols import ClassDefinition
from archlint.project.values import (
    UNKNOWN,
    External,
    Instance,
    Items,
    Parts,
    ProjectClass,
    Query,
    Stage,
    Symbol,
    Value,
    collection,
)

if TYPE_CHECKING:
    from archlint.project.inference.inference import Inference

_WRAPPERS = frozenset(
    {"Annotated", "Awaitable", "ClassVar", "Final", "Mapped", "Optional", "Required", "NotRequired", "WithAnnotations"}
)
_OPENED = frozenset({"AbstractAsyncContextManager", "AbstractContextManager", "AsyncContextManager", "ContextManager"})
ITERATORS = frozenset({"AsyncGenerator", "AsyncIterator", "Generator", "Iterator"})
_COLLECTIONS = ITERATORS | {
    "AsyncIterable", "Collection", "FrozenSet", "Iterable", "List", "MutableSequence", "Sequence", "Set", "deque",
    "frozenset", "list", "set",
}  # fmt: skip
_QUERYSETS = frozenset({"BaseManager", "Manager", "QuerySet", "RelatedManager"})
_NONE = frozenset({"None", "NoneType"})
_MAPPINGS = frozenset({"DefaultDict", "Dict", "Mapping", "MutableMapping", "OrderedDict", "defaultdict", "dict"})
_BARE_COLLECTIONS = frozenset({"dict", "frozenset", "list", "set", "typing.Dict", "typing.List", "typing.Set"})
_SELF = frozenset({"typing.Self", "typing_extensions.Self"})
_ANYTHING = frozenset({"collections.abc.Callable", "object", "typing.Any", "typing.Callable"})


def annotated(inference: Inference, node: ir.Expr | None, scope: Scope) -> Value:
    """Return what a value with an annotation is."""
    if isinstance(node, ir.Subscript):
        return _subscript(inference, node, scope)
    if isinstance(node, ir.Binary) and node.op == "|":
        return _union(inference, (node.left, node.right), scope)
    if isinstance(node, ir.Name | ir.Attribute):
        return _named(inference, inference.value(node, scope), dotted(node), scope)
    if isinstance(node, ir.Text):  # `list["Order"]`
        names = node.value.split(".")
        quoted: ir.Expr = ir.Name(node.start, node.end, names[0])
        for name in names[1:]:
            quoted = ir.Attribute(node.start, node.end, quoted, name)
        return inference.annotated(quoted, scope) if all(map(str.isidentifier, names)) else UNKNOWN
    return UNKNOWN


def bind_parameters(inference: Inference, function: ir.Function, scope: Scope, owner: ClassDefinition | None) -> None:
    """Bind the parameters of a function in its scope; `owner` is the class of a method."""
    for index, parameter in enumerate(function.parameters):
        scope.bind(parameter.name, _parameter(inference, parameter, scope))
        # `self: Stored`, as mixins write it, says less than what the method is called on.
        if index == 0 and owner is not None and (parameter.annotation is None or scope.receiver is not None):
            decorators = {dotted(decorator) for decorator in function.decorators}
            if "classmethod" in decorators:
                scope.bind(parameter.name, _class_of(scope.receiver, owner))
            elif "staticmethod" not in decorators:
                scope.bind(parameter.name, scope.receiver or _own_row(inference, parameter, scope, owner))


def _own_row(inference: Inference, parameter: ir.Parameter, scope: Scope, owner: ClassDefinition) -> Instance:
    """Return an object of the class around a method; of a row, callers know what was loaded with it."""
    is_row = scope.function is not None and inference.project.orm_of(owner) is not None
    symbol = Symbol(scope.function, parameter.name) if is_row and scope.function is not None else None
    return Instance(owner.name, owner, origin=symbol)


def _own_kind(scope: Scope) -> Value:
    """Return what `Self` is: an object of the class that a method is called on, else of the class around it."""
    if isinstance(scope.receiver, Instance):
        return scope.receiver
    if isinstance(scope.receiver, ProjectClass):
        return Instance(scope.receiver.definition.name, scope.receiver.definition)
    return Instance(scope.owner.name, scope.owner) if scope.owner is not None else UNKNOWN


def _class_of(receiver: Value | None, owner: ClassDefinition) -> Value:
    if isinstance(receiver, ProjectClass):
        return receiver
    if isinstance(receiver, Instance) and receiver.definition is not None:
        return ProjectClass(receiver.definition)
    return ProjectClass(owner)


def class_alias(inference: Inference, node: ir.Subscript, scope: Scope) -> Value:
    """Return what `SessionDep = Annotated[Session, Depends(get_session)]` stands for in annotations."""
    instance = inference.annotated(node, scope)
    if isinstance(instance, Instance):
        return ProjectClass(instance.definition) if instance.definition else External(instance.name)
    return UNKNOWN


def _parameter(inference: Inference, parameter: ir.Parameter, scope: Scope) -> Value:
    if parameter.kind == "starstar":  # its names are written in the source of those who call
        return Items(UNKNOWN, is_constant=True, values=inference.annotated(parameter.annotation, scope))
    if parameter.kind == "star":
        return Items(inference.annotated(parameter.annotation, scope)) if parameter.annotation is not None else UNKNOWN
    promised = inference.annotated(parameter.annotation, scope)
    if promised == UNKNOWN:
        promised = _injected(inference, parameter.default, scope)
    symbol = Symbol(scope.function, parameter.name) if scope.function is not None else None
    if promised == UNKNOWN:
        return symbol or UNKNOWN
    if symbol is not None and isinstance(promised, Instance | Query | Items):
        is_row = isinstance(promised, Query | Items) or (
            promised.definition is not None and inference.project.orm_of(promised.definition) is not None
        )
        return replace(promised, origin=symbol) if is_row else promised
    return promised


def _injected(inference: Inference, default: ir.Expr | None, scope: Scope) -> Value:
    """Return what FastAPI passes for `= Depends(provider)`."""
    if not isinstance(default, ir.Call) or not default.args:
        return UNKNOWN
    if dotted(default.func).rpartition(".")[2] not in ("Depends", "Security"):
        return UNKNOWN
    provider = default.args[0]
    if isinstance(provider, ir.Lambda):
        return UNKNOWN if provider.parameters else inference.value(provider.body, scope)
    return inference.opened(
        inference.value(provider, scope),
        Arguments(inference, provider, scope) if isinstance(provider, ir.Call) else None,
    )


def _subscript(inference: Inference, node: ir.Subscript, scope: Scope) -> Value:
    name = dotted(node.value).rpartition(".")[2]
    arguments = node.index.items if isinstance(node.index, ir.Collection) and node.index.items else (node.index,)
    found = _construct(inference, name, arguments, scope)
    if found is not None:
        return found
    row = inference.annotated(arguments[0], scope) if name in _QUERYSETS or name == "Select" else UNKNOWN
    row = row.values[0] if isinstance(row, Parts) and row.values else row
    if name == "Select" and isinstance(row, Instance) and row.definition is None:  # columns, no rows of a model
        return Query("sqlalchemy", "", Stage.STATEMENT, None, filtered=True, bounded=True, plain=True)
    if isinstance(row, Instance) and (row.definition is not None or "." in row.name):  # no variable of a type
        orm, stage = ("sqlalchemy", Stage.STATEMENT) if name == "Select" else ("django", Stage.LAZY)
        return Query(orm, row.name, stage, row.definition, filtered=True, bounded=True, loads_all=True)
    return _specialised(inference, inference.annotated(node.value, scope), arguments, scope)


def _construct(  # noqa: PLR0911 - one answer a construct of `typing`
    inference: Inference, name: str, arguments: tuple[ir.Expr, ...], scope: Scope
) -> Value | None:
    """Return what a construct of `typing` or a collection promises, or None where the class is another one."""
    if name == "Annotated" and len(arguments) > 1:
        return _annotated_with(inference, arguments, scope)
    if name == "Callable":  # what is called says more than what it is called with
        return UNKNOWN
    if name in _WRAPPERS or name in _OPENED:
        return inference.annotated(arguments[0], scope)
    if name in _COLLECTIONS:
        return collection(inference.annotated(arguments[0], scope))
    if name in _MAPPINGS and len(arguments) == 2:  # noqa: PLR2004 - keys and values
        return collection(inference.annotated(arguments[0], scope), values=inference.annotated(arguments[1], scope))
    if name in ("tuple", "Tuple"):
        return _tuple(inference, arguments, scope)
    if name == "Union":
        return _union(inference, arguments, scope)
    if name == "Coroutine":
        return inference.annotated(arguments[-1], scope)
    if name == "ContextVar":
        return Instance("contextvars.ContextVar", arguments=(("T", inference.annotated(arguments[0], scope)),))
    return _class_named(inference.annotated(arguments[0], scope)) if name in ("type", "Type") else None


def _union(inference: Inference, sides: tuple[ir.Expr, ...], scope: Scope) -> Value:
    """Return what one of several types promises beside `None`: what all of them are, as new types of one class are."""
    left = [one for one in sides if not isinstance(one, ir.Constant) and dotted(one) not in _NONE]
    found = [inference.annotated(one, scope) for one in left]
    return found[0] if found and all(one == found[0] for one in found) else UNKNOWN


def _annotated_with(inference: Inference, arguments: tuple[ir.Expr, ...], scope: Scope) -> Value:
    """Return what `Annotated[T, Depends(provider)]` gives: T, or what the provider gives where T says nothing."""
    promised = inference.annotated(arguments[0], scope)
    if promised != UNKNOWN:
        return promised
    found = (_injected(inference, one, scope) for one in arguments[1:])
    return next((one for one in found if one != UNKNOWN), UNKNOWN)


def _class_named(instance: Value) -> Value:
    if isinstance(instance, Instance):
        return ProjectClass(instance.definition) if instance.definition else External(instance.name)
    return instance if isinstance(instance, Symbol) else UNKNOWN


def _specialised(inference: Inference, value: Value, arguments: tuple[ir.Expr, ...], scope: Scope) -> Value:
    """Return an instance of a generic class with what its variables stand for."""
    if not isinstance(value, Instance) or value.definition is None:
        return value
    names = generics.variables(inference.project, value.definition)
    told = ((name, inference.annotated(one, scope)) for name, one in zip(names, arguments, strict=False))
    return replace(value, arguments=tuple(sorted(pair for pair in told if pair[1] != UNKNOWN)))


def _tuple(inference: Inference, arguments: tuple[ir.Expr, ...], scope: Scope) -> Value:
    if any(isinstance(one, ir.Opaque) for one in arguments):  # `tuple[Order, ...]`
        return Items(inference.annotated(arguments[0], scope))
    return Parts(tuple(inference.annotated(one, scope) for one in arguments))


def _named(inference: Inference, found: Value, name: str, scope: Scope) -> Value:
    if isinstance(found, ProjectClass):
        return Instance(found.definition.name, found.definition, arguments=found.arguments)
    if isinstance(found, External) and found.name in _BARE_COLLECTIONS:
        return Items(UNKNOWN)
    is_variable = isinstance(found, Instance) and found.name.rpartition(".")[2] == "TypeVar"
    if is_variable or isinstance(found, External):
        told = generics.argument(inference, name, scope)
        if told != UNKNOWN or is_variable:
            return told
    if isinstance(found, External) and found.name in _SELF:
        return _own_kind(scope)
    if isinstance(found, External):
        is_known = "." in found.name or hasattr(builtins, found.name)
        return Instance(found.name) if is_known and found.name not in _ANYTHING else UNKNOWN
    # `Orders = list[Order]`: a module's name for a type is inferred as a value of it.
    return found if isinstance(found, Items | Query | Parts) else UNKNOWN
