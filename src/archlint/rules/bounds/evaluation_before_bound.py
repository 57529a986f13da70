"""ARC201: a query is evaluated whole before it is cut or counted."""

from __future__ import annotations

from functools import partial

from archlint.diagnostic import Fix
from archlint.ir import nodes as ir
from archlint.ir.module import Flag
from archlint.ir.render import render
from archlint.project.context import ProjectContext
from archlint.project.extent.uses import PAGERS, only_cuts
from archlint.project.flow import CallSite, call_sites
from archlint.project.project import Project, UnitPlace
from archlint.project.tree import called_name
from archlint.project.values import External, Items, Method, Query, Stage
from archlint.project.views.query_bounds import counted, cut, locks
from archlint.rule import Found, Rule, Units

LOADERS = frozenset({"list", "tuple", "all", "fetchall", "sorted"})
"""Calls that fetch every row of a query."""
_ASKING = LOADERS | {"len"}

rule = Rule("ARC201")


@rule.units
def evaluation_before_bound(project: Project, ctx: ProjectContext) -> Units:
    """Report `list(query)[:n]`, `query.all()[0]` and `len(query)`: all rows are fetched, few or none are needed."""
    look, modules = partial(_evaluated, project, ctx), project.near_database
    return Units(look, attributes=_query_attributes(project), names=_ASKING, modules=modules)


def _evaluated(project: Project, ctx: ProjectContext, place: UnitPlace) -> Found:
    for site in call_sites(project, place, _ASKING):
        found = _length(ctx, site) or _cut(project, ctx, site)
        if found is not None and not locks(site.call):
            message, fix = found
            yield rule.at(
                ctx.span(site.module, site.offset, _region(site)),
                message,
                fix=fix,
                scope=place.scope,
                anchor=render(site.call),
                tables=_tables(project, site),
            )


@rule.units
def kept_before_bound(project: Project, ctx: ProjectContext) -> Units:
    """Report `rows = list(query)` where all that follows takes some of `rows`, and `Paginator(list(query), n)`."""
    look, modules = partial(_kept, project, ctx), project.near_database
    return Units(look, flags=Flag.FUNCTION, attributes=_query_attributes(project), names=LOADERS, modules=modules)


def _kept(project: Project, ctx: ProjectContext, place: UnitPlace) -> Found:
    for site in call_sites(project, place, LOADERS):
        query = _loaded(site)
        cut = _cut_later(site) if query is not None else None
        if query is not None and cut is not None:
            yield rule.at(
                ctx.span(site.module, site.offset, site.call),
                f"`{render(site.call)}` fetches every `{_name(query)}` before `{render(cut)}` takes some",
                related=(ctx.related(site.module, site.offset, cut, "only this part is used"),),
                scope=place.scope,
                anchor=render(site.call),
                tables=_tables(project, site),
            )


def _cut_later(site: CallSite) -> ir.Expr | None:
    """Return what takes a part of the rows that a call fetches, where nothing else uses them."""
    parents = site.parents[:-1] if site.is_awaited else site.parents
    if parents:
        pager = parents[-1]
        is_paged = isinstance(pager, ir.Call) and called_name(pager) in PAGERS and pager.args[:1] == (site.call,)
        return pager if is_paged else None
    function, statement = site.function, site.statement
    if not isinstance(statement, ir.Assign) or len(statement.targets) != 1 or not isinstance(function, ir.Function):
        return None
    target = statement.targets[0]
    cuts = only_cuts(function, target.id) if isinstance(target, ir.Name) else []
    return cuts[0] if cuts else None


def _tables(project: Project, site: CallSite) -> tuple[str, ...]:
    """Return the names of the table whose rows a call fetches."""
    given = site.arguments[0] if site.call.args else None
    query = _loaded(site) or (given.source if isinstance(given, Items) else given)
    return project.schema.names_of(query.model) if isinstance(query, Query) else ()


def _query_attributes(project: Project) -> frozenset[str]:
    return frozenset({"all"}).union(*[verbs.manager_names | verbs.lazy for verbs in project.knowledge.tables.orms])


def _length(ctx: ProjectContext, site: CallSite) -> tuple[str, Fix | None] | None:
    """Judge `len(query)` where the query is written there: nobody else can use the rows that it fetches."""
    if site.callee != External("len") or len(site.call.args) != 1 or not isinstance(site.call.args[0], ir.Call):
        return None
    if _drops_duplicates(site.call.args[0]):
        return None
    query = _whole_query(site.arguments[0], fetched_by_len=True)
    if query is None:
        return None
    message = f"`len({render(site.call.args[0])})` fetches every `{_name(query)}` to count them"
    return message, counted(ctx, site)


def _drops_duplicates(node: ir.Call) -> bool:
    return isinstance(node.func, ir.Name) and node.func.id in ("frozenset", "set")


def _cut(project: Project, ctx: ProjectContext, site: CallSite) -> tuple[str, Fix | None] | None:
    parent = site.parents[-1] if site.parents else None
    parent = site.parents[-2] if isinstance(parent, ir.Await) and len(site.parents) > 1 else parent
    if not isinstance(parent, ir.Subscript) or not _takes_few(parent):
        return None
    query = _loaded(site)
    if query is None:
        return None
    message = f"`{render(site.call)}` fetches every `{_name(query)}` before it is cut"
    return message, cut(project, ctx, site, query, parent)


def _takes_few(node: ir.Subscript) -> bool:
    index = node.index
    if isinstance(index, ir.Slice):
        return index.upper is not None and not isinstance(index.upper, ir.Unary)
    return isinstance(index, ir.Constant) and isinstance(index.value, int)


def _loaded(site: CallSite) -> Query | None:
    """Return the query that a call fetches whole, or None."""
    if isinstance(site.callee, External) and site.arguments:
        return _whole_query(site.arguments[0], fetched_by_len=False)
    if isinstance(site.callee, Method) and isinstance(site.callee.receiver, Query):
        query = site.callee.receiver
        lazy_all = query.orm == "django" or query.stage in (Stage.MANAGER, Stage.STATEMENT)
        return None if lazy_all or query.bounded else query
    return None


def _whole_query(value: object, *, fetched_by_len: bool) -> Query | None:
    if isinstance(value, Items) and fetched_by_len:
        value = value.source
    if not isinstance(value, Query) or value.bounded or value.definition is None or value.related:
        return None  # the rows of a relation may have been prefetched: they are here already
    return value if value.stage in (Stage.LAZY, Stage.RESULT) else None


def _region(site: CallSite) -> ir.Node:
    parent = site.parents[-1] if site.parents else None
    return parent if isinstance(parent, ir.Subscript) else site.call


def _name(query: Query) -> str:
    return query.model.rpartition(".")[2]
