"""The actions of viewsets: methods that carry `@action`, and mappings of verbs to them."""

from __future__ import annotations

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.routes.django.class_order import ClassReader
from archlint.project.routes.django.frames import Frame, Given
from archlint.project.routes.django.reader import Reader
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import argument, keyword

Actions = tuple[tuple[str, str], ...]
"""Verbs with what each calls."""


class ExtraAction(msgspec.Struct, frozen=True):
    """A method with `@action`: its part of the path, whether it is about one object, and what each verb calls."""

    path: str
    is_detail: bool
    actions: Actions
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
            for function in () if isinstance(base, str) else base.methods:
                name, extra = function.row.name, self._extra_action(function)
                if extra is not None:
                    found[name] = extra
                elif name in found:
                    del found[name]
        return [self._mapped(definition, found[name]) for name in sorted(found)]

    def _extra_action(self, function: FunctionDefinition) -> ExtraAction | None:
        for name, given in self._reader.decorators(function):
            module, _, last = name.rpartition(".")
            is_action = module == "rest_framework.decorators" and last in ("action", "detail_route", "list_route")
            if is_action and isinstance(given.node, ir.Call):
                return self._action_of(function, given.node, last, given.frame)
        return None

    def _action_of(self, function: FunctionDefinition, call: ir.Call, last: str, frame: Frame) -> ExtraAction:
        methods, detail, url = argument(call, 0, "methods"), argument(call, 1, "detail"), keyword(call, "url_path")
        is_detail = last == "detail_route" or (isinstance(detail, ir.Constant) and detail.value is True)
        verbs = ["get"]
        if methods is not None:
            found = [self._reader.text(one.node, one.frame) for one in self._reader.items(Given(methods, frame))]
            verbs = [one.lower() for one in found if one is not None]
        path = self._reader.text(url, frame) if url is not None else None
        pairs = tuple((verb, function.row.name) for verb in verbs)
        return ExtraAction(path or function.row.name, is_detail, pairs, function)

    def _mapped(self, definition: ClassDefinition, extra: ExtraAction) -> ExtraAction:
        """Return an action with the verbs that `@name.mapping.verb` gives to other methods."""
        name = extra.function.row.name
        added = []
        for base in self._classes.order(definition):
            for function in () if isinstance(base, str) else base.methods:
                for decorator in function.row.decorators:
                    head, _, verb = dotted(decorator).rpartition(".")
                    if head == f"{name}.mapping":
                        added.append((verb, function.row.name))
        return ExtraAction(extra.path, extra.is_detail, (*extra.actions, *added), extra.function)


def mapped_actions(reader: Reader, node: ir.Expr | None, frame: Frame) -> Actions:
    """Return what a mapping of verbs to actions says: `{"get": "list", "post": "create"}`."""
    found = []
    for key, value in zip(node.keys, node.values, strict=True) if isinstance(node, ir.Mapping) else ():
        verb = reader.text(key, frame) if key is not None else None
        action = reader.text(value, frame)
        if verb is not None and action is not None:
            found.append((verb.lower(), action))
    return tuple(found)
