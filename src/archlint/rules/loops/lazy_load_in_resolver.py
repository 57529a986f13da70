"""ARC113: a resolver of GraphQL asks the database once per object of a list."""

from __future__ import annotations

from archlint.diagnostic import Confidence
from archlint.project.context import ProjectContext
from archlint.project.effects.effect import Step
from archlint.project.project import Project
from archlint.project.rowwise.resolvers import Resolved, Resolvers
from archlint.project.views.flows import span_of
from archlint.project.views.relations import declared
from archlint.project.views.row_asks import asks, chain
from archlint.rule import Found, Rule

rule = Rule("ARC113")


@rule.project
def lazy_load_in_resolver(project: Project, ctx: ProjectContext) -> Found:
    """Report what the resolvers of a type ask for, each time one of its objects is answered."""
    seen: set[tuple[Step, str]] = set()
    for resolved in Resolvers(project).found(ctx.roles):
        ask = resolved.ask
        key = ask.step, ask.effect.detail or ask.effect.target
        if key in seen:
            continue
        seen.add(key)
        yield rule.at(
            span_of(ctx, ask.step),
            _message(ctx, resolved),
            confidence=Confidence.MEDIUM if resolved.is_listed else Confidence.LOW,
            related=declared(ctx, ask.relation),
            flow=tuple(chain(ctx, ask)),
            anchor=key[1],
            in_request=True,
        )


def _message(ctx: ProjectContext, resolved: Resolved) -> str:
    owner, _, field = resolved.field.partition(".")
    lists = f"each `{owner}` of a list" if resolved.is_listed else f"each `{owner}`"
    return f"{asks(ctx, resolved.ask)} for {lists} whose `{field}` is asked for, without a data loader"
