"""ARC102: a relation is loaded once per row of a loop."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from msgspec.structs import replace

from archlint.diagnostic import Confidence, Related
from archlint.ir.module import Flag
from archlint.project.context import ProjectContext
from archlint.project.effects.effect import Edge, EffectKind, Reached
from archlint.project.project import Project, UnitPlace
from archlint.project.schema.model import Relation
from archlint.project.symbols import FunctionDefinition
from archlint.project.views.eager_loading import eager_fix
from archlint.project.views.flows import Entries, counted, over, span_of, steps, text_of
from archlint.project.views.related_keys import key_reads
from archlint.project.views.relations import declared, is_shared, loader, sureness
from archlint.rule import Found, Rule, Units

_NAMED = 3
"""Relations that one message names."""

rule = Rule("ARC102")


@rule.units
def lazy_load_in_loop(project: Project, ctx: ProjectContext) -> Units:
    """Report each place in a loop that loads relations of one row after the other, there or behind a call."""
    may_load = project.relation_names or project.effects.column_names
    look = partial(_loaded, project, ctx, Entries(project, ctx))
    return Units(look, flags=Flag.LOOP, modules=project.near_database if may_load else frozenset())


def _loaded(project: Project, ctx: ProjectContext, entries: Entries, place: UnitPlace) -> Found:
    for function in project.functions_at(place):
        for loads, route, calls in _loads(project, entries, function):
            first = loads[0]
            relations = [project.effects.relation_of(one.effect) for one in loads]
            yield rule.at(
                span_of(ctx, first.step),
                _message(ctx, loads, relations[0]),
                confidence=_sureness(first, relations[0], is_given=bool(calls)),
                related=tuple(one for relation in relations for one in declared(ctx, relation)),
                flow=(*route, *calls, *steps(project, ctx, function, first)),
                fix=eager_fix(project, place, first, text_of(ctx, first.step)),
                scope=place.scope,
                anchor=first.effect.detail,
                in_request=bool(route),
                tables=project.schema.names_of(counted(first)),
            )


def _sureness(first: Reached, relation: Relation | None, *, is_given: bool) -> Confidence:
    """Return at most medium over calls, and less where a session of SQLAlchemy may hold the row that is asked for."""
    turns = first.turns
    is_of_rows = turns is not None and first.effect.detail.rpartition(".")[0] == turns.rows
    held = sureness(relation, turns.pinned if turns is not None and is_of_rows else ())
    own = Confidence.MEDIUM if first.via is not None or is_given else first.confidence
    return min(own, held, key=lambda one: one.rank)


def _loads(
    project: Project, entries: Entries, function: FunctionDefinition
) -> Iterator[tuple[list[Reached], tuple[Related, ...], tuple[Related, ...]]]:
    """Yield what the loops of a function load, place by place, with the chain to the function."""
    for loads in _own_loads(project, function):
        if not entries.is_told_by_callers(function, loads[0]):
            yield loads, entries.before(function, loads[0]), ()
    for given in entries.with_given(function):
        if given.reached.effect.kind is EffectKind.LAZY_LOAD:
            yield [given.reached], given.route, (given.call,)


def _own_loads(project: Project, function: FunctionDefinition) -> Iterator[list[Reached]]:
    """Yield what is loaded of rows that the function knows; a call may load several relations."""
    body = project.effects.body(function)
    loads = [one for one in body.effects if _repeats(one)]
    keys = {one.load.step for one in key_reads(project, function)} if loads else set()  # those are ARC105's
    yield from ([one] for one in loads if one.step not in keys)
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
    """Return whether each turn loads a relation of a row that it gives anew; what the callee fetches are queries."""
    is_load = reached.loops_here and not reached.is_once and reached.effect.kind is EffectKind.LAZY_LOAD
    return is_load and reached.used is not None and reached.used.symbol.parameter in edge.turning


def _message(ctx: ProjectContext, loads: list[Reached], relation: Relation | None) -> str:
    first = loads[0]
    around = over(first.turns) if first.turns is not None else ""
    if first.via is not None:
        names = sorted({f"`{one.effect.detail.rpartition('.')[2]}`" for one in loads})
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        called = first.via.function.row.name
        return f"`{called}` loads {', '.join(names[:_NAMED])}{more} once per turn of the loop{around}"
    model = first.effect.target.rpartition(".")[2]
    owner, _, name = first.effect.detail.rpartition(".")
    if relation is None and owner == first.effect.target:
        return (
            f"`{text_of(ctx, first.step)}` loads `{name}`, which the query left out, once per turn of the loop{around}"
        )
    path = _path(ctx, first, relation) if relation is not None else ()
    way = f"; {loader(relation, first.effect.detail, path)} is missing" if relation is not None else ""
    what = f"`{model}` rows" if relation is not None and relation.many else f"a `{model}`" if model else "a row"
    # A session of SQLAlchemy gives out again what it holds: as many queries as there are different ones.
    often = "once per distinct one in the loop" if is_shared(relation) else "once per turn of the loop"
    return f"`{text_of(ctx, first.step)}` loads {what} {often}{around}{way}"


def _path(ctx: ProjectContext, load: Reached, relation: Relation) -> tuple[str, ...]:
    """Return the relations from the row to what is loaded, as they are written; else the last one alone."""
    parts = text_of(ctx, load.step).split(".")
    return tuple(parts[1:]) if all(map(str.isidentifier, parts)) else (relation.name,)
