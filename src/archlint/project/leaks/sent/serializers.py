"""What the serializers of Django REST framework send: fields that they declare, list, or take with all of a model."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.project.leaks.sent.withheld import Sent, may_send, withheld
from archlint.project.project import Project
from archlint.project.routes.route import Mention, Route
from archlint.project.serializers.fields import Reading, SerializerFields
from archlint.project.symbols import ClassDefinition

_FRAMEWORK = "rest_framework"
_ASKING = frozenset({"get_serializer", "super"})
_MAX_DEPTH = 4


class SentSerializers:
    """Reads the serializers of routes."""

    def __init__(self, project: Project) -> None:
        self._fields = SerializerFields(project)

    def of(self, route: Route) -> Iterator[Sent]:
        """Yield the secrets in what a view's serializer writes out."""
        serializer = route.response_model
        if route.framework != _FRAMEWORK or serializer is None or not self._answers(route, serializer):
            return
        for owner, name, mention in self._all(serializer, 0):
            kind = withheld(name)
            if kind and not may_send(route, kind):
                yield Sent(name, kind, f"`{owner.row.name}` shows", mention, route)

    @staticmethod
    def _answers(route: Route, serializer: ClassDefinition) -> bool:
        """Return whether a view answers with its serializer: the library's methods do, others may take it for input."""
        function = route.handler.function
        if function is None:
            return True
        asked = {name.rpartition(".")[2] for name in function.unit.calls}
        return serializer.row.name in asked or not _ASKING.isdisjoint(asked)

    def _all(self, serializer: ClassDefinition, depth: int) -> Iterator[tuple[ClassDefinition, str, Mention]]:
        if depth > _MAX_DEPTH or self._changes(serializer):
            return
        for field in self._fields.of(serializer):
            if field.nested is not None:
                yield from self._all(field.nested, depth + 1)
            elif field.reading is not Reading.METHOD:
                yield serializer, field.name, field.mention
        for name, mention in self._fields.columns(serializer).items():
            yield serializer, name, mention

    def _changes(self, serializer: ClassDefinition) -> bool:
        """Return whether a class decides while it runs what it writes out."""
        represents = self._fields.classes.functions(serializer, "to_representation")
        return bool(represents) or self._fields.changes(serializer)
