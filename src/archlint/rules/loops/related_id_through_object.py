"""ARC105: a related row is loaded only to read its key."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from archlint.diagnostic import Applicability, Confidence, Edit, Fix, Related
from archlint.project.views.flows import Entries, counted, over, span_of, steps
from archlint.project.views.related_keys import KeyRead, key_names, key_reads
from archlint.project.views.relations import declared
from archlint.rule import Found, Rule, Units

if TYPE_CHECKING:
    from archlint.project.context import ProjectContext
    from archlint.project.project import Project, UnitPlace
    from archlint.project.symbols import FunctionDefinition

_PLAIN = re.compile(r"\s*\.\s*\w+")

rule = Rule("ARC105")


@rule.units
def related_id_through_object(project: Project, ctx: ProjectContext) -> Units:
    """Report `order.customer.id` where `order.customer_id` is there without a query."""
    look = partial(_read_keys, project, ctx, Entries(project, ctx), key_names(project))
    return Units(look, attributes=project.relation_names, modules=project.near_database)


def _read_keys(
    project: Project, ctx: ProjectContext, entries: Entries, keys: frozenset[str], place: UnitPlace
) -> Found:
    if keys.isdisjoint(place.unit.attributes):
        return
    for function in project.functions_at(place):
        for one in key_reads(project, function):
            route = entries.before(function)
            yield rule.at(
                ctx.span(function.module, place.unit.start, one.read),
                _message(ctx, function, one),
                confidence=min(one.load.confidence, Confidence.MEDIUM, key=lambda it: it.rank),
                related=declared(ctx, one.relation),
                flow=(*route, *_last_steps(project, ctx, function, one)),
                fix=_fix(ctx, function, one),
                scope=place.scope,
                anchor=f"{one.load.effect.detail}.{one.read.name}",
                in_request=bool(route),
                tables=project.schema.names_of(counted(one.load)),
            )


def _message(ctx: ProjectContext, function: FunctionDefinition, one: KeyRead) -> str:
    turns = one.load.turns
    repeated = turns is not None and not turns.is_alike
    often = f" once per turn of the loop{over(turns)}" if turns is not None and repeated else ""
    model = one.load.effect.target.rpartition(".")[2]
    read = " ".join(_text(ctx, function, one.read.start, one.read.end).split())
    return (
        f"`{read}` loads a `{model}`{often} only to read its key; "
        f"`{_row(ctx, function, one)}{one.relation.id_attribute}` is there without a query"
    )


def _row(ctx: ProjectContext, function: FunctionDefinition, one: KeyRead) -> str:
    """Return what is written before the relation, up to and with its dot."""
    before = _text(ctx, function, one.link.start, one.link.end - len(one.relation.name))
    return " ".join(before.split())


def _fix(ctx: ProjectContext, function: FunctionDefinition, one: KeyRead) -> Fix | None:
    start, end = one.link.end - len(one.relation.name), one.whole.end
    is_plain = _PLAIN.fullmatch(_text(ctx, function, one.read.value.end, one.read.end)) is not None
    is_named = _text(ctx, function, start, one.link.end) == one.relation.name
    if not is_plain or not is_named or one.whole.start != one.link.start:
        return None  # brackets or comments in between
    offset = function.unit.start
    title = f"Read `{_row(ctx, function, one)}{one.relation.id_attribute}`"
    edit = Edit(offset + start, offset + end, one.relation.id_attribute)
    # Without a related row the key is None, where reading it from the row raises.
    return Fix(title, (edit,), Applicability.SAFE if one.is_same else Applicability.UNSAFE)


def _text(ctx: ProjectContext, function: FunctionDefinition, start: int, end: int) -> str:
    offset = function.unit.start
    return ctx.source_of(function.module.path).text[offset + start : offset + end]


def _last_steps(
    project: Project, ctx: ProjectContext, function: FunctionDefinition, one: KeyRead
) -> tuple[Related, ...]:
    if one.load.turns is not None:
        return steps(project, ctx, function, one.load)
    model = one.load.effect.target.rpartition(".")[2]
    return (Related(span_of(ctx, one.load.step), f"loads a `{model}`"),)
