"""Both ends of the relations that models declare with fields: Django's, Peewee's, Tortoise's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Protocol

from archlint.project.schema.model import Model, Relation
from archlint.project.schema.names import Names
from archlint.project.symbols import ClassDefinition

_MAX_DEPTH = 20


class Reader(Protocol):
    """What reads the models of one ORM."""

    names: Names

    @property
    def orm(self) -> str:
        """Return the name of the ORM."""

    def model(self, definition: ClassDefinition) -> Model:
        """Return what is known of a model."""

    def is_abstract(self, definition: ClassDefinition) -> bool:
        """Return whether a model has no table and is only there to inherit from."""

    def concrete(self, definition: ClassDefinition) -> ClassDefinition:
        """Return the model that a proxy stands for, another one itself."""

    def local_relations(self, definition: ClassDefinition) -> tuple[Relation, ...]:
        """Return the relations that a model declares in its own table."""

    def reversed(self, relation: Relation, definition: ClassDefinition) -> Relation:
        """Return what the other end of a relation of a model is."""


class Links:
    """Finds the relations of models by attribute, forward and reverse."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._forward: dict[ClassDefinition, Mapping[str, Relation]] = {}

    def relation(self, definition: ClassDefinition, attribute: str) -> Relation | None:
        """Return the relation behind an attribute of a model's instances, or None."""
        found = self.forward(definition).get(attribute)
        if found is not None:
            return found
        ends = (self.reverse.get((one, attribute)) for one in self.reader.names.line(definition))
        return next((one for one in ends if one is not None), None)

    def all(self, definition: ClassDefinition) -> Iterator[Relation]:
        """Yield the relations of a model, forward ones first."""
        forward = self.forward(definition)
        yield from forward.values()
        line = set(self.reader.names.line(definition))
        for (owner, name), one in self.reverse.items():
            # A model that inherits from another table is no relative of itself.
            is_own_link = one.target is definition and owner is not definition and one.source is definition
            if owner in line and name not in forward and not is_own_link:
                yield one

    def forward(self, definition: ClassDefinition, depth: int = 0) -> Mapping[str, Relation]:
        """Return the relations that a model or one that it inherits from declares, by attribute."""
        if definition not in self._forward:
            found: dict[str, Relation] = {}
            for parent in self.reader.model(definition).parents if depth < _MAX_DEPTH else ():
                found.update(self.forward(parent, depth + 1))
            found.update({one.name: one for one in self.reader.local_relations(definition)})
            self._forward[definition] = found
        return self._forward[definition]

    @cached_property
    def reverse(self) -> Mapping[tuple[ClassDefinition | str, str], Relation]:
        """Return the other ends of all relations, by model (by name where it is a library's) and attribute.

        A name with two claims is left out.
        """
        claims: dict[tuple[ClassDefinition | str, str], list[Relation]] = {}
        for definition in self.reader.names.mapped(self.reader.orm):
            if not self.reader.is_abstract(definition):
                for one in self.reader.local_relations(definition):
                    target = self.reader.concrete(one.target) if one.target is not None else one.target_name
                    if target and one.remote_name:
                        claims.setdefault((target, one.remote_name), []).append(self.reader.reversed(one, definition))
        return {key: ends[0] for key, ends in claims.items() if len(ends) == 1}
