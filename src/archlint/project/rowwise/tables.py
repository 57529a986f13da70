"""The rows that tables are given: where one is made, or by the view that says its table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from archlint.project.effects.effect import Step
from archlint.project.inference import calls, members
from archlint.project.inference.arguments import Arguments
from archlint.project.project import Project
from archlint.project.symbols import ClassDefinition
from archlint.project.templates.contexts import Contexts, Entry
from archlint.project.templates.origins import Origins
from archlint.project.tree import argument
from archlint.project.values import Instance, Method, ProjectClass, Query, Value
from archlint.source import Role

_LOADING = frozenset({"prefetch_related", "select_related"})
_CLASS = "table_class"
_ROWS = "get_queryset"
Rows = tuple[Value, Step | None]


class Tables:
    """Finds the rows of tables."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._contexts = Contexts(project)
        self._origins = Origins(project, self._contexts)

    def rows(self, definition: ClassDefinition) -> Iterator[Rows]:
        """Yield what a table is given, nothing where it loads relations by itself."""
        if not self._loads(definition):
            yield from self._given.get(definition, ())
            yield from self._of_views.get(definition, ())

    def _loads(self, definition: ClassDefinition) -> bool:
        ancestors = (one for one in self._project.symbols.ancestors(definition) if isinstance(one, ClassDefinition))
        return any(not _LOADING.isdisjoint(method.unit.attributes) for one in ancestors for method in one.methods)

    @cached_property
    def _given(self) -> dict[ClassDefinition, list[Rows]]:
        """Return what the calls of tables give them."""
        names = {name.rpartition(".")[2] for one in self._project.modules for name in one.classes}
        found: defaultdict[ClassDefinition, list[Rows]] = defaultdict(list)
        for place in self._project.units({Role.PRODUCTION}):
            if names.isdisjoint(call.rpartition(".")[2] for call in place.unit.calls if "Table" in call):
                continue
            for function in self._project.functions_at(place):
                for node, callee, arguments in self._contexts.seen(function, None).calls:
                    given = argument(node, 0, "data")
                    if isinstance(callee, ProjectClass) and given is not None and arguments:
                        entry = Entry.inside(function, None, given, arguments[0])
                        found[callee.definition].append((arguments[0], self._origins.of(entry)))
        return found

    @cached_property
    def _of_views(self) -> dict[ClassDefinition, list[Rows]]:
        """Return the rows of the views that say which table shows them."""
        found: defaultdict[ClassDefinition, list[Rows]] = defaultdict(list)
        for module in self._project.modules:
            for definition in module.classes.values() if module.role is Role.PRODUCTION else ():
                if f"{definition.row.name}.{_CLASS}" not in module.variables:
                    continue
                table = members.member(self._project.inference, definition, _CLASS)
                if isinstance(table, ProjectClass):
                    found[table.definition].append(self._shown(definition))
        return found

    def _shown(self, definition: ClassDefinition) -> Rows:
        receiver = Instance(definition.name, definition)
        inference = self._project.inference
        value = calls.applied(inference, Method(receiver, _ROWS), Arguments(inference))
        method = members.implementation(inference, definition, _ROWS)
        results = self._contexts.seen(method, receiver).results if method is not None else []
        if method is None or not results or not isinstance(value, Query):
            return value, None
        return value, self._origins.of(Entry.inside(method, receiver, results[-1], value))
