"""Models of Peewee."""

from __future__ import annotations

import re

from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.project.schema.copying import CopyingReader
from archlint.project.schema.declarations import Declaration
from archlint.project.schema.model import Constraint, Field, Index, Model, Relation, RelationKind
from archlint.project.symbols import ClassDefinition

_BACKREF_ARGUMENT = 2
_HIDDEN = frozenset({"+", "!"})
_KEYS = frozenset({"AutoField", "BigAutoField", "IdentityField", "PrimaryKeyField"})
_FIRST_WORD = re.compile("(.)_*([A-Z][a-z]+)")
_NEXT_WORD = re.compile("([a-z0-9])_*([A-Z])")


class Peewee(CopyingReader):
    """Reads models of Peewee."""

    orm = "peewee"

    def is_abstract(self, definition: ClassDefinition) -> bool:
        """Return whether a model declares nothing but how its heirs reach the database."""
        return not self.local(definition)

    def table(self, definition: ClassDefinition) -> str:
        """Return the name of a model's table, "" for one that is only inherited from."""
        if self.is_abstract(definition):
            return ""
        given = self.option_text(definition, "table_name", "db_table")
        name = definition.row.name.rpartition(".")[2]
        flags = (self.option_flag(one, "legacy_table_names") for one in self.names.classes(definition))
        if given is not None or next((one for one in flags if one is not None), True):
            return given or name.lower()
        return _NEXT_WORD.sub(r"\1_\2", _FIRST_WORD.sub(r"\1_\2", name)).lower()

    def model(self, definition: ClassDefinition) -> Model:
        """Return what is known of a model."""
        table = self.table(definition)
        fields = tuple(one for one in (self._field(each, table) for each in self.local(definition)) if one is not None)
        columns = {one.name: one.column for one in fields}
        composite = self._composite(definition)
        if composite:
            fields = tuple(replace(one, primary_key=one.name in composite) for one in fields)
        elif table and not any(one.primary_key for one in fields) and self._option(definition) is None:
            key = Field("id", "id", "peewee.AutoField", table, unique=True, primary_key=True, type="integer")
            fields = (key, *fields)
        return Model(
            definition,
            self.orm,
            table,
            is_abstract=not table,
            fields=fields,
            indexes=tuple(one for one in self._indexes(definition, columns) if not one.unique),
            constraints=tuple(
                Constraint("unique", one.columns, place=one.place)
                for one in self._indexes(definition, columns)
                if one.unique
            ),
        )

    def local_relations(self, definition: ClassDefinition) -> tuple[Relation, ...]:
        """Return the relations that a model declares."""
        found = []
        for one in self.local(definition):
            row = self.declarations.relations.get(one.base)
            if row is not None:
                target = self._target(one, definition)
                kind = RelationKind(row.kind)
                points = kind is RelationKind.FOREIGN_KEY
                found.append(
                    Relation(
                        one.name,
                        kind,
                        row.many,
                        target,
                        target.name if target is not None else "",
                        one.owner or definition,
                        one.place,
                        one.flag("null") is True,
                        self._id_attribute(one) if points else "",
                        self._backref(one, definition),
                    )
                )
        return tuple(found)

    def reversed(self, relation: Relation, definition: ClassDefinition) -> Relation:
        """Return what the other end of a relation of a model is."""
        return Relation(
            relation.remote_name,
            RelationKind(f"reverse_{relation.kind.value}"),
            many=True,
            target=definition,
            target_name=definition.name,
            source=relation.source,
            place=relation.place,
            remote_name=relation.name,
            through=relation.through,
        )

    def _field(self, one: Declaration, table: str) -> Field | None:
        row = self.declarations.relations.get(one.base)
        if row is not None and row.many:
            return None
        key = one.flag("primary_key") is True or one.base.rpartition(".")[2] in _KEYS
        indexed = one.flag("index")
        target = self._target(one, one.owner) if row is not None and one.owner is not None else None
        return Field(
            one.name,
            self._column(one),
            one.kind,
            table,
            one.flag("null") is True,
            key or one.flag("unique") is True,
            row is not None if indexed is None else indexed,
            key,
            "default" in one.words,
            max_length=self.declarations.number(one, "max_length"),
            references=target.name if target is not None else "",
            owner=one.owner,
            place=one.place,
            type=self.declarations.type_of(one),
        )

    def _column(self, one: Declaration) -> str:
        given = self.declarations.text(one, "column_name") or self.declarations.text(one, "db_column")
        points = one.base in self.declarations.relations
        return given or (one.name if not points or one.name.endswith("_id") else f"{one.name}_id")

    def _id_attribute(self, one: Declaration) -> str:
        given = self.declarations.text(one, "object_id_name") or self._column(one)
        return f"{given}_id" if given == one.name else given

    def _target(self, one: Declaration, definition: ClassDefinition) -> ClassDefinition | None:
        node = one.arguments[0] if one.arguments else one.words.get("model", one.words.get("rel_model"))
        if isinstance(node, ir.Text):
            if node.value == "self":
                return definition
            found = [each for each in self.names.mapped(self.orm) if each.row.name == node.value]
            return found[0] if len(found) == 1 else None
        resolved = self.names.resolved(node, one.module) if node is not None and one.module is not None else ""
        return resolved if isinstance(resolved, ClassDefinition) else None

    def _backref(self, one: Declaration, definition: ClassDefinition) -> str:
        index = _BACKREF_ARGUMENT if self.declarations.relations[one.base].kind == "foreign_key" else 1
        given = one.arguments[index] if len(one.arguments) > index else None
        text = given.value if isinstance(given, ir.Text) else None
        text = text or self.declarations.text(one, "backref") or self.declarations.text(one, "related_name")
        if text is None:
            suffix = "s" if self.declarations.relations[one.base].many else "_set"
            return f"{definition.row.name.rpartition('.')[2].lower()}{suffix}"
        return "" if text in _HIDDEN else text

    def _option(self, definition: ClassDefinition) -> ir.Expr | None:
        for one in self.names.classes(definition):
            option = self.own_options(one).get("primary_key")
            if option is not None:
                return option.value
        return None

    def _composite(self, definition: ClassDefinition) -> frozenset[str]:
        """Return the fields of `primary_key = CompositeKey("a", "b")`."""
        value = self._option(definition)
        names = value.args if isinstance(value, ir.Call) else ()
        return frozenset(one.value for one in names if isinstance(one, ir.Text))

    def _indexes(self, definition: ClassDefinition, columns: dict[str, str]) -> list[Index]:
        """Return what `Meta.indexes` lists: pairs of fields and whether they are unique."""
        found = []
        for one in self.names.classes(definition):
            for item, place in self.option_items(one, "indexes"):
                parts = self.names.items(item, place.module)
                if len(parts) == 2:  # noqa: PLR2004 - the fields, and whether they are unique
                    names = self.names.texts(parts[0], place.module)
                    unique = isinstance(parts[1], ir.Constant) and parts[1].value is True
                    found.append(Index(tuple(columns.get(name, name) for name in names), unique=unique, place=place))
        return found
