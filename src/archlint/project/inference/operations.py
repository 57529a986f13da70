"""What the language gives for an object: by iterating, slicing, subscripting, entering or testing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.inference import calls, displays, generics, members, shipped, symbolic
from archlint.project.inference.arguments import Arguments
from archlint.project.inference.scopes import Scope
from archlint.project.symbols import ClassDefinition
from archlint.project.values import (
    NOTHING,
    UNKNOWN,
    Bound,
    Choice,
    External,
    Instance,
    Items,
    Method,
    Parts,
    ProjectClass,
    ProjectFunction,
    Query,
    Stage,
    Symbol,
    Value,
    collection,
    has_fixed_size,
)

if TYPE_CHECKING:
    from archlint.project.inference.inference import Inference


def element(inference: Inference, value: Value) -> Value:
    """Return what iterating over a value yields."""
    if isinstance(value, Items):
        return value.element
    if isinstance(value, Parts):
        return displays.joined(inference, value.values)
    if isinstance(value, Query) and value.stage is not Stage.STATEMENT:
        return value.row()
    if isinstance(value, Symbol):
        return value.then("[]")
    if isinstance(value, Instance) and value.definition is not None:
        return _iterated(inference, value, value.definition)
    return value if value == NOTHING else UNKNOWN


def sliced(value: Value, limit: int | None) -> Value:
    """Return what `value[:limit]` gives."""
    if isinstance(value, Items):
        return replace(value, source=None)
    if isinstance(value, Query):
        return replace(value, bounded=True, limit=limit, is_here=False if value.is_here else value.is_here)
    return value.then("[:]") if isinstance(value, Symbol) else value


def subscript(inference: Inference, node: ir.Subscript, scope: Scope) -> Value:
    """Return what `value[…]` gives: a slice, a part, a value of a mapping, or an element."""
    base = inference.value(node.value, scope)
    if isinstance(node.index, ir.Slice):
        upper = node.index.upper
        is_number = isinstance(upper, ir.Constant) and type(upper.value) is int
        return sliced(base, upper.value if is_number else None)  # type: ignore[arg-type, union-attr]
    index = node.index.value if isinstance(node.index, ir.Constant) else None
    if isinstance(base, Parts):
        is_part = type(index) is int and -len(base.values) <= index < len(base.values)
        return base.values[int(index)] if is_part and index is not None else UNKNOWN
    if isinstance(base, ProjectClass):
        return _subscripted(inference, base, node, scope)
    if isinstance(base, Items) and base.values != UNKNOWN:
        is_one = isinstance(base.values, Choice) and isinstance(node.index, ir.Text)
        return UNKNOWN if is_one else base.values
    return inference.element(base)


def binary(inference: Inference, node: ir.Binary, scope: Scope) -> Value:
    """Return what two lists of a fixed size give together, or the path of a file of the code."""
    if node.op == "/":
        return shipped.joined(inference, node, scope)
    if node.op != "+":
        return UNKNOWN
    sides = inference.value(node.left, scope), inference.value(node.right, scope)
    if not all(map(has_fixed_size, sides)):
        return UNKNOWN
    return collection(displays.joined(inference, [element(inference, one) for one in sides]), is_constant=True)


def opened(inference: Inference, provider: Value, made_with: Arguments | None = None) -> Value:
    """Return what a provider gives to those who depend on it: what a generator yields, else its result.

    A provider that another function made may give what that one was made with.
    """
    if isinstance(provider, ProjectFunction | Bound):
        receiver = provider.receiver if isinstance(provider, Bound) else None
        value: Value = inference.memo.ask(
            "opened", provider.definition, symbolic.context(provider.definition, receiver)
        )
        maker = provider.definition.outer
        if maker is not None and made_with is not None:
            value = symbolic.substituted(
                inference, value, maker, lambda name: made_with.parameter(maker, name, is_bound=False)
            )
        return UNKNOWN if symbolic.mentions(value) else value
    if isinstance(provider, ProjectClass):
        return Instance(provider.definition.name, provider.definition)
    if isinstance(provider, Instance) and provider.definition is not None:
        found = members.implementation(inference, provider.definition, "__call__")
        return opened(inference, Bound(found, provider)) if found is not None else UNKNOWN
    return UNKNOWN


def entered(inference: Inference, node: ir.Expr, scope: Scope) -> Value:
    """Return what `with node as target` binds."""
    callee = inference.value(node.func, scope) if isinstance(node, ir.Call) else UNKNOWN
    if isinstance(callee, Method) and isinstance(callee.receiver, Instance) and callee.receiver.definition:
        found = members.implementation(inference, callee.receiver.definition, callee.name)
        callee = Bound(found, callee.receiver) if found is not None else callee
    if isinstance(callee, ProjectFunction | Bound):
        return inference.opened(callee)
    value = inference.value(node, scope)
    if isinstance(value, Instance) and value.definition is not None:
        for name in ("__enter__", "__aenter__"):
            found = members.implementation(inference, value.definition, name)
            if found is not None:
                return calls.project_result(inference, found, value, Arguments(inference))
    return value


def narrowed(inference: Inference, test: ir.Expr, scope: Scope) -> tuple[str, Value] | None:
    """Return the name that `isinstance(x, Order)` says more about, and what it is where the test holds."""
    if not isinstance(test, ir.Call) or dotted(test.func) != "isinstance" or len(test.args) != 2:  # noqa: PLR2004
        return None
    subject, kind = test.args
    found = inference.value(kind, scope)
    if not isinstance(subject, ir.Name) or not isinstance(found, ProjectClass | External):
        return None
    if isinstance(scope.names.get(subject.id), Query):
        return None  # `isinstance(rows, QuerySet)` says less than what is known
    is_class = isinstance(found, ProjectClass)
    return subject.id, Instance(found.definition.name, found.definition) if is_class else Instance(found.name)  # type: ignore[union-attr]


def _iterated(inference: Inference, value: Instance, definition: ClassDefinition) -> Value:
    """Return what an object of the project yields: what its `__iter__` gives, or the `__next__` of that."""
    found = members.implementation(inference, definition, "__iter__")
    iterator = inference.returned(found, value) if found is not None else value
    if not isinstance(iterator, Instance):
        return inference.element(iterator)
    following = members.implementation(inference, iterator.definition, "__next__") if iterator.definition else None
    return inference.returned(following, iterator) if following is not None else UNKNOWN


def _subscripted(inference: Inference, base: ProjectClass, node: ir.Subscript, scope: Scope) -> Value:
    names = generics.variables(inference.project, base.definition)
    given = node.index.items if isinstance(node.index, ir.Collection) else (node.index,)
    told = ((name, inference.annotated(one, scope)) for name, one in zip(names, given, strict=False))
    return replace(base, arguments=tuple(sorted(pair for pair in told if pair[1] != UNKNOWN)))
