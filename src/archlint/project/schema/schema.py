"""The questions that rules ask about models and tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from archlint.project.schema.django import Django
from archlint.project.schema.followed import Followed
from archlint.project.schema.joined import Joined
from archlint.project.schema.links import Links
from archlint.project.schema.model import Field, Model, Relation, Table
from archlint.project.schema.names import Names
from archlint.project.schema.peewee import Peewee
from archlint.project.schema.sqlalchemy import SqlAlchemy
from archlint.project.schema.sqlalchemy_relations import Relationships
from archlint.project.schema.tables import tables_of
from archlint.project.schema.tortoise import Tortoise
from archlint.project.symbols import ClassDefinition, Module

if TYPE_CHECKING:
    from archlint.project.project import Project


class Schema:
    """The catalogue of a project. Nothing is read before it is asked for."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._names = Names(project)

    @cached_property
    def models(self) -> tuple[Model, ...]:
        """Return the models outside of tests, abstract ones included, by name."""
        found = (self._model(orm, one) for orm in self._links for one in self._names.mapped(orm))
        return tuple(sorted((one for one in found if one is not None), key=lambda one: (one.name, one.orm)))

    @property
    def has_models(self) -> bool:
        """Return whether there is a model outside of tests; no more of them are read than it takes to know."""
        return any(self._project.orm_of(one) is not None for one in self._names.candidates())

    def model(self, definition: ClassDefinition) -> Model | None:
        """Return what is known of a model, or None where the class is none."""
        verbs = self._project.orm_of(definition)
        return self._model(verbs.name, definition) if verbs is not None else self._sqlalchemy.imperative(definition)

    def field(self, definition: ClassDefinition, attribute: str) -> Field | None:
        """Return the field of a model that an attribute or the name of a key (`customer_id`) means, or None."""
        model = self.model(definition)
        fields = model.fields if model is not None else ()
        by_name = {one.name: one for one in fields}
        if attribute in by_name:
            return by_name[attribute]
        relation = next((one for one in self.relations(definition) if one.id_attribute == attribute), None)
        return by_name.get(relation.name) if relation is not None else None

    def relation(self, definition: ClassDefinition, attribute: str) -> Relation | None:
        """Return the relation behind an attribute of a model's instances, or None."""
        links = self._links_of(definition)
        return links.relation(definition, attribute) if links is not None else None

    def relations(self, definition: ClassDefinition) -> tuple[Relation, ...]:
        """Return all relations of a model, forward ones first."""
        links = self._links_of(definition)
        return tuple(links.all(definition)) if links is not None else ()

    def rows_named(self, attribute: str) -> ClassDefinition | None:
        """Return the Django model to whose rows an attribute of other models leads, None unless of all the same."""
        found = self._targets_by_name.get(attribute, ())
        return found[0] if len(found) == 1 else None

    def between(self, relation: Relation) -> ClassDefinition | None:
        """Return the class of the model between the two ends of a relation, None where it has none."""
        return next((one for one in self._names.mapped("django") if one.name == relation.through), None)

    @cached_property
    def user(self) -> ClassDefinition | str:
        """Return the model of users of Django: its class, the name of a library's, "" where nobody knows it."""
        return self._django.targets.user

    def app_label(self, module: Module) -> str:
        """Return the label of the app of Django that a module belongs to."""
        return self._django.apps.label(module)

    def holds_migrations(self, module: Module) -> bool:
        """Return whether Django's settings say that a module lies where the migrations of an app are."""
        return self._django.apps.holds_migrations(module)

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """Return all tables, by name: those of models, those between two models, and those declared without a model."""
        return tuple(self._tables[name] for name in sorted(self._tables))

    def table(self, name: str) -> Table | None:
        """Return a table by its name, or None."""
        return self._tables.get(name)

    def names_of(self, name: str) -> tuple[str, ...]:
        """Return all that people call a table, or the table of a model: `Order`, `shop.Order`, its class, `shop_order`.

        `name` is the qualified name of a class, or that of a table; what is neither stands for itself.
        """
        table = self.table(name)
        classes = [one.name for one in table.models] if table is not None else [name]
        models = [self._by_name[one] for one in classes if one in self._by_name]
        found = dict.fromkeys([name] if name else [])
        for one in models:
            short = one.name.rpartition(".")[2]
            labelled = f"{one.app_label}.{short}" if one.app_label else short
            found |= dict.fromkeys(text for text in (one.name, short, labelled, one.table) if text)
        if not models and table is None and name:
            found[name.rpartition(".")[2]] = None
        return tuple(found)

    @cached_property
    def _by_name(self) -> Mapping[str, Model]:
        return {one.name: one for one in self.models}

    def followed(self, definition: ClassDefinition, member: str) -> tuple[str, ...]:
        """Return the paths of relations (`customer.company`) that a property or method of a model follows, sorted."""
        return self._followed.of(definition, member)

    def joined(self, definition: ClassDefinition, member: str) -> frozenset[str]:
        """Return the paths of relations that a manager or a method of a queryset always loads.

        `definition` is a model, with one of its managers or a method of that, or the class of a manager or queryset.
        """
        return self._joined.of(definition, member)

    @cached_property
    def _targets_by_name(self) -> Mapping[str, tuple[ClassDefinition | None, ...]]:
        found: defaultdict[str, dict[ClassDefinition | None, None]] = defaultdict(dict)
        for model in self.models:
            for one in self.relations(model.definition) if model.orm == "django" else ():
                found[one.name][one.target if one.many else None] = None
        return {name: tuple(targets) for name, targets in found.items()}

    @cached_property
    def _tables(self) -> Mapping[str, Table]:
        models = [one for one in self.models if one.table and not one.is_abstract]
        return tables_of(models, self._sqlalchemy.catalogue.tables, self._betweens)

    @property
    def _betweens(self) -> Iterator[tuple[Model, Relation]]:
        for model in self.models:
            if not model.is_abstract and model.orm in self._links:
                for one in self._links[model.orm].forward(model.definition).values():
                    yield model, one

    def _model(self, orm: str, definition: ClassDefinition) -> Model | None:
        links = self._links.get(orm)
        return links.reader.model(definition) if links is not None else None

    def _links_of(self, definition: ClassDefinition) -> Links | Relationships | None:
        verbs = self._project.orm_of(definition)
        if verbs is None:
            return self._links["sqlalchemy"] if self._sqlalchemy.mapping(definition) is not None else None
        return self._links.get(verbs.name)

    @cached_property
    def _links(self) -> Mapping[str, Links | Relationships]:
        by_fields = [Links(self._django), Links(Peewee(self._names)), Links(Tortoise(self._names))]
        found: dict[str, Links | Relationships] = {one.reader.orm: one for one in by_fields}
        return {**found, "sqlalchemy": Relationships(self._sqlalchemy)}

    @cached_property
    def _django(self) -> Django:
        return Django(self._names)

    @cached_property
    def _sqlalchemy(self) -> SqlAlchemy:
        return SqlAlchemy(self._names)

    @cached_property
    def _followed(self) -> Followed:
        return Followed(self._names, self.relation)

    @cached_property
    def _joined(self) -> Joined:
        return Joined(self._names, self.model, self.relation)
