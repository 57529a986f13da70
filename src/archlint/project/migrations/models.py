"""Which models of the project the functions of a migration use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.ir.module import Flag
from archlint.project.migrations.reading import heads_of
from archlint.project.symbols import ClassDefinition, Variable
from archlint.project.tree import assigned, expressions_in, statements_in

if TYPE_CHECKING:
    from archlint.project.migrations.migration import Migration
    from archlint.project.project import Project
    from archlint.project.symbols import Module

_OF_CLASS = frozenset({"DoesNotExist", "MultipleObjectsReturned", "__doc__", "__module__", "__name__", "_meta"})
"""Members that every model has, and that are none of its rows."""


class Use(msgspec.Struct, frozen=True):
    """Where a migration first uses a model that it imports."""

    module: Module
    start: int
    end: int
    model: ClassDefinition


def used_models(project: Project, migration: Migration) -> Iterator[Use]:
    """Yield the first use of each model that is defined elsewhere, in the functions of a migration."""
    module = migration.module
    if module is None:
        return
    seen: set[str] = set()
    for unit in module.facts.units:
        if not unit.flags & Flag.FUNCTION:
            continue
        chains = _chains(project.body(unit))
        members = {id(one.value): one.name for one in chains if isinstance(one, ir.Attribute)}
        for node in chains:
            found = _model(project, module, dotted(node), unit.start)
            if found is None or _is_constant(project, found, members.get(id(node), "")):
                continue
            if found.name not in seen:
                seen.add(found.name)
                yield Use(module, unit.start + node.start, unit.start + node.end, found)


def _chains(body: ir.Stmt) -> list[ir.Expr]:
    """Return the names that functions read, in the order of the source: annotations and what they assign left out."""
    pending, found = [body], []
    while pending:
        outer = pending.pop()
        block = outer.body if isinstance(outer, ir.Function | ir.Class) else (outer,)
        own = assigned(block)
        for statement in statements_in(block):
            if isinstance(statement, ir.Function | ir.Class):
                pending.append(statement)
            read = (one for top in heads_of(statement) for one in expressions_in(top))
            chains = (one for one in read if isinstance(one, ir.Name | ir.Attribute))
            found += [one for one in chains if dotted(one).partition(".")[0] not in own]
    return sorted(found, key=lambda one: (one.start, one.end))


def _model(project: Project, module: Module, name: str, at: int) -> ClassDefinition | None:
    """Return the model of another module that a name is, or None; a base without a table is none."""
    head = name.partition(".")[0]
    if module.import_at(head, at) is None:
        return None
    found = project.symbols.member(module, name.split("."), at=at)
    if not isinstance(found, ClassDefinition) or found.module is module:
        return None
    return found if project.orm_of(found) is not None and project.schema.model(found) is not None else None


def _is_constant(project: Project, model: ClassDefinition, member: str) -> bool:
    """Return whether a member of a model is none of its rows or columns: a class in it, a constant, what it is called.

    An empty name is the model itself.
    """
    if not member or member in _OF_CLASS:
        return bool(member)
    known = project.schema.model(model)
    fields = {one.name for one in known.fields} if known is not None else set()
    managers = {one.name for one in known.managers} if known is not None else set()
    if member in fields | managers or project.schema.relation(model, member) is not None:
        return False
    for one in project.symbols.mro(model):
        if isinstance(one, ClassDefinition):
            name = f"{one.row.name}.{member}"
            if name in one.module.classes:
                return True
            if name in one.module.variables:
                return _is_plain(project, one.module.variables[name])
    return False


def _is_plain(project: Project, variable: Variable) -> bool:
    """Return whether a name of a class is given something that no call makes: a query or a column is made by one."""
    bodies = [project.body(one) for one in variable.units]
    return all(
        isinstance(one, ir.Assign) and one.value is not None and not isinstance(one.value, ir.Call) for one in bodies
    )
