"""Rows that views, forms and filters give, by the model that their class names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.knowledge.django_rows import RowHolder
from archlint.project.inference import members, narrowing
from archlint.project.inference.arguments import Arguments
from archlint.project.inference.scopes import Scope
from archlint.project.symbols import ClassDefinition
from archlint.project.tree import nested_class
from archlint.project.values import UNKNOWN, Instance, Literal, ProjectClass, Query, Stage, Value

if TYPE_CHECKING:
    from archlint.project.inference.inference import Inference

QUERY_OF_VIEW = "get_queryset"
_IN_META = "Meta."


def attribute(inference: Inference, definition: ClassDefinition, name: str) -> Value:
    """Return what an attribute of an instance is that a library's base class sets: `self.object`.

    Of a view that names its model, the query that it may have named instead is None, and the other way round.
    """
    holder = _holder(inference, definition)
    if holder is not None and name in holder.models and holder.query_methods:
        return Literal(None) if _named(inference, definition, holder) is not None else UNKNOWN
    if holder is None or name not in holder.rows | holder.queries:
        return UNKNOWN
    query = _query(inference, definition, holder)
    if query is not None and not holder.query_methods and name in holder.queries:
        query = narrowing.limited(query)  # what a filter leaves is for the client to say
    return _given(query, is_row=name in holder.rows)


def result(
    inference: Inference, definition: ClassDefinition, name: str, arguments: Arguments, *, is_overridden: bool = True
) -> Value:
    """Return what a method gives that a class has of a library: `self.get_object()`.

    `is_overridden` says that what the class itself makes of the query of a view counts; for `super()` it does not.
    """
    holder = _holder(inference, definition)
    if holder is None or name not in holder.row_methods | holder.query_methods | holder.alike:
        return UNKNOWN
    if name in holder.alike:
        return arguments.value(0)
    query = _query(inference, definition, holder, is_overridden=is_overridden)
    return _given(query, is_row=name in holder.row_methods)


def _given(query: Query | None, *, is_row: bool) -> Value:
    if query is None:
        return UNKNOWN
    return query.row() if is_row else replace(query, stage=Stage.LAZY)


def _holder(inference: Inference, definition: ClassDefinition) -> RowHolder | None:
    knowledge = inference.project.knowledge
    libraries = [one for one in inference.project.symbols.ancestors(definition) if isinstance(one, str)]
    return next((row for row in map(knowledge.row_holder, libraries) if row is not None), None)


def _query(
    inference: Inference, definition: ClassDefinition, holder: RowHolder, *, is_overridden: bool = True
) -> Query | None:
    """Return the query of all rows: what the class makes of it, else all rows of the model that it names.

    Where it makes something of it that cannot be read, these are some rows of that model, with who knows what loaded.
    """
    own = members.implementation(inference, definition, QUERY_OF_VIEW)
    if own is None or not is_overridden or QUERY_OF_VIEW not in holder.query_methods:
        return _named(inference, definition, holder)
    found = inference.returned(own, Instance(definition.name, definition))
    if isinstance(found, Query):
        return found
    named = _named(inference, definition, holder)
    return replace(narrowing.limited(named), filtered=True, loads_all=True) if named is not None else None


def _named(inference: Inference, definition: ClassDefinition, holder: RowHolder) -> Query | None:
    """Return all rows of the model, or of the query, that the class names."""
    for name in holder.models:
        in_meta = name.removeprefix(_IN_META)
        value = (
            members.attribute(inference, ProjectClass(definition), name)
            if in_meta == name
            else _set_in_meta(inference, definition, in_meta)
        )
        if isinstance(value, Query):
            return value
        if isinstance(value, ProjectClass) and inference.project.orm_of(value.definition) is not None:
            return Query("django", value.definition.name, Stage.LAZY, value.definition)
    return None


def _set_in_meta(inference: Inference, definition: ClassDefinition, name: str) -> Value:
    """Return what `class Meta` of a class, or of the nearest ancestor that has one, sets an option to."""
    for ancestor in inference.project.symbols.ancestors(definition):
        meta = (
            ancestor.module.classes.get(f"{ancestor.row.name}.Meta") if isinstance(ancestor, ClassDefinition) else None
        )
        if meta is not None:
            inference.reads(meta.module, meta.row.name)
            return next(_assigned(inference, meta, name), UNKNOWN)
    return UNKNOWN


def _assigned(inference: Inference, owner: ClassDefinition, name: str) -> Iterator[Value]:
    """Yield what the body of a class in a class sets a name to."""
    for index in owner.row.units:
        unit = owner.module.facts.units[index]
        inference.reads_body(owner.module, unit)
        path = owner.row.name.removeprefix(f"{unit.owner}.").split(".")
        found = nested_class(inference.project.body(unit), path)
        for statement in found.body if found is not None else ():
            is_set = isinstance(statement, ir.Assign) and any(dotted(one) == name for one in statement.targets)
            if is_set and isinstance(statement, ir.Assign) and statement.value is not None:
                yield inference.value(statement.value, Scope(owner.module, unit.start))
