"""What an expression gives that takes one of several values: `given or Default()`, `a if test else b`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.project.inference.scopes import Scope
from archlint.project.symbols import ClassDefinition
from archlint.project.values import UNKNOWN, Instance, Query, Symbol, Value, join

if TYPE_CHECKING:
    from archlint.project.inference.inference import Inference


def boolean(inference: Inference, node: ir.Boolean, scope: Scope) -> Value:
    """Return what `a or b` and `a and b` give."""
    value = inference.value(node.values[0], scope)
    for other in node.values[1:]:
        value = either(inference, value, inference.value(other, scope))
    return value


def conditional(inference: Inference, node: ir.Conditional, scope: Scope) -> Value:
    """Return what `a if test else b` gives."""
    return either(inference, inference.value(node.body, scope), inference.value(node.orelse, scope))


def either(inference: Inference, first: Value, second: Value) -> Value:
    """Return what holds for either of two values, one of which may stand in for the other."""
    joined = join(first, second)
    if joined != UNKNOWN:
        return joined
    for given, default in ((first, second), (second, first)):
        if isinstance(default, Query) and isinstance(given, Symbol) and _is_optional(given):
            return replace(default, origin=given, loads_all=True)  # rows that the caller may have chosen
        if isinstance(default, Instance) and default.definition is not None:
            found = _defaulted(inference, given, default, default.definition)
            if found is not None:
                return replace(found, creation=None, arguments=())
    return UNKNOWN


def _defaulted(inference: Inference, given: Value, default: Instance, kind: ClassDefinition) -> Instance | None:
    """Return what either of two values is: what is given, or an object of a class that stands in for it."""
    if inference.project.orm_of(kind) is not None:
        return None  # rows differ in what was loaded with them
    if isinstance(given, Symbol):
        return default if _is_optional(given) else None
    if not isinstance(given, Instance) or given.definition is None:
        return None
    for one in (kind, given.definition):
        inference.reads(one.module, one.row.name)
    symbols = inference.project.symbols
    is_above = given.definition in symbols.mro(kind) or symbols.hierarchy.is_protocol(given.definition)
    return given if is_above else None


def _is_optional(symbol: Symbol) -> bool:
    """Return whether a parameter may be left out, so that what stands in for it says what is meant."""
    rows = symbol.owner.row.parameters if not symbol.operations else ()
    default = next((one.default for one in rows if one.name == symbol.parameter), None)
    return isinstance(default, ir.Constant) and default.value is None
