"""What a client may give for a parameter of a handler: whether it may be left out, and how large it may be."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.bounds.limits import is_none
from archlint.project.bounds.sizes import Names, request_read
from archlint.project.handlers import Handler
from archlint.project.project import Project
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import argument, called_name, expressions_in

_DECLARING = frozenset({"Body", "Field", "Form", "Header", "Parameter", "Param", "Path", "Query"})
_ENDS = frozenset({"le", "lt", "max_value", "multiple_of"})
_BY_SIGNATURE = frozenset({"fastapi", "litestar", "ninja", "starlette", "web", "blacksheep", "quart", "robyn", "sanic"})
"""Frameworks that fill parameters of handlers from the query."""
_INTEGERS = frozenset({"int", "Optional", "Union", "Annotated", "typing", "None", "PositiveInt", "NonNegativeInt"})


class Given(msgspec.Struct, frozen=True):
    """A number that comes from the client: where that is declared or read, and what holds of it."""

    node: ir.Node
    is_optional: bool
    is_capped: bool
    offset: int = 0
    """The offset in the file that the region of the node is relative to."""


def given(project: Project, served: Handler | None, function: FunctionDefinition, name: str) -> Given | None:
    """Return what a client may give for a name of a handler, or None where it gives nothing or nobody knows."""
    row = next((one for one in function.row.parameters if one.name == name), None)
    if row is not None:
        found = parameter(row, served.framework) if served is not None else None
    else:
        node = project.function_node(function)
        value = Names(node).reads.get(name) if node is not None else None
        found = read(value) if value is not None else None
    return replace(found, offset=function.unit.start) if found is not None else None


def parameter(row: ir.Parameter, framework: str) -> Given | None:
    """Return what a client may give for a parameter of a handler, or None where it gives nothing or nobody knows."""
    default = row.default
    declared = default if isinstance(default, ir.Call) else None
    if framework not in _BY_SIGNATURE or (declared is not None and called_name(declared) not in _DECLARING):
        return None
    if row.annotation is None or not _is_integer(row.annotation):
        return None
    inside = [one for one in expressions_in(row.annotation) if isinstance(one, ir.Call)]
    value = argument(declared, 0, "default") if declared is not None else default
    calls = [*inside, *([declared] if declared is not None else [])]
    return Given(row, is_none(value), any(word.name in _ENDS for call in calls for word in call.keywords))


def read(node: ir.Expr) -> Given | None:
    """Return what a client may give where a number is read from the request: without a default it may be None."""
    found = request_read(node)
    if found is None:
        return None
    default = argument(found, 1, "default") if isinstance(found, ir.Call) else found
    words = {one.name: one.value for one in found.keywords} if isinstance(found, ir.Call) else {}
    is_number = found is not node or dotted(words.get("type", found)) == "int"
    return Given(node, default is None or is_none(default), is_capped=not is_number)


def _is_integer(annotation: ir.Expr) -> bool:
    """Return whether an annotation is `int` in one of its spellings, with what may narrow it in calls only."""
    names = [one.id for one in expressions_in(annotation) if isinstance(one, ir.Name)]
    called = {dotted(one.func).partition(".")[0] for one in expressions_in(annotation) if isinstance(one, ir.Call)}
    return "int" in names and all(name in _INTEGERS | called | {"Query"} for name in names)
