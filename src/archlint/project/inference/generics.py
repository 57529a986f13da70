"""What the variables of generic classes stand for: `class Orders(Repository[Order])`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.inference.scopes import Scope
from archlint.project.symbols import ClassDefinition
from archlint.project.values import UNKNOWN, Instance, ProjectClass, Query, Value

if TYPE_CHECKING:
    from archlint.project.inference.inference import Inference
    from archlint.project.project import Project

_DECLARING = frozenset({"Generic", "Protocol"})


def variables(project: Project, definition: ClassDefinition) -> tuple[str, ...]:
    """Return the names of a class's type variables, in order: those of `Generic[…]`, else all that its bases name."""
    if not any(isinstance(base, ir.Subscript) for base in definition.row.bases):
        return ()
    found: list[str] = []
    for base in definition.row.bases:
        names = [name for name in (dotted(one) for one in _arguments(base)) if _is_variable(project, definition, name)]
        if dotted(_bare(base)).rpartition(".")[2] in _DECLARING:
            return tuple(names)
        found += [name for name in names if name not in found]
    return tuple(found)


def argument(inference: Inference, name: str, scope: Scope) -> Value:
    """Return what a type variable stands for where a method of a generic class runs, as an instance."""
    owner = scope.owner
    if owner is None:
        return UNKNOWN
    names = variables(inference.project, owner)
    if name not in names:
        return UNKNOWN
    receiver = scope.receiver
    if isinstance(receiver, Instance | ProjectClass):
        told = dict(receiver.arguments).get(name)
        if told is not None:
            return told
    concrete = receiver.definition if isinstance(receiver, Instance | ProjectClass | Query) else None
    if concrete is None or concrete is owner:
        return UNKNOWN
    return _inherited(inference, concrete, owner, names.index(name))


def _inherited(inference: Inference, concrete: ClassDefinition, owner: ClassDefinition, position: int) -> Value:
    for ancestor in inference.project.symbols.ancestors(concrete):
        if not isinstance(ancestor, ClassDefinition):
            continue
        for base in ancestor.row.bases:
            given = _arguments(base)
            if position < len(given) and _names(inference.project, ancestor, base) is owner:
                receiver = Instance(concrete.name, concrete)
                return inference.annotated(
                    given[position], Scope(ancestor.module, ancestor.row.start, ancestor, receiver=receiver)
                )
    return UNKNOWN


def _names(project: Project, definition: ClassDefinition, base: ir.Expr) -> object:
    return project.symbols.member(definition.module, dotted(_bare(base)).split("."))


def _is_variable(project: Project, definition: ClassDefinition, name: str) -> bool:
    found = project.symbols.member(definition.module, name.split("."))
    return name.isidentifier() and not isinstance(found, ClassDefinition) and name[:1].isupper()


def _bare(base: ir.Expr) -> ir.Expr:
    return base.value if isinstance(base, ir.Subscript) else base


def _arguments(base: ir.Expr) -> tuple[ir.Expr, ...]:
    if not isinstance(base, ir.Subscript):
        return ()
    return base.index.items if isinstance(base.index, ir.Collection) else (base.index,)
