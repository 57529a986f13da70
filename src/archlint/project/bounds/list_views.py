"""Views whose list of rows a library sends: what they list, and that nothing pages it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.bounds.paginators import Paginators
from archlint.project.project import Project
from archlint.project.routes.django.frames import Given
from archlint.project.routes.route import Mention, Route
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import statements_in, uncalled
from archlint.project.values import Instance, ProjectClass, Query, Stage

_LIST_VIEW = frozenset({"django.views.generic.ListView", "django.views.generic.list.ListView"})


class Listed(msgspec.Struct, frozen=True):
    """The queryset that a view lists whole, where it is written, and the route that lists it."""

    route: Route
    name: str
    query: Query
    mention: Mention


def list_views(project: Project) -> Iterator[Listed]:
    """Yield the views of Django and of Django REST framework that list a queryset and do not page it."""
    paginators = Paginators(project)
    seen: set[ClassDefinition] = set()
    for route in project.routes.routes:
        view = route.handler.view
        if view is None or view in seen or "GET" not in route.methods or not _lists(paginators, route, view):
            continue
        seen.add(view)
        found = _queryset(project, paginators, view)
        if found is not None:
            yield Listed(route, view.row.name, *found)
    yield from _operations(project)


def _operations(project: Project) -> Iterator[Listed]:
    """Yield the operations of Django Ninja that return a queryset, which it then fetches, and do not page it."""
    pages_all = any("RouterPaginated" in row.target for one in project.modules for row in one.facts.imports)
    for route in project.routes.routes if not pages_all else ():
        function = route.handler.function
        if route.framework != "ninja" or function is None or "GET" not in route.methods:
            continue
        if any("paginat" in dotted(uncalled(one)) for one in function.row.decorators):
            continue
        value, mention = project.inference.returned(function, None), _result(project, function)
        if isinstance(value, Query) and value.stage in (Stage.LAZY, Stage.MANAGER) and mention is not None:
            yield Listed(route, function.local_name, value, mention)


def _lists(paginators: Paginators, route: Route, view: ClassDefinition) -> bool:
    if route.handler.function is not None:
        return False
    action = route.handler.name.rpartition(".")[2]
    if route.framework == "rest_framework":
        return action in ("list", "get") and paginators.lists_all(view)
    classes = paginators.classes
    if _LIST_VIEW.isdisjoint(classes.library_bases(view)) or classes.functions(view, "get_paginate_by"):
        return False
    return action == "get" and classes.attribute(view, "paginate_by") is None


def _queryset(project: Project, paginators: Paginators, view: ClassDefinition) -> tuple[Query, Mention] | None:
    classes = paginators.classes
    own = next(iter(classes.functions(view, "get_queryset")), None)
    if own is not None:
        value = project.inference.returned(own, Instance(view.name, view))
        mention = _result(project, own)
        return (value, mention) if isinstance(value, Query) and mention is not None else None
    for name in ("queryset", "model"):
        given = classes.attribute(view, name)
        query = _query_of(paginators, given) if given is not None else None
        if given is not None and query is not None:
            return query, given.mention
    return None


def _query_of(paginators: Paginators, given: Given) -> Query | None:
    value = paginators.reader.value(given.node, given.frame)
    if isinstance(value, ProjectClass):
        return Query("django", value.definition.name, Stage.LAZY, value.definition)
    return value if isinstance(value, Query) else None


def _result(project: Project, function: FunctionDefinition) -> Mention | None:
    """Return where a function returns its result, the last place of several."""
    node = project.function_node(function)
    found = [one for one in statements_in(node.body) if isinstance(one, ir.Return)] if node is not None else []
    last = max(found, key=lambda one: one.start, default=None)
    start = function.unit.start
    return Mention(function.module, start + last.start, start + last.end) if last is not None else None
