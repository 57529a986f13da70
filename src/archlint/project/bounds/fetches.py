"""Where a function fetches all rows of a query."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.project.flow import CallSite, call_sites, loops
from archlint.project.project import Project, UnitPlace
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import names_in, statements_in, target_names
from archlint.project.values import (
    Bound,
    External,
    Instance,
    Items,
    Method,
    ProjectClass,
    ProjectFunction,
    Query,
    Stage,
    Value,
)

EVALUATING = frozenset({"list", "tuple", "sorted", "all", "fetchall", "to_list"})
SENDING = frozenset({"JsonResponse", "Response", "render", "TemplateResponse", "HttpResponse", "jsonify"})
_STARTING = frozenset({"all", "exec", "execute", "fetchall", "query", "scalars", "to_list"})


class Fetch(msgspec.Struct, frozen=True):
    """What fetches the rows of a query, all at once."""

    node: ir.Expr
    query: Query


def fetching_names(project: Project) -> frozenset[str]:
    """Return the attribute names without which no unit fetches rows itself."""
    return _STARTING.union(*[verbs.manager_names | verbs.lazy for verbs in project.knowledge.tables.orms])


def fetches(project: Project, place: UnitPlace) -> Iterator[Fetch]:
    """Yield what fetches rows in a function; what a nested one does, others decide."""
    for site in call_sites(project, place):
        if len(site.functions) == 1 and not _is_cut(site):
            for query in _fetched(project, site):
                yield Fetch(site.call, query)
    for iterated in loops(project, place):
        node, value = iterated.loop.iterable, iterated.loop.value
        if node is None or len(iterated.functions) != 1 or not isinstance(value, Query) or iterated.loop.may_break:
            continue
        if value.stage in (Stage.LAZY, Stage.RESULT):
            yield Fetch(node, value)


def is_returned(project: Project, function: FunctionDefinition, fetched: ir.Expr) -> bool:
    """Return whether what is fetched stands in a result of the function, or in what one of its results is made of."""
    node = project.function_node(function)
    statements = list(statements_in(node.body)) if node is not None else []
    results = [one for one in statements if isinstance(one, ir.Return) and one.value is not None]
    if any(one.start <= fetched.start < one.end for one in results):
        return True
    names = set[str]().union(*[names_in(one.value) for one in results if one.value is not None])
    for one in sorted(statements, key=lambda each: -each.start):
        bound = _bound(one)
        if bound & names and one.start <= fetched.start < one.end:
            return True
        names |= (
            names_in(one.value) if bound & names and isinstance(one, ir.Assign) and one.value is not None else set()
        )
    return False


def _bound(statement: ir.Stmt) -> frozenset[str]:
    """Return the names that an assignment binds; what a loop fills is bound by it as well."""
    if isinstance(statement, ir.Assign):
        return frozenset().union(*[target_names(one) for one in statement.targets])
    if not isinstance(statement, ir.For):
        return frozenset()
    calls = [one.value for one in statements_in(statement.body) if isinstance(one, ir.Evaluate)]
    filled = [one.func.value for one in calls if isinstance(one, ir.Call) and isinstance(one.func, ir.Attribute)]
    return frozenset(one.id for one in filled if isinstance(one, ir.Name))


def _fetched(project: Project, site: CallSite) -> list[Query]:
    callee = site.callee
    if isinstance(callee, Method) and isinstance(callee.receiver, Query) and callee.name in EVALUATING:
        query = callee.receiver
        fetches_rows = query.orm != "django" and query.stage in (Stage.MANAGER, Stage.LAZY, Stage.RESULT)
        return [query] if fetches_rows else []
    if isinstance(callee, ProjectFunction | Bound | Method) and not (
        isinstance(callee, Method) and not isinstance(callee.receiver, Instance)
    ):
        return _handed_back(project, site)
    name = _callee_name(callee)
    if not (name in EVALUATING or name in SENDING or _serializes_many(site, name)):
        return []
    return [query for value in _handed_over(project, site) for query in _queries(value, sends=name in SENDING)]


def _handed_back(project: Project, site: CallSite) -> list[Query]:
    """Return the query whose rows a function of the project gives, where only the call says which query that is."""
    value = project.inference.value(site.call, site.scope)
    query = value.source if isinstance(value, Items) else None
    if query is None:
        return []
    for target in project.effects.callees.targets(site.callee):
        own = project.inference.returned(target.function, None)
        if isinstance(own, Items) and own.source is not None and own.source.model == query.model:
            return []
    return [query]


def _handed_over(project: Project, site: CallSite) -> Iterator[Value]:
    """Yield what a call is given: its arguments, and the values of a dict that is written there."""
    for node in (*site.call.args, *[word.value for word in site.call.keywords]):
        for part in node.values if isinstance(node, ir.Mapping) else (node,):
            yield project.inference.value(part, site.scope)


def _callee_name(callee: Value) -> str:
    if isinstance(callee, External):
        return callee.name.rpartition(".")[2]
    if isinstance(callee, ProjectClass):
        return callee.definition.row.name
    return callee.name.rpartition(".")[2] if isinstance(callee, Instance) else ""


def _serializes_many(site: CallSite, name: str) -> bool:
    return name.endswith("Serializer") and any(
        word.name == "many" and isinstance(word.value, ir.Constant) and word.value.value is True
        for word in site.call.keywords
    )


def _queries(value: Value, *, sends: bool) -> list[Query]:
    if isinstance(value, Items) and isinstance(value.source, Query) and not sends:
        value = value.source
    if not isinstance(value, Query) or value.stage not in (Stage.LAZY, Stage.RESULT):
        return []
    return [value] if value.orm == "django" or value.stage is Stage.RESULT else []


def _is_cut(site: CallSite) -> bool:
    """Return whether what is fetched is cut at once, which is another rule's business."""
    return any(isinstance(parent, ir.Subscript) for parent in site.parents[-2:])
