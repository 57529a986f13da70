"""The methods that feeds, sitemaps, exports and tables call once per row."""

from __future__ import annotations

from collections.abc import Container, Iterator

import msgspec

from archlint.knowledge.schema_rows import RowHook
from archlint.project.effects.effect import Step
from archlint.project.inference import calls, members
from archlint.project.inference.arguments import Arguments
from archlint.project.project import Project
from archlint.project.rowwise.asked import RowCall
from archlint.project.rowwise.tables import Tables
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.templates.contexts import Contexts, Entry
from archlint.project.templates.origins import Origins
from archlint.project.values import Instance, Items, Method, Query, Value
from archlint.source import Role


class Listed(msgspec.Struct, frozen=True):
    """A class whose methods are called for each row, one of those calls, and where its rows were asked for."""

    owner: ClassDefinition
    call: RowCall
    source: Step | None


class Feeds:
    """Finds the classes of which a framework calls methods once per row."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._inference = project.inference
        self._contexts = Contexts(project)
        self._origins = Origins(project, self._contexts)
        self._tables = Tables(project)

    def found(self, roles: Container[Role]) -> Iterator[Listed]:
        """Yield what classes in files of some roles are called for, with the rows."""
        for module in self._project.modules:
            for definition in module.classes.values() if module.role in roles else ():
                hook = self._hook(definition)
                if hook is not None:
                    yield from self._listed(definition, hook)

    def _hook(self, definition: ClassDefinition) -> RowHook | None:
        if not definition.row.bases:
            return None
        known = self._project.knowledge.row_hook
        found = (known(one) for one in self._project.symbols.ancestors(definition) if isinstance(one, str))
        return next((one for one in found if one is not None), None)

    def _listed(self, definition: ClassDefinition, hook: RowHook) -> Iterator[Listed]:
        for value, source in self._rows(definition, hook):
            row = _row(value)
            if row is None or row.loaded is None:
                continue
            for name in self._names(definition, hook):
                call = self._call(definition, hook, name, row)
                if call is not None:
                    yield Listed(definition, call, source)

    def _rows(self, definition: ClassDefinition, hook: RowHook) -> Iterator[tuple[Value, Step | None]]:
        """Yield the rows that a class lists, with where they were asked for."""
        if hook.is_given:
            yield from self._tables.rows(definition)
            return
        receiver = Instance(definition.name, definition)
        method = members.implementation(self._inference, definition, hook.rows)
        value = calls.applied(self._inference, Method(receiver, hook.rows), Arguments(self._inference))
        results = self._contexts.seen(method, receiver).results if method is not None else []
        if method is None or not results:
            yield value, None
        else:
            yield value, self._origins.of(Entry.inside(method, receiver, results[-1], value))

    def _names(self, definition: ClassDefinition, hook: RowHook) -> list[str]:
        """Return the names of the methods that are called for each row, those that have a default included."""
        found = dict.fromkeys([*hook.methods, *(one.method for one in hook.fallbacks)])
        for ancestor in self._project.symbols.ancestors(definition) if hook.prefix else ():
            if isinstance(ancestor, ClassDefinition):
                found |= dict.fromkeys(one.row.name for one in ancestor.methods if one.row.name.startswith(hook.prefix))
        return list(found)

    def _call(self, definition: ClassDefinition, hook: RowHook, name: str, row: Instance) -> RowCall | None:
        own = members.member(self._inference, definition, name)
        if own is not None:
            function = members.implementation(self._inference, definition, name)
            parameter = _parameter(function, hook) if function is not None else ""
            receiver = Instance(definition.name, definition)
            return RowCall(function, parameter, row, receiver) if function is not None and parameter else None
        default = next((one.of_row for one in hook.fallbacks if one.method == name), None)
        if default is None or row.definition is None:
            return None
        function = members.implementation(self._inference, row.definition, default)
        if function is None or not function.row.parameters:
            return None
        return RowCall(function, function.row.parameters[0].name, row, row)


def _parameter(function: FunctionDefinition, hook: RowHook) -> str:
    names = [one.name for one in function.row.parameters]
    if hook.parameter:
        return hook.parameter if hook.parameter in names else ""
    return names[1] if len(names) > 1 else ""


def _row(value: Value) -> Instance | None:
    """Return what each of many rows is, None where there are none, or only some that the source counts."""
    if isinstance(value, Query):
        found = value.row() if value.limit != 1 else None
    else:
        found = value.element if isinstance(value, Items) and not value.is_constant else None
    return found if isinstance(found, Instance) and found.definition is not None else None
