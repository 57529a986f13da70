"""Which ORM a class of the project belongs to, and which library's engine, session or cursor an object is."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from archlint.knowledge.tables import DatabaseType
from archlint.project.schema.names import Names
from archlint.project.symbols import ClassDefinition, Variable
from archlint.project.values import Instance
from archlint.source import Role

if TYPE_CHECKING:
    from archlint.project.project import Project


class Orms:
    """Answers for the classes of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def name(self, definition: ClassDefinition) -> str:
        """Return the name of the ORM that a class is a model of, "" where it is none."""
        self._project.memo.read(("declares", definition.module, definition.row.name))
        names = (self._base_name(definition, one) for one in self._project.symbols.ancestors(definition))
        found = (self._project.knowledge.orm_of_model(name) for name in names)
        by_base = next((verbs.name for verbs in found if verbs is not None), "")
        return by_base or self._names.orm_by_relations(definition)

    def relates(self, definition: ClassDefinition) -> bool:
        """Return whether a class body has a relation of Django's."""
        return self._names.relates(definition)

    def _base_name(self, definition: ClassDefinition, ancestor: ClassDefinition | str) -> str:
        """Return the qualified name of an ancestor; `db.Model` and `Base` are looked up through the variable."""
        if isinstance(ancestor, ClassDefinition):
            return next(
                (name for name in self._names.decorators(ancestor) if self._project.knowledge.orm_of_model(name)), ""
            )
        head, _, member = ancestor.rpartition(".")
        owner = self._project.symbols.find(ancestor, definition.module) if ancestor else None
        if isinstance(owner, Variable):
            self._reads(owner)
            return f"{self._names.made_by(owner)}()"
        owner = self._project.symbols.find(head, definition.module) if head else None
        if isinstance(owner, Variable):
            self._reads(owner)
        made = self._names.made_by(owner) if isinstance(owner, Variable) else ""
        return f"{made}().{member}" if made else ancestor

    def _reads(self, variable: Variable) -> None:
        for unit in variable.units:
            self._project.memo.read(("source", variable.module, unit.start))

    @cached_property
    def _names(self) -> Names:
        return Names(self._project)

    def model_named(self, app: str, name: str) -> ClassDefinition | None:
        """Return the model with a class name, however it is capitalized, as Django's registry finds it.

        Of several, it is the only one below a folder with the name of its app.
        """
        found = self._classes_by_name.get(name.lower(), [])
        if len(found) > 1:
            found = [one for one in found if app.rpartition(".")[2] in one.module.name.split(".")]
        return found[0] if len(found) == 1 else None

    @cached_property
    def _classes_by_name(self) -> dict[str, list[ClassDefinition]]:
        found: defaultdict[str, list[ClassDefinition]] = defaultdict(list)
        for module in self._project.modules:
            if module.role is not Role.TEST:
                for definition in module.classes.values():
                    found[definition.row.name.lower()].append(definition)
        return dict(found)

    def database_type(self, instance: Instance) -> DatabaseType | None:
        """Return what is known of an engine, session, connection or cursor; a project's subclasses count."""
        if instance.definition is not None:
            self._project.memo.read(("declares", instance.definition.module, instance.definition.row.name))
        if instance.definition is None:
            return self._project.knowledge.database_type(instance.name)
        for ancestor in self._project.symbols.ancestors(instance.definition):
            row = self._project.knowledge.database_type(ancestor) if isinstance(ancestor, str) else None
            if row is not None:
                return row
        return None
