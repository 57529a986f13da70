"""The relations of Django's models, seen from the model that declares them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.project.schema.declarations import Declaration
from archlint.project.schema.model import Relation, RelationKind
from archlint.project.schema.names import lower_name
from archlint.project.symbols import ClassDefinition

if TYPE_CHECKING:
    from archlint.project.schema.django import Django

_HIDDEN = "+"


def local_relations(reader: Django, definition: ClassDefinition) -> tuple[Relation, ...]:
    """Return the relations that a model declares in its own table; `remote_name` is "" where there is no way back."""
    local = reader.local(definition)
    found = [_relation(reader, definition, one) for one in local] + [_added(reader, definition, one) for one in local]
    return tuple(one for one in found if one is not None)


def _added(reader: Django, definition: ClassDefinition, one: Declaration) -> Relation | None:
    """Return the generic relation that a field adds to its model beside itself, or None."""
    row = reader.declarations.relations.get(one.base)
    between = reader.targets.between(one, definition) if row is not None and row.adds else ""
    if row is None or not isinstance(between, ClassDefinition):
        return None
    kind, owner = RelationKind.GENERIC_RELATION, one.owner or definition
    return Relation(row.adds, kind, True, between, between.name, owner, one.place, query_name=lower_name(definition))


def _relation(reader: Django, definition: ClassDefinition, one: Declaration) -> Relation | None:
    row = reader.declarations.relations.get(one.base)
    if row is None:
        return None
    kind = RelationKind(row.kind)
    if kind is RelationKind.GENERIC_FOREIGN_KEY:
        return _generic(reader, definition, one)
    target, name = reader.targets.of(one, definition)
    points = kind in (RelationKind.FOREIGN_KEY, RelationKind.ONE_TO_ONE)
    remote = _remote(reader, definition, one, kind)
    return Relation(
        one.name,
        kind,
        row.many,
        target,
        name,
        one.owner or definition,
        one.place,
        one.flag("null") is True and points,
        f"{one.name}_id" if points else "",
        remote,
        reader.declarations.text(one, "related_query_name") or remote or lower_name(definition),
        _through(reader, definition, one, kind),
        sets_known_parent=kind is RelationKind.ONE_TO_ONE,
        target_field=_target_field(reader, one),
    )


def _target_field(reader: Django, one: Declaration) -> str:
    """Return the field that a foreign key holds, "" where it is the primary key, `?` where nobody can read it."""
    given = one.words.get("to_field")
    if given is None or _is_none(given):
        return ""
    return reader.declarations.text(one, "to_field") or "?"


def _generic(reader: Django, definition: ClassDefinition, one: Declaration) -> Relation:
    kind_name = _argument(reader, one, 0, "ct_field") or "content_type"
    key_name = _argument(reader, one, 1, "fk_field") or "object_id"
    kind_field = next((field for field in reader.local(definition) if field.name == kind_name), None)
    return Relation(
        one.name,
        RelationKind.GENERIC_FOREIGN_KEY,
        many=False,
        source=one.owner or definition,
        place=one.place,
        nullable=kind_field is not None and kind_field.flag("null") is True,
        id_attribute=key_name,
    )


def _argument(reader: Django, one: Declaration, index: int, word: str) -> str | None:
    given = one.arguments[index] if len(one.arguments) > index else None
    return given.value if isinstance(given, ir.Text) else reader.declarations.text(one, word)


def _remote(reader: Django, definition: ClassDefinition, one: Declaration, kind: RelationKind) -> str:
    """Return the attribute that the other end gets, or "" where it gets none."""
    if kind is RelationKind.GENERIC_RELATION:
        return ""
    given = reader.declarations.text(one, "related_name")
    if given is None and "related_name" in one.words and not _is_none(one.words["related_name"]):
        return ""  # written, but not as a text that can be read
    if given is None and kind is RelationKind.MANY_TO_MANY and _is_symmetrical(reader, definition, one):
        return ""
    given = given or reader.metas.text(reader.options(definition), "default_related_name")
    if given is None:
        name = lower_name(definition)
        return name if kind is RelationKind.ONE_TO_ONE else f"{name}_set"
    return "" if given.endswith(_HIDDEN) else _filled(reader, definition, given)


def _filled(reader: Django, definition: ClassDefinition, name: str) -> str:
    lowered = lower_name(definition)
    for hole, value in (("class", lowered), ("model_name", lowered), ("app_label", reader.label(definition).lower())):
        name = name.replace(f"%({hole})s", value)
    return name


def _is_symmetrical(reader: Django, definition: ClassDefinition, one: Declaration) -> bool:
    target, _ = reader.targets.of(one, definition)
    return target is definition and one.flag("symmetrical") is not False


def _is_none(node: ir.Expr) -> bool:
    return isinstance(node, ir.Constant) and node.value is None


def _through(reader: Django, definition: ClassDefinition, one: Declaration, kind: RelationKind) -> str:
    """Return the name of the model between, or of the table that Django makes for it."""
    if kind is not RelationKind.MANY_TO_MANY:
        return ""
    if "through" in one.words:
        found = reader.targets.between(one, definition)
        return found.name if isinstance(found, ClassDefinition) else found
    if reader.declarations.relations[one.base].to:
        return ""
    return reader.declarations.text(one, "db_table") or f"{reader.table(definition)}_{one.name}"


def reversed_relation(one: Relation, definition: ClassDefinition) -> Relation:
    """Return what the other end of a relation of a model is."""
    kind = RelationKind(f"reverse_{one.kind.value}")
    is_one = kind is RelationKind.REVERSE_ONE_TO_ONE
    return Relation(
        one.remote_name,
        kind,
        not is_one,
        definition,
        definition.name,
        one.source,
        one.place,
        nullable=is_one,
        remote_name=one.name,
        query_name=one.query_name,
        through=one.through,
        sets_known_parent=kind is not RelationKind.REVERSE_MANY_TO_MANY,
    )
