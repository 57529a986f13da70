"""The relationships of SQLAlchemy's models, those included that a `backref` at the other end makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.schema.model import Field, Relation, RelationKind
from archlint.project.schema.sqlalchemy import SqlAlchemy
from archlint.project.schema.sqlalchemy_columns import Attribute
from archlint.project.schema.sqlalchemy_promises import Promise
from archlint.project.symbols import ClassDefinition, Module

_CALLS = frozenset({"Relationship", "dynamic_loader", "relation", "relationship"})
_COLLECTIONS = frozenset(
    {
        "Collection", "Iterable", "List", "MutableSequence", "MutableSet", "Sequence", "Set", "dict", "Dict", "list",
        "set", "KeyFuncDict", "MappedCollection", "InstrumentedList",
    }
)  # fmt: skip
_MANY_ANNOTATIONS = {"DynamicMapped": "dynamic", "WriteOnlyMapped": "write_only"}
_LOADED = frozenset({"immediate", "joined", "noload", "raise", "raise_on_sql", "selectin", "subquery"})
_SECONDARY_ARGUMENT = 1


class Declared(msgspec.Struct, frozen=True):
    """A relationship as it is written: its call, its words, what its annotation says, and the model it leads to."""

    attribute: Attribute
    call: ir.Call
    words: Mapping[str, ir.Expr]
    promise: Promise
    target: ClassDefinition | None
    many: bool | None

    @property
    def module(self) -> Module:
        """Return the module that it stands in."""
        return self.attribute.module


class Relationships:
    """Finds relationships of models by attribute."""

    def __init__(self, reader: SqlAlchemy) -> None:
        self.reader = reader
        self._forward: dict[ClassDefinition, Mapping[str, Relation]] = {}

    def relation(self, definition: ClassDefinition, attribute: str) -> Relation | None:
        """Return the relation behind an attribute of a model's instances, or None."""
        found = self.forward(definition).get(attribute)
        if found is not None:
            return found
        ends = (self._backrefs.get((one, attribute)) for one in self.reader.names.classes(definition))
        return next((one for one in ends if one is not None), None)

    def all(self, definition: ClassDefinition) -> Iterator[Relation]:
        """Yield the relations of a model, those that a `backref` makes behind its own."""
        yield from self.forward(definition).values()
        line = set(self.reader.names.classes(definition))
        yield from (one for (owner, _), one in self._backrefs.items() if owner in line)

    def forward(self, definition: ClassDefinition) -> Mapping[str, Relation]:
        """Return the relationships in the bodies of a model and its ancestors, by attribute."""
        if definition not in self._forward:
            found = (self._declared(one, definition) for one in self._attributes(definition).values())
            self._forward[definition] = {
                one.attribute.name: self._relation(one, definition) for one in found if one is not None
            }
        return self._forward[definition]

    def _attributes(self, definition: ClassDefinition) -> Mapping[str, Attribute]:
        mapped = self.reader.mapping(definition)
        if mapped is None:
            return self.reader.attributes(definition)
        rows = mapped.properties.items()
        return {name: Attribute(name, definition, mapped.place, value) for name, value in rows}

    @cached_property
    def _backrefs(self) -> Mapping[tuple[ClassDefinition, str], Relation]:
        found: dict[tuple[ClassDefinition, str], Relation] = {}
        for definition in (*self.reader.names.mapped(self.reader.orm), *self._imperative):
            if self.reader.is_mapped(definition) or definition in self._imperative:
                for one in self._attributes(definition).values():
                    declared = self._declared(one, definition)
                    back = self._backref(declared, definition) if declared is not None else None
                    if back is not None and declared is not None and declared.target is not None:
                        found.setdefault((declared.target, back.name), back)
        return found

    @property
    def _imperative(self) -> tuple[ClassDefinition, ...]:
        return tuple(self.reader.catalogue.imperative) if self.reader.is_used else ()

    def _declared(self, attribute: Attribute, definition: ClassDefinition) -> Declared | None:
        call, module = self.reader.columns.made(attribute.value, attribute.module)
        if call is None or self.reader.columns.callee(call.func, module) not in _CALLS:
            return None
        words = self.reader.names.words(call, module, attribute.owner)
        extra = words.get("sa_relationship_kwargs")
        if isinstance(extra, ir.Mapping):
            pairs = zip(extra.keys, extra.values, strict=True)
            words |= {key.value: value for key, value in pairs if isinstance(key, ir.Text)}
        if dotted(call.func).endswith("dynamic_loader"):
            words.setdefault("lazy", ir.Text(0, 0, "dynamic"))
        promise = self.reader.columns.promises.of(attribute.annotation, attribute.module)
        inner, many = _unwrapped(attribute.annotation, promise)
        node = words.get("argument", call.args[0] if call.args else inner)
        target = self._target(node, attribute.module, definition) or self._target(inner, attribute.module, definition)
        return Declared(attribute, call, words, promise, target, many)

    def _target(self, node: ir.Expr | None, module: Module, definition: ClassDefinition) -> ClassDefinition | None:
        """Return the class that a relationship names: itself, in a string or in a function, in an annotation."""
        if isinstance(node, ir.Lambda):
            node = node.body
        if isinstance(node, ir.Name | ir.Attribute):
            found = self.reader.names.resolved(node, module)
            if isinstance(found, ClassDefinition):
                return found
        text = node.value if isinstance(node, ir.Text) else dotted(node) if isinstance(node, ir.Name) else ""
        name = text.rpartition(".")[2]
        if name == definition.row.name.rpartition(".")[2]:
            return definition
        found_all = self._by_name.get(name, [])
        if len(found_all) > 1 and "." in text:
            found_all = [one for one in found_all if one.name.endswith(text)]
        if len(found_all) > 1:  # of several registries the one of the same base
            near = [one for one in found_all if one.module.name.split(".")[0] == module.name.split(".")[0]]
            found_all = near
        return found_all[0] if len(found_all) == 1 else None

    @cached_property
    def _by_name(self) -> Mapping[str, list[ClassDefinition]]:
        found: dict[str, list[ClassDefinition]] = {}
        for one in self.reader.names.mapped(self.reader.orm):
            if self.reader.is_mapped(one):
                found.setdefault(one.row.name.rpartition(".")[2], []).append(one)
        return found

    def _relation(self, one: Declared, definition: ClassDefinition) -> Relation:
        key = self._key(one, definition)
        many = self._many(one, definition, key)
        lazy = self._lazy(one)
        back = self._text(one, "back_populates") or self._backref_name(one)
        return Relation(
            one.attribute.name,
            RelationKind.RELATIONSHIP,
            many,
            one.target,
            one.target.name if one.target is not None else "",
            one.attribute.owner,
            one.attribute.place,
            not many and (key.nullable if key is not None else True),
            key.name if key is not None and not many else "",
            back,
            through=self._secondary(one),
            lazy=lazy,
            loads_with_query=lazy not in _LOADED,
            sets_known_parent=many and not self._secondary(one) and bool(back),
        )

    def _key(self, one: Declared, definition: ClassDefinition) -> Field | None:
        """Return the foreign key of a model to the target of a relationship, the only one or the one it names."""
        if one.target is None or self._secondary(one):
            return None
        wanted = {self.reader.table(each) for each in self.reader.names.classes(one.target)} - {""}
        fields = self.reader.model(definition).fields
        keys = [each for each in fields if each.references.rpartition(".")[0].rpartition(".")[2] in wanted]
        named = self._named_columns(one)
        if not wanted:  # the table of the target has a name that nobody can read
            named = named or frozenset({f"{one.attribute.name}_id"})
            keys = [each for each in fields if each.references]
        if named:
            keys = [each for each in keys if each.name in named or each.column in named]
        return keys[0] if len(keys) == 1 else None

    def _named_columns(self, one: Declared) -> frozenset[str]:
        """Return the columns that `foreign_keys` names."""
        node = one.words.get("foreign_keys")
        items = node.items if isinstance(node, ir.Collection) else (node,) if node is not None else ()
        texts = [each.value if isinstance(each, ir.Text) else dotted(each) for each in items]
        return frozenset(part.strip(" []").rpartition(".")[2] for text in texts for part in text.split(","))

    def _many(self, one: Declared, definition: ClassDefinition, key: Field | None) -> bool:
        given = one.words.get("uselist")
        if isinstance(given, ir.Constant) and isinstance(given.value, bool):
            return given.value
        if one.many is not None:
            return one.many
        if self._secondary(one) or self._lazy(one) in ("dynamic", "write_only"):
            return True
        if one.target is definition:
            return "remote_side" not in one.words
        return key is None

    def _lazy(self, one: Declared) -> str:
        annotation = one.attribute.annotation
        name = dotted(annotation.value).rpartition(".")[2] if isinstance(annotation, ir.Subscript) else ""
        return _lazy_word(one.words.get("lazy"), _MANY_ANNOTATIONS.get(name, "select"))

    def _secondary(self, one: Declared) -> str:
        """Return the table between the two ends, or ""."""
        link = one.words.get("link_model")
        found = self.reader.names.resolved(link, one.module) if link is not None else ""
        if isinstance(found, ClassDefinition):
            return self.reader.table(found)
        given = one.call.args[_SECONDARY_ARGUMENT] if len(one.call.args) > _SECONDARY_ARGUMENT else None
        node = one.words.get("secondary", given)
        name = self.reader.catalogue.named(node, one.module) if node is not None else ""
        return name or (dotted(node) if isinstance(node, ir.Name | ir.Attribute) else "")

    def _text(self, one: Declared, word: str) -> str:
        return self.reader.names.text(one.words.get(word), one.module) or ""

    def _backref_name(self, one: Declared) -> str:
        node = one.words.get("backref")
        node = node.args[0] if isinstance(node, ir.Call) and node.args else node
        return self.reader.names.text(node, one.module) or ""

    def _backref(self, one: Declared, definition: ClassDefinition) -> Relation | None:
        """Return the relation that a `backref` makes at the other end, or None where there is none."""
        name = self._backref_name(one)
        if not name:
            return None
        given = one.words["backref"]
        words = {word.name: word.value for word in given.keywords} if isinstance(given, ir.Call) else {}
        key = self._key(one, definition)
        through = self._secondary(one)
        uselist = words.get("uselist")
        # The direction counts, not whether this end is a list: the one with the key is met by many.
        many = bool(through) or ("remote_side" in one.words if one.target is definition else key is not None)
        if isinstance(uselist, ir.Constant) and isinstance(uselist.value, bool):
            many = uselist.value
        lazy = _lazy_word(words.get("lazy"), "select")
        return Relation(
            name,
            RelationKind.RELATIONSHIP,
            many,
            definition,
            definition.name,
            one.attribute.owner,
            one.attribute.place,
            nullable=not many,
            remote_name=one.attribute.name,
            through=through,
            lazy=lazy,
            loads_with_query=lazy not in _LOADED,
            sets_known_parent=many and not through,
        )


def _lazy_word(node: ir.Expr | None, default: str) -> str:
    if isinstance(node, ir.Text):
        return node.value
    if not isinstance(node, ir.Constant):
        return default
    return "noload" if node.value is None else "select" if node.value is True else "joined"


def _unwrapped(annotation: ir.Expr | None, promise: Promise) -> tuple[ir.Expr | None, bool | None]:
    """Return the model in the annotation of a relationship, and whether it stands in a collection."""
    if annotation is None or promise.inner is None:
        return None, None
    name = dotted(annotation.value).rpartition(".")[2] if isinstance(annotation, ir.Subscript) else ""
    inner = promise.inner
    if isinstance(inner, ir.Subscript):
        kind = dotted(inner.value).rpartition(".")[2]
        parts = inner.index.items if isinstance(inner.index, ir.Collection) and inner.index.items else (inner.index,)
        return (parts[-1], True) if kind in _COLLECTIONS else (None, None)
    if dotted(inner) == "Any":
        return None, None
    return inner, name in _MANY_ANNOTATIONS
