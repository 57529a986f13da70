"""Views of Django that find their template and their rows by themselves."""

from __future__ import annotations

from collections.abc import Container, Iterator

from archlint.ir import nodes as ir
from archlint.knowledge.template_rows import TemplateView
from archlint.project.effects.effect import Step
from archlint.project.inference import calls, members
from archlint.project.inference.arguments import Arguments
from archlint.project.project import Project
from archlint.project.symbols import ClassDefinition, Variable
from archlint.project.templates.contexts import Contexts, Entry
from archlint.project.templates.renderings import Rendering
from archlint.project.values import Instance, Literal, Method, ProjectClass, Query, Value
from archlint.source import Role

_ROWS = "rows"
_ROW = "row"
_MAKERS = {_ROWS: ("get_queryset", "object_list"), _ROW: ("get_object", "object")}
"""The method that gives what is shown, and its name in the template."""
_METHODS = {_ROWS: ("get_queryset",), _ROW: ("get_object", "get_queryset")}


class Views:
    """Reads class-based views."""

    def __init__(self, project: Project, contexts: Contexts) -> None:
        self._project = project
        self._contexts = contexts
        self._inference = project.inference

    def found(self, roles: Container[Role]) -> Iterator[Rendering]:
        """Yield what the views of files of some roles draw."""
        for module in self._project.modules:
            for definition in module.classes.values() if module.role in roles else ():
                row = self._row(definition)
                if row is not None:
                    yield from self._drawn(definition, row)

    def _row(self, definition: ClassDefinition) -> TemplateView | None:
        known = self._project.knowledge.template_view
        if not definition.row.bases:
            return None
        found = [known(one) for one in self._project.symbols.ancestors(definition) if isinstance(one, str)]
        rows = [row for row in found if row is not None]
        return next((row for row in rows if row.suffix), rows[0] if rows else None)

    def _drawn(self, definition: ClassDefinition, row: TemplateView) -> Iterator[Rendering]:
        receiver = Instance(definition.name, definition)
        value = self._shown(receiver, row)
        template = self._template(definition, row, value)
        if not template:
            return
        source = self._source(definition, row, value) if value is not None else None
        context: dict[str, Entry] = {}
        if value is not None and source is not None:
            context.update(dict.fromkeys(self._names(definition, row, value), source))
        method = members.implementation(self._inference, definition, "get_context_data")
        if method is not None:
            context.update(self._contexts.returned(method, receiver))
        start = definition.row.start
        yield Rendering(template, "django", context, Step(definition.module, start, 0, 0), view=definition)

    def _shown(self, receiver: Instance, row: TemplateView) -> Query | Instance | None:
        if row.shows not in _MAKERS:
            return None
        made = calls.applied(self._inference, Method(receiver, _MAKERS[row.shows][0]), Arguments(self._inference))
        return made if isinstance(made, Query | Instance) and made.definition is not None else None

    def _template(self, definition: ClassDefinition, row: TemplateView, value: Query | Instance | None) -> str:
        """Return the name of the template: the one that the class names, else that of its model."""
        if members.implementation(self._inference, definition, "get_template_names") is not None:
            return ""
        named = members.attribute(self._inference, ProjectClass(definition), "template_name")
        if isinstance(named, Literal) and isinstance(named.value, str):
            return named.value
        if value is None or value.definition is None or not row.suffix:
            return ""
        model = self._project.schema.model(value.definition)
        app = model.app_label if model is not None else ""
        return f"{app}/{_short(value.definition).lower()}{row.suffix}.html"

    def _names(self, definition: ClassDefinition, row: TemplateView, value: Query | Instance) -> Iterator[str]:
        yield _MAKERS[row.shows][1]
        if row.shows == _ROWS:
            yield "page_obj"
        own = members.attribute(self._inference, ProjectClass(definition), "context_object_name")
        if isinstance(own, Literal) and isinstance(own.value, str):
            yield own.value
        elif value.definition is not None:
            yield _short(value.definition).lower() + ("_list" if row.shows == _ROWS else "")

    def _source(self, definition: ClassDefinition, row: TemplateView, value: Value) -> Entry | None:
        """Return what is shown: by the method that gives it, else by the attribute that says of what."""
        receiver = Instance(definition.name, definition)
        for name in _METHODS[row.shows]:
            function = members.implementation(self._inference, definition, name)
            results = self._contexts.seen(function, receiver).results if function is not None else []
            if function is not None and results:
                return Entry.inside(function, receiver, results[-1], value)
        for name in ("queryset", "model"):
            for ancestor in self._project.symbols.ancestors(definition):
                variable = _variable(ancestor, name)
                body = self._project.body(variable.units[-1]) if variable is not None else None
                if variable is not None and isinstance(body, ir.Assign) and body.value is not None:
                    return Entry(value, body.value, variable.module, variable.units[-1].start)
        return None


def _variable(ancestor: ClassDefinition | str, name: str) -> Variable | None:
    if not isinstance(ancestor, ClassDefinition):
        return None
    return ancestor.module.variables.get(f"{ancestor.row.name}.{name}")


def _short(definition: ClassDefinition) -> str:
    return definition.row.name.rpartition(".")[2]
