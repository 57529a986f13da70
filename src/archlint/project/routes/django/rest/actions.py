"""The methods of viewsets that carry `@action`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.ir.module import Flag
from archlint.project.routes.django.class_order import ClassReader
from archlint.project.routes.django.frames import Frame, Given
from archlint.project.routes.django.reader import Reader
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import argument


@dataclass(frozen=True, slots=True)
class ExtraAction:
    """A method with `@action`: its part of the path, whether it is about one object, and what each verb calls."""

    path: str
    is_detail: bool
    actions: tuple[tuple[str, str], ...]
    function: FunctionDefinition


class ActionReader:
    """Finds the actions of viewsets."""

    def __init__(self, reader: Reader, classes: ClassReader) -> None:
        self._reader = reader
        self._classes = classes

    def actions(self, definition: ClassDefinition) -> list[ExtraAction]:
        """Return the methods of a viewset that carry `@action`, with the verbs that `mapping` adds, by name."""
        found: dict[str, ExtraAction] = {}
        for base in reversed(self._classes.order(definition)):
            for name, function in () if isinstance(base, str) else methods_of(base):
                extra = self._extra_action(function)
                if extra is not None:
                    found[name] = extra
                elif name in found:
                    del found[name]
        return [self._mapped(definition, found[name]) for name in sorted(found)]

    def _extra_action(self, function: FunctionDefinition) -> ExtraAction | None:
        frame = Frame(function.module, function.unit.start)
        for decorator in function.row.decorators:
            name = self._reader.external(decorator.func, frame) if isinstance(decorator, ir.Call) else ""
            module, _, last = name.rpartition(".")
            if module == "rest_framework.decorators" and last in ("action", "detail_route", "list_route"):
                return self._action_of(function, decorator, last, frame)
        return None

    def _action_of(
        self, function: FunctionDefinition, decorator: ir.Expr, last: str, frame: Frame
    ) -> ExtraAction | None:
        call = decorator if isinstance(decorator, ir.Call) else None
        words = {one.name: one.value for one in call.keywords} if call is not None else {}
        methods = words.get("methods") or (argument(call, 0) if call is not None else None)
        detail = words.get("detail") or (argument(call, 1) if call is not None else None)
        is_detail = last == "detail_route" or (isinstance(detail, ir.Constant) and detail.value is True)
        verbs = ["get"]
        if methods is not None:
            found = [self._reader.text(one.node, one.frame) for one in self._reader.items(Given(methods, frame))]
            verbs = [one.lower() for one in found if one is not None]
        path = self._reader.text(words["url_path"], frame) if "url_path" in words else function.row.name
        pairs = tuple((verb, function.row.name) for verb in verbs)
        return ExtraAction(path or function.row.name, is_detail, pairs, function)

    def _mapped(self, definition: ClassDefinition, extra: ExtraAction) -> ExtraAction:
        """Return an action with the verbs that `@name.mapping.verb` gives to other methods."""
        name = extra.function.row.name
        added = []
        for base in self._classes.order(definition):
            for other, function in () if isinstance(base, str) else methods_of(base):
                for decorator in function.row.decorators:
                    head, _, verb = dotted(decorator).rpartition(".")
                    if head == f"{name}.mapping":
                        added.append((verb, other))
        return ExtraAction(extra.path, extra.is_detail, (*extra.actions, *added), extra.function)


def methods_of(definition: ClassDefinition) -> Iterator[tuple[str, FunctionDefinition]]:
    """Yield the methods that the body of a class defines, by name, in the order of the source."""
    for unit in definition.row.units:
        row = definition.module.facts.units[unit]
        found = (
            definition.module.functions.get(f"{definition.row.name}.{row.name}") if row.flags & Flag.FUNCTION else None
        )
        if found is not None:
            yield row.name, found
