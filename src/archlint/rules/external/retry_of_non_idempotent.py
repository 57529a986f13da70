"""ARC423: what does something each time it is sent is sent again."""

from __future__ import annotations

from functools import partial

from archlint.diagnostic import Confidence, Diagnostic
from archlint.knowledge.external_rows import Retries
from archlint.project.context import ProjectContext
from archlint.project.project import Project, UnitPlace
from archlint.project.retries.retried import Retried, retries, retry_names
from archlint.project.retries.unsafe import Unsafe, unsafe
from archlint.project.symbols import FunctionDefinition
from archlint.project.views.flows import Entries, called_steps, name_of, span_of
from archlint.rule import Found, Rule, Units

_UNSAFE_METHODS = ("PATCH", "POST")

rule = Rule("ARC423")


@rule.units
def retry_of_non_idempotent(project: Project, ctx: ProjectContext) -> Units:
    """Report retries of calls that the other end may already have carried out."""
    return Units(partial(_retries, project, ctx, Entries(project, ctx), retry_names(project)))


def _retries(project: Project, ctx: ProjectContext, entries: Entries, used: frozenset[str], place: UnitPlace) -> Found:
    for found in retries(project, place, used):
        if found.policy.row.kind is Retries.TRANSPORT:
            named = _methods(found)
            if named:
                yield _transport(ctx, place, found, named)
            continue
        sent = unsafe(project, found)
        if sent is not None and found.function is not None:
            yield _declared(project, ctx, entries, place, (found, found.function, sent))


def _methods(found: Retried) -> str:
    """Return the methods that a transport sends again and should not, as a person names them, "" for none."""
    methods = found.policy.methods
    if methods is None:
        return "requests of every method"
    named = [f"`{one}`" for one in _UNSAFE_METHODS if one in methods]
    return f"{' and '.join(named)} requests" if named else ""


def _transport(ctx: ProjectContext, place: UnitPlace, found: Retried, named: str) -> Diagnostic:
    return rule.at(
        span_of(ctx, found.step),
        f"`{found.policy.name}` sends {named} again, also where the first was carried out and only its answer was lost",
        confidence=Confidence.MEDIUM if _sends(place) else Confidence.LOW,
        scope=place.scope,
        anchor=found.policy.name,
    )


def _sends(place: UnitPlace) -> bool:
    """Return whether the module of a transport has calls that look like requests of such a method."""
    names = {method.lower() for method in _UNSAFE_METHODS}
    return any(not names.isdisjoint(unit.attributes) for unit in place.module.facts.units)


def _declared(
    project: Project,
    ctx: ProjectContext,
    entries: Entries,
    place: UnitPlace,
    sending: tuple[Retried, FunctionDefinition, Unsafe],
) -> Diagnostic:
    found, function, sent = sending
    route = entries.before(function)
    target = sent.reached.effect.target
    after = " or ".join(f"`{one.rpartition('.')[2]}`" for one in found.policy.errors[:2])
    return rule.at(
        span_of(ctx, found.step),
        f"`{found.policy.name}` sends `{target}` in `{name_of(function)}` again after {after}, "
        "also where the first was carried out and only its answer was lost: nothing lets the other end tell",
        confidence=sent.confidence,
        flow=(*route, *called_steps(project, ctx, function, sent.reached, "this is carried out once more")),
        scope=place.scope,
        anchor=found.policy.name,
        in_request=bool(route),
    )
