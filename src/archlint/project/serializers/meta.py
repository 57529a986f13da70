"""What `class Meta` of a serializer says: its model, the fields that it names, and those that are only written."""

from __future__ import annotations

from archlint.ir import nodes as ir
from archlint.project.routes.django.class_order import ClassReader
from archlint.project.routes.django.frames import Frame, Given
from archlint.project.routes.django.reader import Reader
from archlint.project.routes.route import Mention
from archlint.project.symbols import ClassDefinition
from archlint.project.tree import nested_class
from archlint.project.values import ProjectClass

ALL = "__all__"
_META = "Meta"
_MAX_DEPTH = 6


class MetaReader:
    """Reads the options of serializers."""

    def __init__(self, reader: Reader, classes: ClassReader) -> None:
        self._reader = reader
        self._classes = classes

    def model(self, definition: ClassDefinition) -> ClassDefinition | None:
        """Return the model of a serializer."""
        given = self._option(definition, "model")
        value = self._reader.value(given.node, given.frame) if given is not None else None
        return value.definition if isinstance(value, ProjectClass) else None

    def named(self, definition: ClassDefinition) -> dict[str, Mention] | None:
        """Return the names that `fields` lists with their places, None where there are none or nobody knows."""
        given = self._option(definition, "fields")
        return None if given is None else self._texts(given)

    def fields(self, definition: ClassDefinition) -> dict[str, Mention]:
        """Return the names that `fields` lists; for all fields the relations of the model to many rows."""
        given = self._option(definition, "fields")
        named = self.named(definition) or {}
        excluded = self._option(definition, "exclude")
        if given is not None and ALL not in named:
            return named
        model = self.model(definition)
        place = given or excluded
        if model is None or place is None:
            return {}
        left_out = self._texts(excluded) if excluded is not None else {}
        relations = self._reader.project.schema.relations(model)
        own = [one for one in relations if not one.kind.value.startswith(("reverse", "generic"))]
        wanted = own if self.has_depth(definition) else [one for one in own if one.many]
        return {one.name: place.mention for one in wanted if one.name not in left_out}

    def columns(self, definition: ClassDefinition) -> dict[str, Mention]:
        """Return the columns of the model where a serializer takes all, or all but some, with the place of the word."""
        given, excluded = self._option(definition, "fields"), self._option(definition, "exclude")
        place, model = given or excluded, self.model(definition)
        if place is None or model is None or (given is not None and ALL not in self._texts(given)):
            return {}
        left_out = self._texts(excluded) if excluded is not None else {}
        found = self._reader.project.schema.model(model)
        fields = found.fields if found is not None else ()
        return {one.name: place.mention for one in fields if one.name not in left_out}

    def written_only(self, definition: ClassDefinition) -> frozenset[str]:
        """Return the fields that are taken and never sent."""
        found = (
            set(self._texts(given)) if (given := self._option(definition, "write_only_fields")) is not None else set()
        )
        for name, words in self._extra(definition).items():
            found |= {name} if isinstance(words.get("write_only"), ir.Constant) else set()
        return frozenset(found)

    def source(self, definition: ClassDefinition, name: str) -> tuple[str, ...]:
        """Return the path that a field reads, which `extra_kwargs` may say."""
        given = self._extra(definition).get(name, {}).get("source")
        return tuple(given.value.split(".")) if isinstance(given, ir.Text) else (name,)

    def has_depth(self, definition: ClassDefinition) -> bool:
        """Return whether relations are written out as whole rows."""
        given = self._option(definition, "depth")
        return given is not None and isinstance(given.node, ir.Constant) and bool(given.node.value)

    def _extra(self, definition: ClassDefinition) -> dict[str, dict[str, ir.Expr]]:
        given = self._option(definition, "extra_kwargs")
        node = self._reader.origin(given).node if given is not None else None
        found: dict[str, dict[str, ir.Expr]] = {}
        for key, value in zip(node.keys, node.values, strict=True) if isinstance(node, ir.Mapping) else ():
            if isinstance(key, ir.Text) and isinstance(value, ir.Mapping):
                pairs = zip(value.keys, value.values, strict=True)
                found[key.value] = {word.value: one for word, one in pairs if isinstance(word, ir.Text)}
        return found

    def _texts(self, given: Given, depth: int = 0) -> dict[str, Mention]:
        """Return the texts of a list, also where it is made from that of another serializer's `Meta`."""
        node = given.node
        if depth > _MAX_DEPTH:
            return {}
        if isinstance(node, ir.Text):
            return {node.value: given.mention}
        if isinstance(node, ir.Binary) and node.op == "+":
            return {**self._texts(given.at(node.left), depth + 1), **self._texts(given.at(node.right), depth + 1)}
        if isinstance(node, ir.Collection):
            items = [given.at(one.value if isinstance(one, ir.Starred) else one) for one in node.items]
            return {name: place for one in items for name, place in self._texts(one, depth + 1).items()}
        found = given.at(node.args[0]) if isinstance(node, ir.Call) and node.args else self._before(given)
        return self._texts(found, depth + 1) if found is not None else {}

    def _before(self, given: Given) -> Given | None:
        """Return the expression that a name stands for, as `OrderSerializer.Meta.fields`."""
        node = given.node
        if isinstance(node, ir.Attribute) and isinstance(node.value, ir.Attribute) and node.value.name == _META:
            other = self._reader.value(node.value.value, given.frame)
            return self._option(other.definition, node.name) if isinstance(other, ProjectClass) else None
        origin = self._reader.origin(given)
        return origin if origin.node is not node else None

    def _option(self, definition: ClassDefinition, name: str) -> Given | None:
        """Return what the nearest `Meta` sets an option to, or the one that it derives from."""
        for base in self._classes.order(definition):
            if isinstance(base, str):
                continue
            meta = base.module.classes.get(f"{base.row.name}.{_META}")
            if meta is not None:
                for one in self._classes.order(meta):
                    found = None if isinstance(one, str) else self._set(one, name)
                    if found is not None:
                        return found
                return None
        return None

    def _set(self, meta: ClassDefinition, name: str) -> Given | None:
        for index in meta.row.units:
            unit = meta.module.facts.units[index]
            path = meta.row.name.removeprefix(f"{unit.owner}.").split(".")
            body = nested_class(self._reader.project.body(unit), path)
            for statement in body.body if body is not None else ():
                targets = statement.targets if isinstance(statement, ir.Assign) else ()
                is_set = any(isinstance(one, ir.Name) and one.id == name for one in targets)
                if is_set and isinstance(statement, ir.Assign) and statement.value is not None:
                    return Given(statement.value, Frame(meta.module, unit.start))
        return None
