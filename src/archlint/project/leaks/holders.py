"""Objects that show a secret when they are written out: settings, configurations, headers, the whole environment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted, resolved
from archlint.project.inference.listening import Evaluator
from archlint.project.inference.scopes import Scope
from archlint.project.project import Project
from archlint.project.routes.django.frames import class_statements
from archlint.project.symbols import ClassDefinition, Module
from archlint.project.tree import called_name, keyword, nodes_in
from archlint.project.values import Instance
from archlint.secrets.names import promised

ALL_VARIABLES = "all variables of the environment"
_DUMPING = frozenset({"dict", "json", "model_dump", "model_dump_json", "asdict", "vars", "to_dict"})
_SHOWN_BASES = ("pydantic.", "pydantic_settings.", "sqlmodel.", "typing.NamedTuple")
"""Packages whose classes show all of their fields in their text."""
_HIDDEN = frozenset({"SecretBytes", "SecretStr", "Secret"})
_PLAIN = frozenset({"bool", "float", "int"})
_CARRYING = frozenset({"authorization", "cookie", "proxy-authorization", "set-cookie", "x-api-key", "x-auth-token"})


class Seen(Protocol):
    """Where an expression stands that is written out, and what is known there."""

    @property
    def module(self) -> Module:
        """Return the module."""

    @property
    def scope(self) -> Scope:
        """Return what the names mean."""

    @property
    def evaluator(self) -> Evaluator:
        """Return what tells values."""

    @property
    def function(self) -> ir.Function | ir.Lambda | None:
        """Return the innermost function around it."""


def shown_secrets(project: Project, site: Seen, node: ir.Expr) -> tuple[str, ...]:
    """Return the names of secrets that an object shows when it is written out, none where that is not known."""
    if _is_environment(site, node):
        return (ALL_VARIABLES,)
    if isinstance(node, ir.Name | ir.Attribute) and _last(node) == "headers":
        return _of_headers(site, node)
    dumped, hidden = _dumped(node)
    value = site.evaluator.value(dumped, site.scope)
    definition = value.definition if isinstance(value, Instance) else None
    if definition is None or (dumped is node and not _shows_fields(project, definition)):
        return ()
    return tuple([name for name in secret_fields(project, definition) if name not in hidden])


def secret_fields(project: Project, definition: ClassDefinition) -> Iterator[str]:
    """Yield the fields of a class and of those that it derives from that hold a secret in the open."""
    # A model of pydantic keeps what begins with an underscore to itself.
    return (one for one in open_fields(project, definition) if promised(one) and not one.startswith("_"))


def open_fields(project: Project, definition: ClassDefinition) -> Iterator[str]:
    """Yield the fields of a class and of those that it derives from whose text shows their value."""
    seen: set[str] = set()
    for ancestor in project.symbols.ancestors(definition):
        if not isinstance(ancestor, ClassDefinition):
            continue
        for statement, _ in class_statements(project, ancestor):
            name = _field(statement)
            if name and name not in seen:
                seen.add(name)
                if not _is_hidden(statement):
                    yield name


def _field(statement: ir.Stmt) -> str:
    """Return the name that a statement in a class annotates, "" for others."""
    if isinstance(statement, ir.Assign) and statement.annotation is not None and len(statement.targets) == 1:
        target = statement.targets[0]
        return target.id if isinstance(target, ir.Name) else ""
    return ""


def _is_hidden(statement: ir.Stmt) -> bool:
    """Return whether a field's type masks its value, or the field stays out of the text of its class."""
    if not isinstance(statement, ir.Assign) or statement.annotation is None:
        return False
    names = [_last(one) for one, _ in nodes_in(statement) if isinstance(one, ir.Name | ir.Attribute)]
    if not _HIDDEN.isdisjoint(names) or (
        isinstance(statement.annotation, ir.Name) and statement.annotation.id in _PLAIN
    ):
        return True
    made = statement.value if isinstance(statement.value, ir.Call) else None
    off = [keyword(made, name) for name in ("repr", "exclude")] if made is not None else []
    return any(isinstance(one, ir.Constant) for one in off)


def _dumped(node: ir.Expr) -> tuple[ir.Expr, frozenset[str]]:
    """Return the object that a call writes out with all its fields, and the fields that it is told to leave out."""
    if not isinstance(node, ir.Call) or called_name(node) not in _DUMPING:
        return node, frozenset()
    excluded = keyword(node, "exclude")
    items = excluded.items if isinstance(excluded, ir.Collection) else ()
    hidden = frozenset(one.value for one in items if isinstance(one, ir.Text))
    if keyword(node, "include") is not None or (excluded is not None and len(hidden) != len(items)):
        return ir.Constant(node.start, node.end, None), frozenset()
    if isinstance(node.func, ir.Attribute) and not node.args:
        return node.func.value, hidden
    return (node.args[0] if node.args else node), hidden


def _shows_fields(project: Project, definition: ClassDefinition) -> bool:
    """Return whether the text of an object has all its fields: a dataclass, a model of pydantic, no text of its own."""
    ancestors = tuple(project.symbols.ancestors(definition))
    own = [one for one in ancestors if isinstance(one, ClassDefinition)]
    if any(f"{one.row.name}.{name}" in one.module.functions for one in own for name in ("__repr__", "__str__")):
        return False
    marked = [dotted(part.func if isinstance(part, ir.Call) else part) for one in own for part in one.row.decorators]
    if any(name.rpartition(".")[2] == "dataclass" for name in marked):
        return True
    return any(isinstance(one, str) and one.startswith(_SHOWN_BASES) for one in ancestors)


def _is_environment(site: Seen, node: ir.Expr) -> bool:
    if isinstance(node, ir.Call) and called_name(node) in ("copy", "items") and isinstance(node.func, ir.Attribute):
        node = node.func.value
    return resolved(dotted(node), site.module.imports) == "os.environ"


def _of_headers(site: Seen, node: ir.Expr) -> tuple[str, ...]:
    """Return the headers with credentials in them: those of a request that came in, or as they are written here."""
    if isinstance(node, ir.Attribute):
        return ("Authorization", "Cookie") if dotted(node.value) in ("request", "self.request") else ()
    function = site.function
    found: list[str] = []
    for one, _ in nodes_in(function) if isinstance(function, ir.Function) else ():
        if isinstance(one, ir.Assign) and any(_is_about(target, node) for target in one.targets):
            found += _carried(one)
    return tuple(dict.fromkeys(found))


def _is_about(target: ir.Expr, node: ir.Expr) -> bool:
    base = target.value if isinstance(target, ir.Subscript) else target
    return isinstance(base, ir.Name) and isinstance(node, ir.Name) and base.id == node.id


def _carried(statement: ir.Assign) -> Iterator[str]:
    keys: list[ir.Expr | None] = []
    if isinstance(statement.value, ir.Mapping):
        keys += statement.value.keys
    keys += [target.index for target in statement.targets if isinstance(target, ir.Subscript)]
    for key in keys:
        if isinstance(key, ir.Text) and (key.value.lower() in _CARRYING or promised(key.value)):
            yield key.value


def _last(node: ir.Expr) -> str:
    return dotted(node).rpartition(".")[2]
