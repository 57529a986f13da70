"""The templates from which a router of Django REST framework makes its patterns, as the project changes them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.routes.django.class_order import ClassReader
from archlint.project.routes.django.frames import Frame, Given
from archlint.project.routes.django.reader import Reader
from archlint.project.routes.django.rest.actions import Actions, mapped_actions
from archlint.project.symbols import ClassDefinition
from archlint.project.tree import argument, uncalled


class Template(msgspec.Struct, frozen=True):
    """A pattern with holes, and what each verb calls; a dynamic one is made once for each `@action`."""

    url: str
    actions: Actions
    is_detail: bool
    is_dynamic: bool = False


STANDARD = (
    Template("^{prefix}{trailing_slash}$", (("get", "list"), ("post", "create")), is_detail=False),
    Template("^{prefix}/{url_path}{trailing_slash}$", (), is_detail=False, is_dynamic=True),
    Template(
        "^{prefix}/{lookup}{trailing_slash}$",
        (("get", "retrieve"), ("put", "update"), ("patch", "partial_update"), ("delete", "destroy")),
        is_detail=True,
    ),
    Template("^{prefix}/{lookup}/{url_path}{trailing_slash}$", (), is_detail=True, is_dynamic=True),
)


def templates(reader: Reader, classes: ClassReader, definition: ClassDefinition | None) -> list[Template]:
    """Return the templates of a class of routers: the standard ones, unless the project says otherwise."""
    if definition is None:
        return list(STANDARD)
    given = classes.attribute(definition, "routes")
    found = list(STANDARD) if given is None else [one for each in reader.items(given) for one in _own(reader, each)]
    for init in classes.functions(definition, "__init__"):
        node = reader.project.function_node(init)
        for statement in node.body if node is not None else ():
            _change(reader, statement, reader.frame_of(init), found)
    return found


def _own(reader: Reader, given: Given) -> Iterator[Template]:
    """Yield the template that `Route(url=…, mapping=…)` is; those of the library's class may be taken over."""
    origin = reader.origin(given)
    node = origin.node
    name = dotted(uncalled(node)).rpartition(".")[2]
    if name == "routes":
        yield from STANDARD
    if not isinstance(node, ir.Call) or name not in ("DynamicRoute", "Route"):
        return
    is_dynamic = name == "DynamicRoute"
    url = argument(node, 0, "url")
    mapping = None if is_dynamic else argument(node, 1, "mapping")
    detail = argument(node, 2 if is_dynamic else 3, "detail")
    text = reader.text(url, origin.frame) if url is not None else None
    if text is not None:
        is_detail = isinstance(detail, ir.Constant) and detail.value is True
        yield Template(text, mapped_actions(reader, mapping, origin.frame), is_detail, is_dynamic)


def _change(reader: Reader, statement: ir.Stmt, frame: Frame, found: list[Template]) -> None:
    """Add what `self.routes[0].mapping.update({…})` maps."""
    call = statement.value if isinstance(statement, ir.Evaluate) else None
    func = call.func if isinstance(call, ir.Call) else None
    if not isinstance(call, ir.Call) or not isinstance(func, ir.Attribute) or func.name != "update" or not call.args:
        return
    place = func.value.value if isinstance(func.value, ir.Attribute) and func.value.name == "mapping" else None
    index = place.index if isinstance(place, ir.Subscript) and dotted(place.value) == "self.routes" else None
    if isinstance(index, ir.Constant) and isinstance(index.value, int) and index.value < len(found):
        at = int(index.value)
        added = mapped_actions(reader, call.args[0], frame)
        found[at] = replace(found[at], actions=tuple({**dict(found[at].actions), **dict(added)}.items()))
