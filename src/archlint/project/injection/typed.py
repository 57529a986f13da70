"""Which parameters may hold any text that a client sends, as their annotations tell."""

from __future__ import annotations

import re

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.project import Project
from archlint.project.routes.django.frames import class_statements
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import expressions_in
from archlint.project.values import Instance

_TEXTS = frozenset(
    {"Any", "Dict", "List", "Mapping", "MultiDict", "QueryDict", "bytes", "dict", "list", "object", "str", "Request"}
)
"""Types whose values may be, or have in them, any text."""
_NARROW = frozenset({"Literal", "UUID", "Depends", "Security"})
_LIMITING = frozenset({"pattern", "regex"})
_TEXT_IN_PATH = frozenset({"", "path", "str", "string", "default"})


def holds_text(project: Project, function: FunctionDefinition, row: ir.Parameter, fields: tuple[str, ...] = ()) -> bool:
    """Return whether a parameter, or a field that is read of it, may hold any text; True where nothing is said."""
    if row.default is not None and _is_limited(row.default):
        return False
    if row.annotation is None:
        return not isinstance(row.default, ir.Constant) or row.default.value is None
    return _may(project, function, row.annotation, fields)


def _may(project: Project, function: FunctionDefinition, annotation: ir.Expr, fields: tuple[str, ...]) -> bool:
    if _is_limited(annotation):
        return False
    names = type_names(annotation)
    if not _NARROW.isdisjoint(names):
        return False
    if not _TEXTS.isdisjoint(names):
        return not fields or not _TEXTS.isdisjoint(names - {"str"})
    value = project.inference.annotated(annotation, project.inference.scope_of(function, None))
    definition = value.definition if isinstance(value, Instance) else None
    return definition is not None and bool(fields) and _field_may(project, function, definition, fields)


def _field_may(
    project: Project, function: FunctionDefinition, definition: ClassDefinition, fields: tuple[str, ...]
) -> bool:
    for ancestor in project.symbols.ancestors(definition):
        for statement, _ in class_statements(project, ancestor) if isinstance(ancestor, ClassDefinition) else ():
            declared = statement if isinstance(statement, ir.Assign) else None
            if declared is not None and declared.annotation is not None and dotted(declared.targets[0]) == fields[0]:
                limited = declared.value is not None and _is_limited(declared.value)
                return not limited and _may(project, function, declared.annotation, fields[1:])
    return False


def _is_limited(node: ir.Expr) -> bool:
    """Return whether a default or annotation allows only texts of a pattern."""
    calls = [one for one in expressions_in(node) if isinstance(one, ir.Call)]
    return any(word.name in _LIMITING for one in calls for word in one.keywords)


def type_names(annotation: ir.Expr) -> frozenset[str]:
    """Return the last names of the types in an annotation, those in calls (`Query(…)`) left out."""
    parts = [one for one in expressions_in(annotation) if isinstance(one, ir.Name | ir.Attribute)]
    return frozenset(dotted(one).rpartition(".")[2] for one in parts)


def is_text_in_path(path: str, name: str) -> bool:
    """Return whether a part of a path may be any text: `<name>`, `{name}`, not `<int:name>` nor `(?P<name>[0-9]+)`."""
    for found in re.finditer(r"[<{](?:(?P<before>\w+):)?" + re.escape(name) + r"(?::(?P<after>[^}>]*))?[>}]", path):
        if path[: found.start()].endswith("(?P"):
            return path[found.end() :].startswith((".", "[^"))
        return (found["before"] or "") in _TEXT_IN_PATH and (found["after"] or "") in _TEXT_IN_PATH
    return False
