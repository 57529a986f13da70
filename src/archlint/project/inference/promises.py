"""What annotations promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
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
    Value,
)

if TYPE_CHECKING:
    from archlint.project.inference.inference import Inference

_WRAPPERS = frozenset({"Annotated", "Awaitable", "ClassVar", "Final", "Mapped", "Optional", "Required", "NotRequired"})
_OPENED = frozenset({"AbstractAsyncContextManager", "AbstractContextManager", "AsyncContextManager", "ContextManager"})
ITERATORS = frozenset({"AsyncGenerator", "AsyncIterator", "Generator", "Iterator"})
_COLLECTIONS = ITERATORS | {
    "AsyncIterable", "Collection", "FrozenSet", "Iterable", "List", "MutableSequence", "Sequence", "Set", "deque",
    "frozenset", "list", "set",
}  # fmt: skip
_QUERYSETS = frozenset({"BaseManager", "Manager", "QuerySet", "RelatedManager"})
_NONE = frozenset({"None", "NoneType"})


def annotated(inference: Inference, node: ir.Expr | None, scope: Scope) -> Value:
    """Return what a value with an annotation is."""
    if isinstance(node, ir.Subscript):
        return _subscript(inference, node, scope)
    if isinstance(node, ir.Binary) and node.op == "|":
        sides = [side for side in (node.left, node.right) if not isinstance(side, ir.Constant)]
        return inference.annotated(sides[0], scope) if len(sides) == 1 else UNKNOWN
    if isinstance(node, ir.Name | ir.Attribute):
        return _instance_of(inference.value(node, scope))
    return UNKNOWN


def bind_parameters(inference: Inference, function: ir.Function, scope: Scope, owner: ClassDefinition | None) -> None:
    """Bind the parameters of a function in its scope; `owner` is the class of a method."""
    for index, parameter in enumerate(function.parameters):
        scope.names[parameter.name] = _parameter(inference, parameter, scope)
        if index == 0 and owner is not None and parameter.annotation is None:
            decorators = {dotted(decorator) for decorator in function.decorators}
            if "classmethod" in decorators:
                scope.names[parameter.name] = ProjectClass(owner)
            elif "staticmethod" not in decorators:
                scope.names[parameter.name] = Instance(owner.name, owner)


def class_alias(inference: Inference, node: ir.Subscript, scope: Scope) -> Value:
    """Return what `SessionDep = Annotated[Session, Depends(get_session)]` stands for in annotations."""
    instance = inference.annotated(node, scope)
    if isinstance(instance, Instance):
        return ProjectClass(instance.definition) if instance.definition else External(instance.name)
    return UNKNOWN


def _parameter(inference: Inference, parameter: ir.Parameter, scope: Scope) -> Value:
    if parameter.kind == "starstar":  # its names are written in the source of those who call
        return Items(UNKNOWN, is_constant=True)
    if parameter.kind == "star":
        return UNKNOWN
    promised = inference.annotated(parameter.annotation, scope)
    return _injected(inference, parameter.default, scope) if promised == UNKNOWN else promised


def _injected(inference: Inference, default: ir.Expr | None, scope: Scope) -> Value:
    """Return what FastAPI passes for `= Depends(provider)`."""
    if not isinstance(default, ir.Call) or not default.args:
        return UNKNOWN
    if dotted(default.func).rpartition(".")[2] not in ("Depends", "Security"):
        return UNKNOWN
    return inference.opened(inference.value(default.args[0], scope))


def _subscript(  # noqa: PLR0911 - one answer a kind of type
    inference: Inference, node: ir.Subscript, scope: Scope
) -> Value:
    name = dotted(node.value).rpartition(".")[2]
    arguments = node.index.items if isinstance(node.index, ir.Collection) and node.index.items else (node.index,)
    if name in _WRAPPERS or name in _OPENED:
        return inference.annotated(arguments[0], scope)
    if name in _COLLECTIONS:
        return Items(inference.annotated(arguments[0], scope))
    if name in ("tuple", "Tuple"):
        return _tuple(inference, arguments, scope)
    if name == "Union":
        left = [one for one in arguments if not isinstance(one, ir.Constant) and dotted(one) not in _NONE]
        return inference.annotated(left[0], scope) if len(left) == 1 else UNKNOWN
    if name == "Coroutine":
        return inference.annotated(arguments[-1], scope)
    row = inference.annotated(arguments[0], scope) if name in _QUERYSETS else UNKNOWN
    if isinstance(row, Instance):
        return Query("django", row.name, Stage.LAZY, row.definition, filtered=True, bounded=True)
    return inference.annotated(node.value, scope)


def _tuple(inference: Inference, arguments: tuple[ir.Expr, ...], scope: Scope) -> Value:
    if any(isinstance(one, ir.Opaque) for one in arguments):  # `tuple[Order, ...]`
        return Items(inference.annotated(arguments[0], scope))
    return Parts(tuple(inference.annotated(one, scope) for one in arguments))


def _instance_of(found: Value) -> Value:
    if isinstance(found, ProjectClass):
        return Instance(found.definition.name, found.definition)
    return Instance(found.name) if isinstance(found, External) else UNKNOWN
