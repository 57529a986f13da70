"""What the schemas of responses send: the fields of the class that a handler promises, and of those in it."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.ir import nodes as ir
from archlint.project.leaks.holders import open_fields
from archlint.project.leaks.sent.hiding import hides
from archlint.project.leaks.sent.withheld import Sent, may_send, withheld
from archlint.project.project import Project
from archlint.project.responses.schemas import SchemaField, Schemas
from archlint.project.routes.route import Mention, Route
from archlint.project.symbols import ClassDefinition
from archlint.project.tree import called_name, nodes_in, uncalled
from archlint.project.values import Instance

_MAX_DEPTH = 5
_NARROWING = frozenset({"response_model_exclude", "response_model_include"})
_JUDGING = ("serializer", "validator")


class SentSchemas:
    """Reads the schemas of routes; what they keep to themselves is known once for each class."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._schemas = Schemas(project)

    def of(self, route: Route) -> Iterator[Sent]:
        """Yield the secrets in what a route's handler promises to send."""
        model = route.response_model
        # What comes with the request is known to who sent it.
        if model is None or model in route.request_models or _is_narrowed(route):
            return
        schema = Instance(model.name, model, arguments=route.response_arguments)
        found = [one for one in self._all(schema, ()) if withheld(one.name) and not may_send(route, withheld(one.name))]
        if not found or hides(self._project, route, (model, *[one.owner for one in found])):
            return
        emptied = _emptied(self._project, route)
        for field in found:
            kind = withheld(field.name)
            if field.name not in emptied and self._is_open(field):
                place = field.place
                mention = Mention(place.module, place.offset + place.start, place.offset + place.end)
                yield Sent(field.name, kind, f"`{model.row.name}` shows", mention, route)

    def _all(self, schema: Instance, above: tuple[Instance, ...]) -> Iterator[SchemaField]:
        if schema in above or len(above) > _MAX_DEPTH:
            return
        for field in self._schemas.fields(schema):
            yield field
            if field.nested is not None:
                yield from self._all(field.nested, (*above, schema))

    def _is_open(self, field: SchemaField) -> bool:
        """Return whether a field shows its value: its type masks nothing, and no method of its class sees it first."""
        if field.name not in open_fields(self._project, field.owner):
            return False
        return not any(
            _judges(decorator, field.name)
            for ancestor in self._project.symbols.ancestors(field.owner)
            if isinstance(ancestor, ClassDefinition)
            for method in ancestor.methods
            for decorator in method.row.decorators
        )


def _judges(decorator: ir.Expr, name: str) -> bool:
    """Return whether a decorator lets a method change what a field shows."""
    called = uncalled(decorator)
    last = called.name if isinstance(called, ir.Attribute) else called.id if isinstance(called, ir.Name) else ""
    if not last.endswith(_JUDGING):
        return False
    texts = [one.value for one in decorator.args if isinstance(one, ir.Text)] if isinstance(decorator, ir.Call) else []
    return not texts or name in texts or "*" in texts


def _is_narrowed(route: Route) -> bool:
    """Return whether a decorator of the handler says which fields of the response are sent."""
    function = route.handler.function
    decorators = function.row.decorators if function is not None else ()
    words = {word.name for one in decorators if isinstance(one, ir.Call) for word in one.keywords}
    return not _NARROWING.isdisjoint(words)


def _emptied(project: Project, route: Route) -> frozenset[str]:
    """Return the fields that a handler sets itself before it sends them: `user.password = None`."""
    function = route.handler.function
    node = project.function_node(function) if function is not None else None
    found: set[str] = set()
    for one, _ in nodes_in(node) if node is not None else ():
        if isinstance(one, ir.Assign):
            found |= {target.name for target in one.targets if isinstance(target, ir.Attribute)}
        elif isinstance(one, ir.Call) and called_name(one)[:1].isupper():
            found |= {word.name for word in one.keywords if word.name and isinstance(word.value, ir.Text | ir.Constant)}
    return frozenset(found)
