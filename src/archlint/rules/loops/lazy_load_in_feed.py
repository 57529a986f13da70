"""ARC112: a feed, sitemap, table or export asks the database once per row."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.diagnostic import Confidence, Related
from archlint.project.context import ProjectContext
from archlint.project.effects.effect import Step
from archlint.project.project import Project
from archlint.project.rowwise.asked import RowAsk, asked_per_row
from archlint.project.rowwise.feeds import Feeds, Listed
from archlint.project.views.flows import span_of
from archlint.project.views.relations import declared
from archlint.project.views.row_asks import asks, chain, way_out
from archlint.rule import Found, Rule

rule = Rule("ARC112")


@rule.project
def lazy_load_in_feed(project: Project, ctx: ProjectContext) -> Found:
    """Report what the methods ask for that a framework calls for each row of a feed."""
    seen: set[tuple[Step, str]] = set()
    for listed in Feeds(project).found(ctx.roles):
        for ask in asked_per_row(project, listed.call):
            key = ask.step, ask.effect.detail or ask.effect.target
            if key in seen:
                continue
            seen.add(key)
            yield rule.at(
                span_of(ctx, ask.step),
                _message(ctx, listed, ask),
                confidence=ask.confidence if ask.relation is not None else Confidence.MEDIUM,
                related=declared(ctx, ask.relation),
                flow=tuple(_flow(ctx, listed, ask)),
                anchor=key[1],
                in_request=True,
            )


def _message(ctx: ProjectContext, listed: Listed, ask: RowAsk) -> str:
    model, owner = listed.call.row.name.rpartition(".")[2], listed.owner.row.name
    way = way_out(ask)
    return f"{asks(ctx, ask)} for each `{model}` of `{owner}`" + (f"; {way} is missing" if way else "")


def _flow(ctx: ProjectContext, listed: Listed, ask: RowAsk) -> Iterator[Related]:
    if listed.source is not None:
        yield Related(span_of(ctx, listed.source), "the rows come from here")
    yield from chain(ctx, ask)
