"""ARC202: an endpoint fetches all rows of a query that nothing limits."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace

from archlint.diagnostic import Confidence, Diagnostic, Related
from archlint.ir.module import Flag
from archlint.ir.render import render
from archlint.project.bounds.fetches import Fetch, fetches, fetching_names, is_returned
from archlint.project.bounds.list_views import Listed, list_views
from archlint.project.bounds.remaining import Extent, columns, extent
from archlint.project.context import ProjectContext
from archlint.project.extent.growth import Growth, Tables
from archlint.project.project import Project, UnitPlace
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.values import GIVEN, Query
from archlint.project.views.flows import Entries
from archlint.rule import Found, Rule, Units

PAGING_WORDS = ("paginat", "limit_offset", "islice", "batch", "page_size")
_EXPORTING = ("backup", "csv", "download", "dump", "export")
_EXTENTS = frozenset({Extent.WHOLE, Extent.SHARE, Extent.OWNED})
Way = tuple[Related, ...]

rule = Rule("ARC202")


@rule.units
def unbounded_query(project: Project, ctx: ProjectContext) -> Units:
    """Report queries without a limit whose rows a request handler, or a function behind one, fetches."""
    look = partial(_fetched, project, ctx, Entries(project, ctx), fetching_names(project))
    return Units(look, flags=Flag.FUNCTION, modules=project.near_database)


@rule.project
def unbounded_view(project: Project, ctx: ProjectContext) -> Found:
    """Report views whose list a library sends, where the queryset is written."""
    for listed in list_views(project):
        yield from _in_view(project, ctx, listed)


def _in_view(project: Project, ctx: ProjectContext, listed: Listed) -> Found:
    growth = project.growth
    kind, definition = extent(project, listed.query), listed.query.definition
    if kind not in _EXTENTS or definition is None or growth.is_reference(definition):
        return
    if listed.mention.module.role not in ctx.roles or (kind is not Extent.WHOLE and not growth.has_time(definition)):
        return
    model = listed.query.model.rpartition(".")[2]
    what = f"every `{model}`{_owned(listed.query) if kind is Extent.OWNED else ''}"
    span = ctx.region(listed.mention)
    yield rule.at(
        span,
        f"`{listed.route.label}` lists {what}: `{listed.name}` does not page",
        confidence=_sureness(growth, definition, kind, f"{listed.route.label} {listed.name}"),
        related=ctx.defined(definition),
        flow=(*_mounted(ctx, listed), Related(span, f"{what} is listed")),
        scope=listed.name,
        anchor=model,
        in_request=True,
        tables=project.schema.names_of(listed.query.model),
    )


def _mounted(ctx: ProjectContext, listed: Listed) -> tuple[Related, ...]:
    own = listed.route.mounted[-1] if listed.route.mounted else None
    if own is None:
        return ()
    return (Related(ctx.region(own), f"`{listed.route.label}` is served here"),)


def _pages(place: UnitPlace) -> bool:
    """Return whether a function calls something that pages: its queries are bounded in ways that are not seen here."""
    names = (*place.unit.calls, *place.unit.attributes)
    return any(word in name.lower() for name in names for word in PAGING_WORDS)


def _fetched(project: Project, ctx: ProjectContext, entries: Entries, names: frozenset[str], place: UnitPlace) -> Found:
    function = project.function_at(place)
    if function is None or _pages(place):
        return
    if entries.served(function) is not None or not names.isdisjoint(place.unit.attributes):
        yield from _in_function(project, ctx, entries, place, function)


def _in_function(
    project: Project, ctx: ProjectContext, entries: Entries, place: UnitPlace, function: FunctionDefinition
) -> Found:
    growth = project.growth
    seen: set[str] = set()  # what is fetched once may be used twice
    for fetch in sorted(fetches(project, place), key=lambda one: one.node.start):
        kind = extent(project, fetch.query)
        definition = fetch.query.definition
        if kind not in _EXTENTS or fetch.query.model in seen or definition is None or growth.is_reference(definition):
            continue
        seen.add(fetch.query.model)
        way = entries.before(function)
        leaves = bool(way) and _leaves(project, function, fetch, entries)
        lists = leaves and entries.lists(function) and growth.has_time(definition)
        if way and (lists or kind is Extent.WHOLE):
            found = _reported(ctx, place, fetch, kind, way, entries.label(function))
            names = " ".join([entries.label(function), *[step.message for step in way]])
            sureness = _sureness(growth, definition, kind, names) if leaves else Confidence.LOW
            yield replace(found, confidence=sureness, tables=project.schema.names_of(fetch.query.model))


def _sureness(growth: Tables, definition: ClassDefinition, kind: Extent, names: str) -> Confidence:
    """Return how sure it is that the rows become many, by what adds them and by the names on the way to them."""
    growing = growth.of(definition).growth
    is_whole = kind is Extent.WHOLE and growing is Growth.UNKNOWN and growth.comes_with_others(definition)
    grows = is_whole or growing in (Growth.LOG, Growth.TRAFFIC)
    if kind is Extent.SHARE or not grows or growth.is_set_up(definition):
        return Confidence.LOW
    if any(word in names.lower() for word in _EXPORTING):
        return Confidence.LOW  # somebody asked for all of it
    # What administrators list they mostly set up themselves.
    is_small = "admin" in names.lower() and growing is not Growth.LOG
    return Confidence.LOW if is_small else Confidence.MEDIUM


def _leaves(project: Project, function: FunctionDefinition, fetch: Fetch, entries: Entries) -> bool:
    """Return whether the rows leave the function: a few of one owner are as well read to work with."""
    return entries.served(function) is not None or is_returned(project, function, fetch.node)


def _reported(ctx: ProjectContext, place: UnitPlace, fetch: Fetch, kind: Extent, way: Way, label: str) -> Diagnostic:
    model = fetch.query.model.rpartition(".")[2]
    what = f"every `{model}`{_owned(fetch.query) if kind is Extent.OWNED else ''}"
    step = ctx.related(place.module, place.unit.start, fetch.node, f"{what} is fetched")
    return rule.at(
        ctx.span(place.module, place.unit.start, fetch.node),
        f"`{label}` fetches {what}: `{render(fetch.node)}` has no limit",
        related=ctx.defined(fetch.query.definition),
        flow=(*way, step),
        scope=place.scope,
        anchor=f"{model}:{render(fetch.node)}",
        in_request=True,
    )


def _owned(query: Query) -> str:
    return f" of one `{'`, `'.join(columns(query, GIVEN))}`"
