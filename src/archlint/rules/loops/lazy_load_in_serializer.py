"""ARC110: a serializer loads a relation, or queries, once per row."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.diagnostic import Confidence, Related
from archlint.project.context import ProjectContext
from archlint.project.effects.effect import EffectKind, Step
from archlint.project.project import Project
from archlint.project.serializers.fields import SerializerFields
from archlint.project.serializers.listings import Listing, Listings
from archlint.project.serializers.loads import FieldLoad, Loads, each_once
from archlint.project.views.flows import Entries, span_of, steps
from archlint.project.views.relations import declared
from archlint.project.views.row_loads import done_per_row
from archlint.rule import Found, Rule

rule = Rule("ARC110")


@rule.project
def lazy_load_in_serializer(project: Project, ctx: ProjectContext) -> Found:
    """Report each place in a serializer that asks the database for each of the rows that it is given."""
    if "rest_framework" not in project.imported_roots:
        return
    fields = SerializerFields(project)
    loads, entries = Loads(project, fields), Entries(project, ctx)
    seen: set[tuple[Step, str]] = set()
    for listing in Listings(project, fields).found(ctx.roles):
        for one in each_once(loads.of(listing.serializer, listing.row)):
            key = one.step, one.what
            if (
                key in seen
                or listing.may_load(one.load.path, through_many=not one.load.joins)
                or one.step.module.role not in ctx.roles
            ):
                continue
            seen.add(key)
            route = _route(ctx, entries, listing)
            yield rule.at(
                span_of(ctx, one.step),
                _message(one),
                confidence=Confidence.HIGH if one.is_sure else Confidence.MEDIUM,
                related=(*declared(ctx, one.load.relation), _source(ctx, listing)),
                flow=(*route, *_chain(project, ctx, listing, one)),
                scope=one.function.local_name if one.function is not None else one.serializer.row.name,
                anchor=f"{one.field}:{key[1]}",
                in_request=bool(route),
            )


def _message(one: FieldLoad) -> str:
    name = one.serializer.row.name.rpartition(".")[2]
    subject = f"`{name}.{one.function.row.name}`" if one.function else f"field `{one.field}` of `{name}`"
    return done_per_row(subject, one.load, one.model)


def _route(ctx: ProjectContext, entries: Entries, listing: Listing) -> tuple[Related, ...]:
    if listing.function is not None:
        return entries.before(listing.function)
    if listing.route is None:
        return ()
    place = ctx.defined(listing.view)
    return tuple(Related(one.span, f"`{listing.route.label}` is served here") for one in place)


def _source(ctx: ProjectContext, listing: Listing) -> Related:
    return Related(span_of(ctx, listing.source), "the rows come from here")


def _chain(project: Project, ctx: ProjectContext, listing: Listing, one: FieldLoad) -> Iterator[Related]:
    """Yield the query, the serializer, the fields on the way and what is asked."""
    yield _source(ctx, listing)
    if listing.call is not None:
        yield Related(span_of(ctx, listing.call), f"`{listing.serializer.row.name}` writes out each of them")
    else:
        yield from (Related(place.span, "writes out each of them") for place in ctx.defined(listing.serializer))
    for field in one.outer:
        rows = ".".join(field.source)
        yield Related(ctx.region(field.mention), f"field `{field.name}` writes out the rows of `{rows}`")
    if one.function is not None and one.reached is not None:
        yield from steps(project, ctx, one.function, one.reached)
    else:
        verb = "loads" if one.load.effect.kind is EffectKind.LAZY_LOAD else "queries"
        yield Related(span_of(ctx, one.step), f"each row {verb} `{'.'.join(one.load.path)}`")
