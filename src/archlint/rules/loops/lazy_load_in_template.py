"""ARC115: a template loads a relation once per row of a loop."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from archlint.diagnostic import Confidence, Related, Span
from archlint.project.context import ProjectContext
from archlint.project.effects.effect import EffectKind
from archlint.project.project import Project
from archlint.project.templates.asked import Asked, asked_by_templates
from archlint.project.templates.drawing import RowLoad, Spot
from archlint.project.templates.segments import Load
from archlint.project.views.flows import Entries, span_of
from archlint.project.views.relations import Loader, declared, is_shared, loader, sureness
from archlint.rule import Found, Rule

_NAMED = 3
"""Relations that one message names."""

rule = Rule("ARC115")


@rule.project
def lazy_load_in_template(project: Project, ctx: ProjectContext) -> Found:
    """Report each query whose rows a template draws in a loop, and of which it loads relations there."""
    entries = Entries(project, ctx)
    for found in asked_by_templates(project, ctx.roles):
        asked, confidence = _surest(found)
        route = _route(project, ctx, entries, asked)
        source = span_of(ctx, asked.source)
        yield rule.at(
            source,
            _message(asked),
            confidence=confidence,
            related=(*_reads(ctx, asked), *_declared(ctx, asked)),
            flow=(*route, *_chain(ctx, asked, source)),
            anchor=f"{asked.rendering.template}:{asked.loads[0].held.entry}",
            in_request=bool(route),
        )


def _surest(asked: Asked) -> tuple[Asked, Confidence]:
    """Return what is surely loaded, without what the session of the page may hold unless that is all there is."""
    told = [(one, _sureness(asked, one.load)) for one in asked.loads]
    best = max((sure for _, sure in told), key=lambda sure: sure.rank)
    kept = tuple(one for one, sure in told if best is Confidence.LOW or sure is not Confidence.LOW)
    return replace(asked, loads=kept), best


def _sureness(asked: Asked, load: Load) -> Confidence:
    relation = load.relation
    if is_shared(relation) and asked.is_given(load.effect.target):
        return Confidence.LOW  # the page shows the related rows as well
    own = Confidence.MEDIUM if load.via else Confidence.HIGH
    held = sureness(relation, asked.pinned if len(load.path) == 1 else ())
    return min(own, held, key=lambda sure: sure.rank)


def _route(project: Project, ctx: ProjectContext, entries: Entries, asked: Asked) -> tuple[Related, ...]:
    """Return the first steps of the chain: the route and the calls from there, or the view with its route."""
    rendering = asked.rendering
    if rendering.function is not None:
        return entries.before(rendering.function)
    served = next((one for one in project.routes.routes if one.handler.view is rendering.view), None)
    if served is None or rendering.view is None:
        return ()
    place = ctx.defined(rendering.view)
    return tuple(Related(one.span, f"`{served.label}` is served here") for one in place)


def _message(asked: Asked) -> str:
    names = list(dict.fromkeys(_what(one.load) for one in asked.loads))
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    loops = {one.held.outer for one in asked.loads}
    loop = asked.loads[0].held.outer if len(loops) == 1 else None
    rows = f"of each `{_short(loop.model)}` of `{loop.over}`" if loop is not None else "row by row"
    said = f"template `{asked.rendering.template}` loads {', '.join(names[:_NAMED])}{more} {rows}"
    ways = _ways_out(asked.loads)
    verb = "is" if len(ways) == 1 else "are"
    return f"{said}; {' and '.join(ways)} {verb} missing" if ways else said


def _what(load: Load) -> str:
    if load.effect.kind is EffectKind.QUERY:
        return f"rows of `{_short(load.effect.target)}` through `{load.via}`"
    return f"`{'.'.join(load.path)}`" + (f" through `{load.via}`" if load.via else "")


def _ways_out(loads: tuple[RowLoad, ...]) -> list[str]:
    """Return what loads the relations together with the rows; a path that goes on from another one says both."""
    found: dict[str, dict[str, None]] = {}
    joined = {one.load.path for one in loads if one.load.relation is not None}
    for one in loads:
        load, relation = one.load, one.load.relation
        if relation is None or any(path[: len(load.path)] == load.path != path for path in joined):
            continue
        way = loader(relation, load.effect.detail, load.path, joins=load.joins)
        found.setdefault(way.verb, {})[way.argument] = None
    return [str(Loader(verb, ", ".join(list(arguments)[:_NAMED]))) for verb, arguments in found.items()]


def _reads(ctx: ProjectContext, asked: Asked) -> Iterator[Related]:
    for one in asked.loads:
        yield Related(_place(ctx, one.spot), f"loads {_what(one.load)}")


def _declared(ctx: ProjectContext, asked: Asked) -> Iterator[Related]:
    relations = {one.load.relation.name: one.load.relation for one in asked.loads if one.load.relation is not None}
    for relation in relations.values():
        yield from declared(ctx, relation)


def _chain(ctx: ProjectContext, asked: Asked, source: Span) -> Iterator[Related]:
    """Yield the query, the drawing of the template, its loop and the first read."""
    yield Related(source, "the rows come from here")
    rendering, first = asked.rendering, asked.loads[0]
    if rendering.step.end > rendering.step.start:
        yield Related(span_of(ctx, rendering.step), f"draws `{rendering.template}`")
    if first.held.outer is not None:
        yield Related(_place(ctx, first.held.outer.spot), f"the loop runs over `{first.held.outer.over}`")
    yield Related(_place(ctx, first.spot), f"each turn loads {_what(first.load)}")


def _place(ctx: ProjectContext, spot: Spot) -> Span:
    return ctx.source_of(spot.path).span(spot.start, spot.end)


def _short(name: str) -> str:
    return name.rpartition(".")[2]
