"""Which queries are fetched only to know how many rows there are, or whether there are any."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.project.flow import Called, Tested, tested
from archlint.project.inference.scopes import Scope
from archlint.project.project import Project, UnitPlace
from archlint.project.tree import binding, called_name, expressions_in, nodes_in
from archlint.project.values import Items, Query, Stage

_ASKING = frozenset({"bool", "len"})
_FETCHING = frozenset({"all", "fetchall", "list", "to_list"})
"""Calls whose result holds every row of the query, and nothing else."""
_APART = frozenset({"count", "delete", "exists", "update"})
"""Methods of a queryset that need none of the rows that it fetched."""
_NOT_COUNTED = frozenset({"raw", "select_for_update", "with_for_update"})
"""Methods after which the rows are wanted for their locks, or cannot be counted."""


class Sized(msgspec.Struct, frozen=True):
    """An expression that asks for the size of a query: `subject` is what it fetches, `is_number` tells how many."""

    node: ir.Expr
    subject: ir.Expr
    query: Query
    is_number: bool


def sized(project: Project, place: UnitPlace) -> Iterator[Sized]:
    """Yield what in a unit fetches the rows of a query of which nothing else in the function makes any use."""
    known: set[str] = set()
    for site in tested(project, place, _ASKING):
        function = site.functions[-1] if site.functions else None
        for node, subject in _subjects(site):
            query = _fetched(project, subject, site.scope)
            if query is None or not isinstance(function, ir.Function):
                continue
            if isinstance(subject, ir.Name):
                if subject.id in known or not _is_only_sized(project, function, subject.id, query):
                    continue
                known.add(subject.id)
            yield Sized(node, subject, query, isinstance(node, ir.Call) and called_name(node) == "len")


def _subjects(site: Called | Tested) -> Iterator[tuple[ir.Expr, ir.Expr]]:
    """Yield what asks for a size, and what it asks it of; `len` of a call is judged where queries are cut."""
    if isinstance(site, Called):
        is_whole = isinstance(site.call.func, ir.Name) and len(site.call.args) == 1
        name = called_name(site.call)
        subject = site.call.args[0] if is_whole else None
        if isinstance(subject, ir.Name) or (isinstance(subject, ir.Call) and name == "bool"):
            yield site.call, subject
        return
    pending = [site.node]
    while pending:
        node = pending.pop(0)
        if isinstance(node, ir.Boolean):
            pending += node.values
        elif isinstance(node, ir.Unary) and node.op == "not":
            pending.append(node.operand)
        elif isinstance(node, ir.Name | ir.Call):
            yield node, node


def _fetched(project: Project, subject: ir.Expr, scope: Scope) -> Query | None:
    """Return the query whose rows the question for its size fetches, or has fetched."""
    value = project.inference.value(subject, scope)
    if isinstance(value, Items):
        query = value.source if isinstance(subject, ir.Name) or _fetches(subject) else None
    else:
        is_lazy = isinstance(value, Query) and value.orm == "django" and value.stage is Stage.LAZY
        query = value if isinstance(value, Query) and is_lazy else None
    if query is None or query.bounded or query.related or query.definition is None or query.is_here:
        return None
    return query if _is_counted(subject) else None


def _fetches(node: ir.Expr | None) -> bool:
    inner = node.value if isinstance(node, ir.Await) else node
    return isinstance(inner, ir.Call) and called_name(inner) in _FETCHING


def _is_counted(node: ir.Expr) -> bool:
    names = {one.name for one in expressions_in(node) if isinstance(one, ir.Attribute)}
    return names.isdisjoint(_NOT_COUNTED)


def _is_only_sized(project: Project, function: ir.Function, name: str, query: Query) -> bool:
    """Return whether a function gives a name its value once, and asks for nothing but the size of what that is."""
    bound = [one for statement in function.body for one in binding(statement, name)]
    given = bound[0] if len(bound) == 1 else None
    if not isinstance(given, ir.Assign) or given.value is None or not _is_counted(given.value):
        return False
    if not all(isinstance(target, ir.Name) for target in given.targets) or len(given.targets) != 1:
        return False
    is_list = _fetches(given.value) and not (query.orm == "django" and _called_name(given.value) == "all")
    if not is_list and query.orm != "django":
        return False
    lazy: frozenset[str] = frozenset() if is_list else (project.knowledge.orm(query.orm).lazy - {"all"}) | _APART
    parents = {id(child): parent for child, parent in nodes_in(function)}
    uses = [one for one, _ in nodes_in(function) if isinstance(one, ir.Name) and one.id == name]
    reads = [one for one in uses if not (given.start <= one.start < given.value.start)]
    return all(_asks_size(one, parents) or _builds_on(one, parents, lazy) for one in reads)


def _called_name(node: ir.Expr) -> str:
    inner = node.value if isinstance(node, ir.Await) else node
    return called_name(inner) if isinstance(inner, ir.Call) else ""


def _asks_size(node: ir.Node, parents: dict[int, ir.Node]) -> bool:
    parent = parents.get(id(node))
    if isinstance(parent, ir.Boolean):
        return _asks_size(parent, parents)
    if isinstance(parent, ir.Unary):
        return parent.op == "not"
    if isinstance(parent, ir.If | ir.While | ir.Conditional):
        return parent.test is node
    return isinstance(parent, ir.Call) and isinstance(parent.func, ir.Name) and parent.func.id in _ASKING


def _builds_on(node: ir.Node, parents: dict[int, ir.Node], lazy: frozenset[str]) -> bool:
    """Return whether a method is called that makes a query of its own."""
    parent = parents.get(id(node))
    if not isinstance(parent, ir.Attribute) or parent.name not in lazy:
        return False
    around = parents.get(id(parent))
    return isinstance(around, ir.Call) and around.func is parent
