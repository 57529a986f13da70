"""Names gathered from all over the project, each set once and, where they are kept, once for all states alike."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property, partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from archlint.project.questions.indexes import Index, Indexes
from archlint.project.schema import Schema
from archlint.project.symbols.contact import in_contact

if TYPE_CHECKING:
    from archlint.project.project import Project


_OF_MODELS: Mapping[str, Callable[[Schema], Iterable[str]]] = MappingProxyType(
    {
        "django": lambda schema: [one.name for one in schema.models if one.orm == "django"],
        "relations": lambda schema: [one.name for model in schema.models for one in schema.relations(model.definition)],
        "columns": lambda schema: [one.name for model in schema.models for one in model.fields],
        "deferred": lambda schema: [one.name for model in schema.models for one in model.fields if one.is_deferred],
        "keys": lambda schema: [
            one.name for model in schema.models for one in model.fields if one.primary_key or one.unique
        ],
    }
)
"""What is gathered of all models, by question."""


class Gathered:
    """What all files together declare, by question. With `indexes`, what these know already is not gathered again."""

    def __init__(self, project: Project, indexes: Indexes | None = None) -> None:
        self._project = project
        self.indexes = indexes

    @cached_property
    def has_models(self) -> bool:
        """Return whether there is a model outside of tests."""
        return bool(self.names("models", lambda schema: ["any"] if schema.has_models else []))

    @cached_property
    def django_models(self) -> frozenset[str]:
        """Return the qualified names of Django's models."""
        return self._of_models("django")

    @cached_property
    def relations(self) -> frozenset[str]:
        """Return the names of all attributes that lead from a row of one model to rows of another."""
        return self._of_models("relations")

    @cached_property
    def columns(self) -> frozenset[str]:
        """Return the names of the fields of all models."""
        return self._of_models("columns")

    @cached_property
    def deferred(self) -> frozenset[str]:
        """Return the names of the fields that do not come with a row of their model unless asked for."""
        return self._of_models("deferred")

    @cached_property
    def keys(self) -> frozenset[str]:
        """Return the names of all fields that a foreign key may hold."""
        return self._of_models("keys")

    def importing(self, packages: frozenset[str]) -> frozenset[str]:
        """Return the paths of modules that have to do with some packages, see `in_contact`."""
        symbols, modules = self._project.symbols, self._project.modules
        return self.names(
            f"near {' '.join(sorted(packages))}", lambda _: [one.path for one in in_contact(symbols, modules, packages)]
        )

    def names(self, question: str, gather: Callable[[Schema], Iterable[str]]) -> frozenset[str]:
        """Return the names that answer a question; `gather` must rest on what files declare and on bodies alone."""
        if self.indexes is None:
            return self._aside(lambda: gather(self._project.schema))
        known = self.indexes.known.get(question)
        if known is None:
            # A schema of its own has read nothing yet: all that the names rest on is seen.
            known = self.indexes.known[question] = self._index(lambda: gather(Schema(self._project)))
        return known.names

    def _of_models(self, question: str) -> frozenset[str]:
        if self.indexes is not None and question not in self.indexes.known:
            # All at once: the models are what takes long.
            schema = Schema(self._project)
            with self._project.recording() as read:
                found = {one: self._aside(partial(gather, schema)) for one, gather in _OF_MODELS.items()}
            paths = self._paths(read)
            self.indexes.known.update({one: Index(names, paths) for one, names in found.items()})
        return self.names(question, _OF_MODELS[question])

    def _index(self, gather: Callable[[], Iterable[str]]) -> Index:
        with self._project.recording() as read:
            found = self._aside(gather)
        return Index(found, self._paths(read))

    def _paths(self, read: Collection[int]) -> frozenset[str]:
        """Return the files of units, which are given by their identities."""
        units = ((module, unit) for module in self._project.modules for unit in module.facts.units if read)
        return frozenset(module.path for module, unit in units if id(unit) in read)

    def _aside(self, gather: Callable[[], Iterable[str]]) -> frozenset[str]:
        found: frozenset[str] = self._project.memo.aside(lambda: frozenset(gather()))
        return found
