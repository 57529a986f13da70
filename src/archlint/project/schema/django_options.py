"""The indexes and constraints that `class Meta` declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.schema.meta import Options
from archlint.project.schema.model import Constraint, Index, Place
from archlint.project.schema.names import lower_name
from archlint.project.symbols import ClassDefinition, Module
from archlint.project.tree import same_text

if TYPE_CHECKING:
    from archlint.project.schema.django import Django

_UNIQUE = "UniqueConstraint"
_CHECK = "CheckConstraint"
_EXCLUSION = "ExclusionConstraint"
_NAMING = frozenset({"fields", "name", "violation_error_code", "violation_error_message"})


def indexes_of(
    reader: Django, definition: ClassDefinition, options: Options, columns: Mapping[str, str]
) -> tuple[Index, ...]:
    """Return the indexes of `Meta.indexes` and `Meta.index_together`."""
    found = []
    for call, place in _calls(reader, options, "indexes"):
        words = {word.name: word.value for word in call.keywords}
        name = _name(reader, words.get("name"), place.module, definition)
        names = _columns(reader, words.get("fields"), place, columns)
        found.append(_index(call, names, name, place, _descending(reader, words.get("fields"), place, columns)))
    for ancestor in reader.names.line(definition):
        row = reader.declarations.library.get(ancestor) if isinstance(ancestor, str) else None
        found += [Index(tuple(columns.get(name, name) for name in names)) for names in (row.indexes if row else ())]
    found += [Index(names, place=place) for names, place in _together(reader, options, "index_together", columns)]
    return tuple(found)


def constraints_of(
    reader: Django, definition: ClassDefinition, options: Options, columns: Mapping[str, str]
) -> tuple[Constraint, ...]:
    """Return the constraints of `Meta.constraints` and `Meta.unique_together`."""
    found = []
    for call, place in _calls(reader, options, "constraints"):
        words = {word.name: word.value for word in call.keywords}
        kind = _kind(dotted(call.func).rpartition(".")[2])
        name = _name(reader, words.get("name"), place.module, definition)
        names = _columns(reader, words.get("fields"), place, columns) if kind == "unique" else ()
        is_partial = kind != "check" and "condition" in words
        found.append(Constraint(kind, names, name, is_partial=is_partial, place=place, variant=_variant(call)))
    for names, place in _together(reader, options, "unique_together", columns):
        found.append(Constraint("unique", names, place=place))
    return tuple(found)


def _index(call: ir.Call, names: tuple[str, ...], name: str, place: Place, descending: frozenset[str]) -> Index:
    kind = dotted(call.func).rpartition(".")[2]
    method = kind.removesuffix("Index").lower()
    is_partial = any(word.name == "condition" for word in call.keywords)
    variant = _variant(call)
    return Index(names, name, False, is_partial, place, "" if method == "btree" else method, descending, variant)


def _variant(call: ir.Call) -> str:
    """Return what tells an index or constraint from another one over the same columns: conditions, expressions, …."""
    words = [f"{word.name}={same_text(word.value)}" for word in call.keywords if word.name not in _NAMING]
    return ", ".join([*sorted(words), *[same_text(one) for one in call.args]])


def _descending(reader: Django, node: ir.Expr | None, place: Place, columns: Mapping[str, str]) -> frozenset[str]:
    names = (name for name in reader.names.texts(node, place.module) if name.startswith("-"))
    return frozenset(columns.get(name[1:], name[1:]) for name in names)


def _kind(name: str) -> str:
    return {_UNIQUE: "unique", _CHECK: "check", _EXCLUSION: "exclusion"}.get(name, "check")


def _calls(reader: Django, options: Options, name: str) -> Iterator[tuple[ir.Call, Place]]:
    for item, place in reader.metas.items(options, name):
        if isinstance(item, ir.Call):
            yield item, Place(place.module, place.unit, item)


def _together(
    reader: Django, options: Options, name: str, columns: Mapping[str, str]
) -> Iterator[tuple[tuple[str, ...], Place]]:
    """Yield the columns of `unique_together`: of several lists, or of the only one, which need not be in another."""
    items = reader.metas.items(options, name)
    if items and all(isinstance(item, ir.Text) for item, _ in items):
        place = items[0][1]
        yield tuple(columns.get(item.value, item.value) for item, _ in items if isinstance(item, ir.Text)), place
        return
    for item, place in items:
        yield _columns(reader, item, place, columns), Place(place.module, place.unit, item)


def _columns(reader: Django, node: ir.Expr | None, place: Place, columns: Mapping[str, str]) -> tuple[str, ...]:
    names = (name.removeprefix("-") for name in reader.names.texts(node, place.module))
    return tuple(columns.get(name, name) for name in names)


def _name(reader: Django, node: ir.Expr | None, module: Module, definition: ClassDefinition) -> str:
    text = reader.names.text(node, module) or ""
    lowered = lower_name(definition)
    return text.replace("%(app_label)s", reader.label(definition).lower()).replace("%(class)s", lowered)
