"""ARC206: work in the background holds all rows of a table in memory."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from archlint.diagnostic import Confidence, Related
from archlint.ir import nodes as ir
from archlint.ir.render import render
from archlint.project.context import ProjectContext
from archlint.project.extent.growth import Growth
from archlint.project.extent.part import Part, part_of
from archlint.project.extent.running import Ground, background, ground
from archlint.project.flow import CallSite, call_sites, loops
from archlint.project.project import Project, UnitPlace
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import names_in, tests_around
from archlint.project.values import External, Method, Query, Stage
from archlint.project.views.flows import Entries, started
from archlint.rule import Found, Rule, Units

_COPYING = frozenset({"dict", "frozenset", "list", "set", "sorted", "tuple"})
_ONCE = ("backfill", "migrat", "populate", "refactor", "seed")
_FETCHING = frozenset({"all", "fetchall", "to_list"})
_EXECUTING = frozenset({"exec", "execute", "scalars"})
"""What gives the rows of a statement to a loop, where nothing else of a query may be called."""

rule = Rule("ARC206")


@rule.units
def whole_table_iteration(project: Project, ctx: ProjectContext) -> Units:
    """Report each query without a bound whose rows a task or command fetches all at once."""
    look = partial(_iterated, project, ctx, Entries(project, ctx))
    return Units(look, attributes=_query_attributes(project), modules=project.near_database)


def _iterated(project: Project, ctx: ProjectContext, entries: Entries, place: UnitPlace) -> Found:
    fetched = [one for one in _fetched(project, place) if part_of(project, one[1]) not in (Part.BOUNDED, Part.DUE)]
    function = project.function_at(place) if fetched else None
    where = ground(project, function) if function is not None else Ground.UNKNOWN
    if function is None or where is Ground.REQUEST or (where is Ground.UNKNOWN and entries.before(function)):
        return
    for node, query in fetched:
        confidence = _confidence(project, query, where)
        if confidence is not None and (_runs_once(function) or _is_up_to_the_caller(project, function, node)):
            confidence = Confidence.LOW
        if confidence is not None:
            yield rule.at(
                ctx.span(place.module, place.unit.start, node),
                _message(project, query, node),
                confidence=confidence,
                related=ctx.defined(query.definition),
                flow=_chain(project, ctx, entries, function, node),
                scope=place.scope,
                anchor=render(node),
                tables=project.schema.names_of(query.model),
            )


def _query_attributes(project: Project) -> frozenset[str]:
    return (_FETCHING | _EXECUTING).union(
        *[verbs.manager_names | verbs.lazy for verbs in project.knowledge.tables.orms]
    )


def _fetched(project: Project, place: UnitPlace) -> Iterator[tuple[ir.Expr, Query]]:
    """Yield what fetches the rows of a query into memory, with that query: loops, copies and calls such as `all`."""
    for iterated in loops(project, place):
        node, value = iterated.loop.iterable, iterated.loop.value
        if node is not None and isinstance(value, Query) and _has_rows(value):
            yield node, value
    for site in call_sites(project, place, _COPYING | _FETCHING):
        query = _copied(site)
        if query is not None and not any(isinstance(one, ir.Subscript) for one in site.parents[-2:]):
            yield site.call, query


def _copied(site: CallSite) -> Query | None:
    if isinstance(site.callee, External):
        value = site.arguments[0] if site.callee.name in _COPYING and site.call.args else None
        return value if isinstance(value, Query) and _has_rows(value) else None
    receiver = site.callee.receiver if isinstance(site.callee, Method) else None
    is_fetched = isinstance(receiver, Query) and receiver.orm != "django" and site.method in _FETCHING
    return receiver if is_fetched and isinstance(receiver, Query) and _has_rows(receiver) else None


def _has_rows(query: Query) -> bool:
    return query.stage in (Stage.LAZY, Stage.RESULT) and not query.is_here


def _confidence(project: Project, query: Query, where: Ground) -> Confidence | None:
    """Return how sure it is that the rows become too many, None where nothing says so."""
    part = part_of(project, query)
    if query.definition is None:
        return None
    growing = project.growth.of(query.definition, is_timed=part is Part.AGED)
    if growing.growth is Growth.SMALL or (growing.growth is Growth.UNKNOWN and part is not Part.WHOLE):
        return None
    grows = growing.growth is Growth.LOG or (growing.growth is Growth.TRAFFIC and growing.is_many)
    is_sure = part is Part.WHOLE and grows and where is Ground.BACKGROUND and not query.plain
    return Confidence.MEDIUM if is_sure else Confidence.LOW


def _runs_once(function: FunctionDefinition) -> bool:
    """Return whether a name says that this is done once, by somebody who looks on."""
    names = f"{function.module.path} {function.name}".lower()
    return any(word in names for word in _ONCE)


def _is_up_to_the_caller(project: Project, function: FunctionDefinition, node: ir.Expr) -> bool:
    """Return whether a parameter decides if the rows are fetched: that of a task itself is set from outside."""
    running = background(project, function)
    body = project.function_node(function)
    if running is None or not running.steps or body is None:
        return False
    names = frozenset(one.name for one in function.row.parameters)
    return any(not names.isdisjoint(names_in(test)) for test in tests_around(body.body, node))


def _message(project: Project, query: Query, node: ir.Expr) -> str:
    model = query.model.rpartition(".")[2]
    which = {Part.WHOLE: "every", Part.AGED: "every old"}.get(part_of(project, query), "a growing share of")
    return f"`{render(node)}` holds {which} `{model}` in memory at once"


def _chain(
    project: Project, ctx: ProjectContext, entries: Entries, function: FunctionDefinition, node: ir.Expr
) -> tuple[Related, ...]:
    here = ctx.related(function.module, function.unit.start, node, "all rows are fetched here")
    return (*started(project, ctx, entries, function), here)
