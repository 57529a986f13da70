"""ARC430: another party is called, or a message is sent, while a transaction is open."""

from __future__ import annotations

from functools import partial

from archlint.diagnostic import Confidence, Diagnostic, Related
from archlint.ir.module import Flag
from archlint.project.context import ProjectContext
from archlint.project.peers.remote import only_reads
from archlint.project.peers.transactions import Outgoing, may_open, outgoing
from archlint.project.project import Project, UnitPlace
from archlint.project.symbols import FunctionDefinition
from archlint.project.views.flows import Entries, called_steps, name_of, span_of, text_of
from archlint.rule import Found, Rule, Units

rule = Rule("ARC430")


@rule.units
def remote_call_in_transaction(project: Project, ctx: ProjectContext) -> Units:
    """Report each call in a transaction that reaches another party or a queue."""
    return Units(partial(_calls, project, ctx, Entries(project, ctx)), flags=Flag.FUNCTION)


def _calls(project: Project, ctx: ProjectContext, entries: Entries, place: UnitPlace) -> Found:
    for function in project.functions_at(place) if may_open(project, place) else ():
        seen: set[int] = set()
        for found in outgoing(project, function):
            if found.reached.step.start not in seen:
                seen.add(found.reached.step.start)
                yield _reported(project, ctx, entries, (place, function), found)


def _reported(
    project: Project,
    ctx: ProjectContext,
    entries: Entries,
    where: tuple[UnitPlace, FunctionDefinition],
    found: Outgoing,
) -> Diagnostic:
    place, function = where
    route = entries.before(function)
    opened = Related(span_of(ctx, found.transaction.opened), "the transaction starts here")
    end = "the message leaves here" if found.is_message else "the transaction waits here"
    called = _called(ctx, found)
    # A message that nothing in the transaction has prepared finds all that it needs.
    is_sure = found.transaction.writes or not found.is_message
    return rule.at(
        span_of(ctx, found.reached.step),
        f"`{called}` {_what(found, called)}",
        confidence=found.confidence if is_sure else Confidence.LOW,
        related=(opened,),
        flow=(*route, opened, *called_steps(project, ctx, function, found.reached, end)),
        scope=place.scope,
        anchor=called,
        in_request=bool(route),
    )


def _what(found: Outgoing, called: str) -> str:
    target, block = found.reached.effect.target, found.transaction.text
    if found.is_message:
        through = "" if found.reached.via is None else f" `{target.rpartition('.')[2]}`"
        return (
            f"hands{through} over to a queue inside `{block}`: it may run before the commit and miss the rows, "
            "or run although all was rolled back"
        )
    through = "" if found.reached.via is None or target == called else f" in `{target}`"
    held = "the rows that it changed stay locked" if found.transaction.writes else "its connection stays taken"
    undone = "" if only_reads(found.reached.effect) else ", and a rollback does not take it back"
    return f"waits for another party{through} inside `{block}`: {held} meanwhile{undone}"


def _called(ctx: ProjectContext, found: Outgoing) -> str:
    via = found.reached.via
    return name_of(via.function) if via is not None else text_of(ctx, found.reached.step).partition("(")[0]
