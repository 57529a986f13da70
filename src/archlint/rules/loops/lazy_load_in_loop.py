"""ARC102: a relation is loaded once per row of a loop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from archlint.diagnostic import Confidence, Related
from archlint.ir.module import Flag
from archlint.project.effects.effect import Edge, EffectKind, Reached
from archlint.project.project import Project, ProjectContext
from archlint.project.schema.model import Relation, RelationKind
from archlint.project.symbols import FunctionDefinition
from archlint.project.views.flows import Entries, counted, over, span_of, steps, text_of
from archlint.rule import Found, Rule

_NAMED = 3
"""Relations that one message names."""

rule = Rule("ARC102")


@rule.project
def lazy_load_in_loop(project: Project, ctx: ProjectContext) -> Found:
    """Report each place in a loop that loads relations of one row after the other, there or behind a call."""
    entries = Entries(project, ctx)
    for place in project.units(ctx.roles, flags=Flag.LOOP):
        for function in project.functions_at(place):
            for loads in _loads(project, function):
                first = loads[0]
                relations = [project.effects.relation_of(one.effect) for one in loads]
                route = entries.before(function)
                yield rule.at(
                    span_of(ctx, first.step),
                    _message(ctx, loads, relations[0]),
                    confidence=first.confidence if first.via is None else Confidence.MEDIUM,
                    related=tuple(one for relation in relations for one in _declared(ctx, relation)),
                    flow=(*route, *steps(project, ctx, function, first)),
                    scope=place.scope,
                    anchor=first.effect.detail,
                    in_request=bool(route),
                    tables=project.schema.names_of(counted(first)),
                )


def _loads(project: Project, function: FunctionDefinition) -> Iterator[list[Reached]]:
    """Yield what the loops of a function load, place by place; a call may load several relations."""
    body = project.effects.body(function)
    yield from ([one] for one in body.effects if _repeats(one))
    for edge in body.edges:
        if edge.turns is None or edge.turns.is_alike:
            continue
        found: dict[str, Reached] = {}
        for one in project.effects.through(edge):
            if _loads_anew(edge, one):
                found.setdefault(one.effect.detail, replace(one, turns=edge.turns))
        if found:
            yield sorted(found.values(), key=lambda one: (one.rank, one.effect))


def _repeats(reached: Reached) -> bool:
    is_load = reached.effect.kind is EffectKind.LAZY_LOAD
    return is_load and reached.turns is not None and not reached.turns.is_alike


def _loads_anew(edge: Edge, reached: Reached) -> bool:
    """Return whether each turn loads a relation: of a row that the callee fetches, or that it is given anew."""
    is_load = reached.loops_here and not reached.is_once and reached.effect.kind is EffectKind.LAZY_LOAD
    return is_load and (reached.used is None or reached.used.symbol.parameter in edge.turning)


def _message(ctx: ProjectContext, loads: list[Reached], relation: Relation | None) -> str:
    first = loads[0]
    around = over(first.turns) if first.turns is not None else ""
    if first.via is not None:
        names = sorted({f"`{one.effect.detail.rpartition('.')[2]}`" for one in loads})
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        called = first.via.function.row.name
        return f"`{called}` loads {', '.join(names[:_NAMED])}{more} once per turn of the loop{around}"
    model = first.effect.target.rpartition(".")[2]
    way = f"; {_way_out(ctx, first, relation)} is missing" if relation is not None else ""
    return f"`{text_of(ctx, first.step)}` loads a `{model}` once per turn of the loop{around}{way}"


def _way_out(ctx: ProjectContext, load: Reached, relation: Relation) -> str:
    """Return what loads the relation together with the rows: over others, where the row was reached through them."""
    if relation.kind is RelationKind.RELATIONSHIP:
        owner = load.effect.detail.split(".")[-2]
        return f"`joinedload({owner}.{relation.name})`"
    verb = "prefetch_related" if relation.kind is RelationKind.GENERIC_FOREIGN_KEY else "select_related"
    parts = text_of(ctx, load.step).split(".")
    path = "__".join(parts[1:]) if all(map(str.isidentifier, parts)) else relation.name
    return f'`{verb}("{path}")`'


def _declared(ctx: ProjectContext, relation: Relation | None) -> tuple[Related, ...]:
    if relation is None or relation.place is None:
        return ()
    place = relation.place
    span = ctx.source_of(place.module.path).span(place.start, place.end)
    return (Related(span, f"`{relation.name}` is declared here"),)
