"""The request and response models of views of Django REST framework: serializers, and what their documentation says."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.project.routes.django.class_order import ClassReader
from archlint.project.routes.django.frames import Frame, Given
from archlint.project.routes.django.reader import Reader
from archlint.project.routes.django.rest.choices import chosen_lists
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import argument, keyword
from archlint.project.values import External, Instance, ProjectClass

_WRITING = frozenset({"post", "put", "patch"})
_READING = frozenset({"get", "post", "put", "patch"})
_SCHEMA = "drf_spectacular.utils.extend_schema"


class Models(msgspec.Struct, frozen=True):
    """What a route takes and gives, and the statuses that it declares."""

    request: tuple[ClassDefinition, ...] = ()
    response: ClassDefinition | None = None
    responses: tuple[int, ...] = ()


class ModelReader:
    """Finds the serializers of views."""

    def __init__(self, reader: Reader, classes: ClassReader) -> None:
        self._reader = reader
        self._classes = classes

    def of_action(
        self, definition: ClassDefinition | None, action: tuple[str, str], function: FunctionDefinition | None
    ) -> Models:
        """Return the models of one action of a view."""
        declared = self.of_function(function) if function is not None else Models()
        if definition is None:
            return declared
        serializer = self._of_decorator(function) if function is not None else None
        serializer = serializer or self.serializer(definition, action)
        verb = action[0]
        given = (serializer,) if serializer is not None and verb in _WRITING else ()
        response = serializer if verb in _READING else None
        return Models(declared.request or given, declared.response or response, declared.responses)

    def of_function(self, function: FunctionDefinition) -> Models:
        """Return what `@extend_schema` says of a function."""
        for name, given in self._reader.decorators(function):
            if name == _SCHEMA and isinstance(given.node, ir.Call):
                return self._declared(given.node, given.frame)
        return Models()

    def _declared(self, call: ir.Call, frame: Frame) -> Models:
        words = {one.name: one.value for one in call.keywords}
        request = self._class_of(words.get("request"), frame)
        responses = words.get("responses")
        if isinstance(responses, ir.Mapping):
            pairs = list(self._statuses(responses, frame))
            successes = [model for status, model in pairs if 200 <= status < 300 and model is not None]  # noqa: PLR2004
            found = tuple(sorted(status for status, _ in pairs))
            return Models((request,) if request else (), next(iter(successes), None), found)
        return Models((request,) if request else (), self._class_of(responses, frame))

    def _statuses(self, node: ir.Mapping, frame: Frame) -> Iterator[tuple[int, ClassDefinition | None]]:
        for key, value in zip(node.keys, node.values, strict=True):
            status = key.value if isinstance(key, ir.Constant) and isinstance(key.value, int) else None
            if isinstance(key, ir.Attribute) and key.name.startswith("HTTP_"):  # `status.HTTP_200_OK`
                status = int(key.name.split("_")[1])
            if status is not None:
                yield status, self._class_of(value, frame)

    def _of_decorator(self, function: FunctionDefinition) -> ClassDefinition | None:
        frame = self._reader.frame_of(function)
        for decorator in function.row.decorators:
            given = keyword(decorator, "serializer_class") if isinstance(decorator, ir.Call) else None
            if given is not None:
                return self._class_of(given, frame)
        return None

    def serializer(self, definition: ClassDefinition, action: tuple[str, str]) -> ClassDefinition | None:
        """Return the serializer that a view takes for an action, None where nobody knows."""
        getter = next(iter(self._classes.functions(definition, "get_serializer_class")), None)
        own = self._classes.attribute(definition, "serializer_class")
        attribute = self._class_of(own.node, own.frame) if own is not None else None
        if getter is None:
            return attribute
        found = {
            attribute if chosen == "inherited" else self._given(chosen)
            for chosen in chosen_lists(self._reader, getter, "serializer_class", action)
        }
        return found.pop() if len(found) == 1 else None

    def _given(self, chosen: Given | None) -> ClassDefinition | None:
        return None if chosen is None else self._class_of(chosen.node, chosen.frame)

    def _class_of(self, node: ir.Expr | None, frame: Frame) -> ClassDefinition | None:
        """Return the class of a serializer, given as it is, as an instance (`many=True`), or in an OpenApiResponse."""
        if node is None:
            return None
        value = self._reader.value(node, frame)
        if isinstance(value, ProjectClass):
            return value.definition
        if isinstance(node, ir.Call) and isinstance(value, External | Instance) and "OpenApiRe" in value.name:
            return self._class_of(argument(node, 0, "response", "request"), frame)
        return value.definition if isinstance(value, Instance) else None
