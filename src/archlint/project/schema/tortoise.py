"""Models of Tortoise ORM."""

from __future__ import annotations

from archlint.ir import nodes as ir
from archlint.project.schema.copying import CopyingReader
from archlint.project.schema.declarations import Declaration
from archlint.project.schema.model import Constraint, Field, Index, Model, Relation, RelationKind
from archlint.project.symbols import ClassDefinition, Module

_POINTING = frozenset({"foreign_key", "one_to_one"})


class Tortoise(CopyingReader):
    """Reads models of Tortoise ORM."""

    orm = "tortoise"

    def is_abstract(self, definition: ClassDefinition) -> bool:
        """Return whether a model has no table and is only there to inherit from."""
        return self.option_flag(definition, "abstract") is True

    def table(self, definition: ClassDefinition) -> str:
        """Return the name of a model's table, "" for an abstract one."""
        if self.is_abstract(definition):
            return ""
        return self.option_text(definition, "table") or definition.row.name.rpartition(".")[2].lower()

    def model(self, definition: ClassDefinition) -> Model:
        """Return what is known of a model."""
        table = self.table(definition)
        fields = tuple(one for one in (self._field(each, table) for each in self.local(definition)) if one is not None)
        columns = {one.name: one.column for one in fields}
        if table and not any(one.primary_key for one in fields):
            key = Field("id", "id", "tortoise.fields.IntField", table, unique=True, primary_key=True, type="integer")
            fields = (key, *fields)
        return Model(
            definition,
            self.orm,
            table,
            self.option_text(definition, "app") or "",
            self.is_abstract(definition),
            ordering=self._ordering(definition),
            fields=fields,
            indexes=tuple(Index(names) for names in self._together(definition, "indexes", columns)),
            constraints=tuple(
                Constraint("unique", names) for names in self._together(definition, "unique_together", columns)
            ),
        )

    def local_relations(self, definition: ClassDefinition) -> tuple[Relation, ...]:
        """Return the relations that a model declares."""
        found = (self._relation(one, definition) for one in self.local(definition))
        return tuple(one for one in found if one is not None)

    def reversed(self, relation: Relation, definition: ClassDefinition) -> Relation:
        """Return what the other end of a relation of a model is."""
        kind = RelationKind(f"reverse_{relation.kind.value}")
        is_one = kind is RelationKind.REVERSE_ONE_TO_ONE
        return Relation(
            relation.remote_name,
            kind,
            not is_one,
            definition,
            definition.name,
            relation.source,
            relation.place,
            nullable=is_one,
            remote_name=relation.name,
            through=relation.through,
        )

    def _relation(self, one: Declaration, definition: ClassDefinition) -> Relation | None:
        row = self.declarations.relations.get(one.base)
        if row is None:
            return None
        target = self._target(one, definition)
        points = row.kind in _POINTING
        return Relation(
            one.name,
            RelationKind(row.kind),
            row.many,
            target,
            target.name if target is not None else "",
            one.owner or definition,
            one.place,
            one.flag("null") is True,
            f"{one.name}_id" if points else "",
            self._remote(one, definition),
            through="" if points else self._between(one, definition, target),
        )

    def _target(self, one: Declaration, definition: ClassDefinition) -> ClassDefinition | None:
        """Return the model that `app.Model` names; the app is a name of the configuration, so the class decides."""
        node = one.arguments[0] if one.arguments else one.words.get("to", one.words.get("model_name"))
        if one.module is None or node is None:
            return None
        text = self.names.text(node, one.module)
        if text is None:
            resolved = self.names.resolved(node, one.module)
            return resolved if isinstance(resolved, ClassDefinition) else None
        name = text.rpartition(".")[2]
        if name == "self":
            return definition
        found = [each for each in self.names.mapped(self.orm) if each.row.name == name]
        return found[0] if len(found) == 1 else None

    def _remote(self, one: Declaration, definition: ClassDefinition) -> str:
        given = one.words.get("related_name")
        if isinstance(given, ir.Constant) and given.value is False:
            return ""
        return self.declarations.text(one, "related_name") or f"{self.table(definition)}s"

    def _between(self, one: Declaration, definition: ClassDefinition, target: ClassDefinition | None) -> str:
        given = self.declarations.text(one, "through")
        return given or (f"{self.table(definition)}_{self.table(target)}" if target is not None else "")

    def _field(self, one: Declaration, table: str) -> Field | None:
        row = self.declarations.relations.get(one.base)
        if row is not None and row.kind not in _POINTING:
            return None
        target = self._target(one, one.owner) if row is not None and one.owner is not None else None
        key = one.flag("pk") is True or one.flag("primary_key") is True
        given = self.declarations.text(one, "source_field") or self.declarations.text(one, "db_column")
        return Field(
            one.name,
            given or (f"{one.name}_id" if row is not None else one.name),
            one.kind,
            table,
            one.flag("null") is True,
            key or one.flag("unique") is True or (row is not None and row.kind == "one_to_one"),
            one.flag("index") is True or one.flag("db_index") is True,
            key,
            "default" in one.words or "db_default" in one.words,
            max_length=self._length(one),
            references=target.name if target is not None else "",
            owner=one.owner,
            place=one.place,
            type=self.declarations.type_of(one),
        )

    def _length(self, one: Declaration) -> int | None:
        first = one.arguments[0] if one.arguments and one.base.endswith("CharField") else None
        given = first.value if isinstance(first, ir.Constant) else None
        return given if type(given) is int else self.declarations.number(one, "max_length")

    def _ordering(self, definition: ClassDefinition) -> tuple[str, ...]:
        items = self.option_items(definition, "ordering")
        return tuple(one.value for one, _ in items if isinstance(one, ir.Text))

    def _together(self, definition: ClassDefinition, name: str, columns: dict[str, str]) -> list[tuple[str, ...]]:
        items = self.option_items(definition, name)
        if items and all(isinstance(one, ir.Text) for one, _ in items):
            return [tuple(columns.get(one.value, one.value) for one, _ in items if isinstance(one, ir.Text))]
        groups = [self._names_in(one, place.module) for one, place in items]
        return [tuple(columns.get(one, one) for one in group) for group in groups if group]

    def _names_in(self, node: ir.Expr, module: Module) -> tuple[str, ...]:
        """Return the fields of a tuple, or of `Index(fields=("a", "b"))`."""
        words = {word.name: word.value for word in node.keywords} if isinstance(node, ir.Call) else {}
        return self.names.texts(words.get("fields", node), module)
