"""Where a serializer is given many rows: by a call with `many=True`, and by views that list a queryset."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.project.effects.effect import Step
from archlint.project.inference import calls
from archlint.project.inference.arguments import Arguments
from archlint.project.project import Project
from archlint.project.routes.django.rest.contracts import ModelReader
from archlint.project.routes.django.rest.mixins import LISTING
from archlint.project.routes.route import Route
from archlint.project.serializers.calls import calls_with_rows, row_of
from archlint.project.serializers.fields import SerializerFields
from archlint.project.symbols import ClassDefinition, FunctionDefinition, Variable
from archlint.project.templates.contexts import Contexts, Entry
from archlint.project.templates.origins import Origins
from archlint.project.tree import called_name, expressions_in, expressions_of, statements_in
from archlint.project.values import Instance, Method, ProjectClass, Value
from archlint.source import Role

_LOADING = frozenset({"Prefetch", "prefetch_related", "prefetch_related_objects", "select_related"})
_MAKING = "get_serializer"
_QUERY = "get_queryset"
_NARROWING = ("get_queryset", "filter_queryset", "paginate_queryset", "list")


class Listing(msgspec.Struct, frozen=True):
    """The rows that a serializer is given, and where they come from.

    `function` is the one that calls it, `view` and `route` what lists by itself.
    `texts` are those around: a relation that one of them names may be loaded under a condition.
    """

    serializer: ClassDefinition
    row: Instance
    source: Step
    call: Step | None = None
    function: FunctionDefinition | None = None
    view: ClassDefinition | None = None
    route: Route | None = None
    texts: frozenset[str] = frozenset()

    def may_load(self, path: tuple[str, ...], *, through_many: bool) -> bool:
        """Return whether a text names a relation, or one on the way to it, that is not known to be loaded."""
        for index in range(1 if through_many else len(path), len(path) + 1):
            way = "__".join(path[:index])
            is_named = any(text == way or text.startswith(f"{way}__") for text in self.texts)
            if is_named and self.row.has(".".join(path[:index])) is not True:
                return True
        return False


class Listings:
    """Finds what is listed."""

    def __init__(self, project: Project, fields: SerializerFields) -> None:
        self._project = project
        self._classes = fields.classes
        self._fields = fields
        self._models = ModelReader(fields.reader, fields.classes)
        self._contexts = Contexts(project)
        self._origins = Origins(project, self._contexts)

    def found(self, roles: Container[Role]) -> Iterator[Listing]:
        """Yield what views list, then what calls in files of some roles do."""
        yield from self._views(roles)
        names = self._names()
        for place in self._project.units(roles) if names else ():
            if not names.isdisjoint(call.rpartition(".")[2] for call in place.unit.calls):
                for function in self._project.functions_at(place):
                    yield from self._calls(function)

    def _names(self) -> frozenset[str]:
        """Return the names under which serializers are made."""
        classes = (one for module in self._project.modules for one in module.classes.values() if one.row.bases)
        found = {one.row.name.rpartition(".")[2] for one in classes if self._fields.is_serializer(one)}
        return frozenset(found | {_MAKING, "serializer_class"}) if found else frozenset()

    def _views(self, roles: Container[Role]) -> Iterator[Listing]:
        seen: set[ClassDefinition] = set()
        for route in self._project.routes.routes:
            view = route.handler.view
            if view is None or view in seen or view.module.role not in roles or not self._lists(route, view):
                continue
            seen.add(view)
            serializer = self._models.serializer(view, ("get", route.handler.name.rpartition(".")[2]))
            row, source = self._listed(view), self._source(view)
            if serializer is not None and row is not None and source is not None:
                yield Listing(serializer, row, source, view=view, route=route, texts=self._texts_of(view))

    def _lists(self, route: Route, view: ClassDefinition) -> bool:
        if route.framework != "rest_framework" or "GET" not in route.methods:
            return False
        action, own = route.handler.name.rpartition(".")[2], route.handler.function
        if action not in ("list", "get") or LISTING.isdisjoint(self._classes.library_bases(view)):
            return False
        return own is None or any(
            one.rpartition(".")[2] == action for one in own.unit.calls if "super" in one or "?" in one
        )

    def _listed(self, view: ClassDefinition) -> Instance | None:
        inference = self._project.inference
        receiver = Instance(view.name, view)
        return row_of(calls.applied(inference, Method(receiver, _QUERY), Arguments(inference)))

    def _source(self, view: ClassDefinition) -> Step | None:
        """Return where a view says what it lists."""
        receiver = Instance(view.name, view)
        for function in self._classes.functions(view, _QUERY)[:1]:
            results = self._contexts.seen(function, receiver).results
            if results:
                value = self._project.inference.returned(function, receiver)
                return self._origins.of(Entry.inside(function, receiver, results[-1], value))
        for base in self._classes.order(view):
            name = f"{base.row.name}.queryset" if isinstance(base, ClassDefinition) else ""
            variable = base.module.variables.get(name) if isinstance(base, ClassDefinition) else None
            if isinstance(variable, Variable):
                unit = variable.units[-1]
                body = self._project.body(unit)
                if isinstance(body, ir.Assign) and body.value is not None:
                    return Step(variable.module, unit.start, body.value.start, body.value.end)
        return None

    def _calls(self, function: FunctionDefinition) -> Iterator[Listing]:
        for one in calls_with_rows(self._project, function):
            serializer = self._serializer(function, one.callee)
            if serializer is not None:
                entry = Entry.inside(function, None, one.node, one.row)
                call = Step(function.module, function.unit.start, one.call.start, one.call.end)
                texts = self._texts([function])
                yield Listing(serializer, one.row, self._origins.of(entry), call, function, texts=texts)

    def _serializer(self, function: FunctionDefinition, callee: Value) -> ClassDefinition | None:
        if isinstance(callee, ProjectClass):
            return callee.definition if self._fields.is_serializer(callee.definition) else None
        if isinstance(callee, Method) and callee.name == _MAKING and isinstance(callee.receiver, Instance):
            view = callee.receiver.definition
            return self._models.serializer(view, ("get", function.row.name)) if view is not None else None
        return None

    def _texts_of(self, view: ClassDefinition) -> frozenset[str]:
        return self._texts(one for name in _NARROWING for one in self._classes.functions(view, name))

    def _texts(self, functions: Iterable[FunctionDefinition]) -> frozenset[str]:
        """Return the texts that functions give to what loads relations together with rows."""
        found: set[str] = set()
        for function in functions:
            node = self._project.function_node(function)
            for statement in statements_in(node.body) if node is not None else ():
                calls_in = (one for top in expressions_of(statement) for one in expressions_in(top))
                for one in calls_in:
                    if isinstance(one, ir.Call) and called_name(one) in _LOADING:
                        found |= {inner.value for inner in expressions_in(one) if isinstance(inner, ir.Text)}
        return frozenset(found)
