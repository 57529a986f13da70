"""What is asked once per row, in plain English: the expression, the way out, the chain."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from archlint.diagnostic import Related
from archlint.project.context import ProjectContext
from archlint.project.effects.effect import EffectKind
from archlint.project.rowwise.asked import RowAsk
from archlint.project.views.flows import name_of, span_of, text_of
from archlint.project.views.relations import loader


def asks(ctx: ProjectContext, ask: RowAsk) -> str:
    """Return what an expression asks for: `` `post.author.name` loads a `User` ``."""
    text, target = text_of(ctx, ask.step), ask.effect.target.rpartition(".")[2]
    if ask.effect.kind is EffectKind.QUERY:
        return f"`{text}` asks for `{target}` rows"
    many = ask.relation is not None and ask.relation.many
    what = (f"`{target}` rows" if many else f"a `{target}`") if target else "a row"
    through = "" if len(ask.hops) == 1 else f" through `{'.'.join(ask.path)}`"
    return f"`{text}` loads {what}{through}"


def way_out(ask: RowAsk) -> str:
    """Return what loads the relation together with the rows, "" where it is none."""
    relation = ask.relation
    if relation is None or ask.effect.kind is not EffectKind.LAZY_LOAD:
        return ""
    return str(loader(relation, ask.effect.detail, ask.path))


def chain(ctx: ProjectContext, ask: RowAsk) -> Iterator[Related]:
    """Yield the function that is called for each row, the calls from there, and what asks."""
    function = ask.call.function
    yield Related(ctx.head_of(function), f"`{name_of(function)}` is called for each row")
    for hop, following in pairwise(ask.hops):
        yield Related(span_of(ctx, hop.step), f"calls `{name_of(following.function)}`")
    target = ask.effect.target.rpartition(".")[2] or "a row"
    verb = "queries" if ask.effect.kind is EffectKind.QUERY else "loads"
    yield Related(span_of(ctx, ask.hops[-1].step), f"each row {verb} `{target}`")
