"""ARC202: a request handler fetches a whole table."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint.diagnostic import Confidence, Related
from archlint.ir import nodes as ir
from archlint.ir.module import Flag
from archlint.ir.render import render
from archlint.project.flow import CallSite, call_sites, loops
from archlint.project.handlers import Handler, entry, handler
from archlint.project.project import Project, ProjectContext, UnitPlace
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
from archlint.rule import Found, Rule

EVALUATING = frozenset({"list", "tuple", "sorted", "all", "fetchall", "to_list"})
SENDING = frozenset({"JsonResponse", "Response", "render", "TemplateResponse", "HttpResponse", "jsonify"})
PAGING_WORDS = ("paginat", "limit_offset", "islice", "batch", "page_size")
REFERENCE_WORDS = frozenset(
    {
        "Bracket", "Category", "Conf", "Config", "Configuration", "Connector", "Country", "Currency", "Environment",
        "Field", "Flag", "Integration", "Kind", "Language", "Level", "Locale", "Option", "Override", "Permission",
        "Plan", "Plugin", "Preference", "Priority", "Provider", "Region", "Role", "Setting", "Settings", "Severity",
        "State", "Status", "Timezone", "Type", "Unit",
    }
)  # fmt: skip
"""Last words of the names of models whose rows people configure: such tables stay small."""
_LAST_WORD = re.compile(r"[A-Z][a-z0-9]*$")
_PLURAL = re.compile(r"(?:ie)?s$")

rule = Rule("ARC202")


@rule.project
def unbounded_query(project: Project, ctx: ProjectContext) -> Found:
    """Report a query without condition and limit whose rows a request handler fetches."""
    for place in project.units(ctx.roles, flags=Flag.FUNCTION):
        function = project.function_at(place)
        served = handler(project, function) if function is not None else None
        if served is not None and not _pages(place):
            yield from _in_handler(project, ctx, place, served)


def _pages(place: UnitPlace) -> bool:
    """Return whether the handler calls something that pages: its queries are bounded in ways that are not seen here."""
    names = (*place.unit.calls, *place.unit.attributes)
    return any(word in name.lower() for name in names for word in PAGING_WORDS)


def _in_handler(project: Project, ctx: ProjectContext, place: UnitPlace, served: Handler) -> Found:
    seen: set[str] = set()  # what is fetched once may be used twice
    for node, query in sorted(_fetches(project, place), key=lambda pair: pair[0].start):
        if query.model in seen:
            continue
        seen.add(query.model)
        model = query.model.rpartition(".")[2]
        yield rule.at(
            ctx.span(place.module, place.unit.start, node),
            f"`{served.label}` fetches every `{model}`: `{render(node)}` has no limit",
            confidence=Confidence.MEDIUM,
            related=ctx.defined(query.definition),
            flow=_chain(project, ctx, place, node, query),
            scope=place.scope,
            anchor=f"{model}:{render(node)}",
            tables=project.schema.names_of(query.model),
        )


def _fetches(project: Project, place: UnitPlace) -> Iterator[tuple[ir.Expr, Query]]:
    """Yield what fetches a whole table in the handler itself; what a nested function does, others decide."""
    for site in call_sites(project, place):
        if len(site.functions) == 1:
            for query in _fetched_whole(project, site):
                yield site.call, query
    for iterated in loops(project, place):
        node, value = iterated.loop.iterable, iterated.loop.value
        if node is None or len(iterated.functions) != 1 or not isinstance(value, Query):
            continue
        if value.stage in (Stage.LAZY, Stage.RESULT) and _is_whole(value):
            yield node, value


def _fetched_whole(project: Project, site: CallSite) -> list[Query]:
    callee = site.callee
    if isinstance(callee, Method) and isinstance(callee.receiver, Query) and callee.name in EVALUATING:
        query = callee.receiver
        fetches = query.orm != "django" and query.stage in (Stage.MANAGER, Stage.LAZY, Stage.RESULT)
        return [query] if fetches and _is_whole(query) and not _is_cut(site) else []
    if isinstance(callee, ProjectFunction | Bound) or (
        isinstance(callee, Method) and isinstance(callee.receiver, Instance)
    ):
        return [] if _is_cut(site) else _returned_whole(project.inference.value(site.call, site.scope))
    name = _callee_name(callee)
    if _is_cut(site) or not (name in EVALUATING or name in SENDING or _serializes_many(site, name)):
        return []
    return [query for value in _handed_over(project, site) for query in _queries(value, sends=name in SENDING)]


def _returned_whole(value: Value) -> list[Query]:
    """Return the query behind the collection that a function of the project gives, where it is a whole table."""
    query = value.source if isinstance(value, Items) else None
    return [query] if query is not None and _is_whole(query) else []


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
    return [value] if _is_whole(value) and (value.orm == "django" or value.stage is Stage.RESULT) else []


def _is_whole(query: Query) -> bool:
    if query.filtered or query.bounded or query.definition is None:
        return False
    last = _LAST_WORD.search(query.model)
    return last is None or REFERENCE_WORDS.isdisjoint(_singular(last.group()))


def _singular(word: str) -> frozenset[str]:
    """Return the words that a word may be the plural of, and the word itself."""
    return frozenset({word, _PLURAL.sub("", word), _PLURAL.sub("y", word), word.removesuffix("s")})


def _is_cut(site: CallSite) -> bool:
    """Return whether what is fetched is cut at once, which is another rule's business."""
    return any(isinstance(parent, ir.Subscript) for parent in site.parents[-2:])


def _chain(project: Project, ctx: ProjectContext, place: UnitPlace, node: ir.Expr, query: Query) -> tuple[Related, ...]:
    """Return the steps to the rows: the route, the query."""
    what = f"every `{query.model.rpartition('.')[2]}` is fetched"
    return (*entry(project, ctx, place), ctx.related(place.module, place.unit.start, node, what))
