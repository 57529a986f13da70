"""Retries that run in each other, so that their attempts multiply."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import msgspec

from archlint.ir import nodes as ir
from archlint.knowledge.external_rows import Retries
from archlint.project.effects.chains import Hop
from archlint.project.effects.effect import Step
from archlint.project.inference import wrappers
from archlint.project.project import Project
from archlint.project.retries.lasting import site_at
from archlint.project.retries.policy import EVERYTHING, Policy
from archlint.project.retries.refused import swallows
from archlint.project.retries.retried import Retried, declared, reached_again
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import keyword
from archlint.project.values import Instance

_MOST = 60
"""Functions that are looked at on the way down from a retry."""
_GIVES_UP = "RetryError"


class Inner(msgspec.Struct, frozen=True):
    """What tries again inside of a retry: its name as it is shown, how often, and the calls on the way to it."""

    name: str
    attempts: int | None
    step: Step
    way: tuple[tuple[Step, FunctionDefinition], ...]
    parameter: str = ""
    """What switches it off in a client that tries again by itself."""


def nested(project: Project, found: Retried) -> Inner | None:
    """Return the nearest retry that a retry runs in each of its attempts, and after whose end it begins anew."""
    if found.function is None or not found.is_whole:
        return None
    inner = next(_functions(project, found, found.function), None)
    return inner if inner is not None else next(_clients(project, found, found.function), None)


def _functions(project: Project, outer: Retried, function: FunctionDefinition) -> Iterator[Inner]:
    """Yield the retries of a function's decorators below the outer one, and of what it calls, nearest first."""
    below = [one for one in declared(project, function) if one.step.start > outer.step.start]
    for one in below:
        if _goes_on(outer.policy, one.policy) and _reaches(project, one):
            yield Inner(one.policy.name, one.policy.attempts, one.step, ())
    ways: dict[FunctionDefinition, tuple[tuple[Step, FunctionDefinition], ...]] = {function: ()}
    pending = [function]
    while pending:
        current = pending.pop(0)
        for edge in project.effects.body(current).edges if len(ways) < _MOST else ():
            if len(edge.targets) != 1 or swallows(project, current, edge.step.start):
                continue
            called = edge.targets[0].function
            if called in ways:
                continue
            ways[called] = (*ways[current], (edge.step, called))
            pending.append(called)
            for one in declared(project, called):
                if _goes_on(outer.policy, one.policy) and _reaches(project, one):
                    yield Inner(one.policy.name, one.policy.attempts, one.step, ways[called])


def _reaches(project: Project, inner: Retried) -> bool:
    return inner.policy.row.kind is Retries.FUNCTION and next(reached_again(project, inner), None) is not None


def _goes_on(outer: Policy, inner: Policy) -> bool:
    """Return whether the outer retry begins anew after the error with which the inner one gives up."""
    if outer.attempts == 1 or inner.attempts == 1:
        return False
    if outer.everything:
        return True
    if outer.is_filtered or not outer.errors:
        return False
    if inner.hides:
        return any(one.rpartition(".")[2] == _GIVES_UP for one in outer.errors)
    return not inner.is_filtered and (bool(inner.everything) or not set(inner.errors).isdisjoint(outer.errors))


def _clients(project: Project, outer: Retried, function: FunctionDefinition) -> Iterator[Inner]:
    """Yield the clients that send again by themselves what a retry runs, nearest first."""
    names = {*EVERYTHING, *(one.partition(".")[0] for one in outer.policy.errors)}
    for reached, _ in reached_again(project, outer):
        hops = project.effects.chain(function, reached)
        root = reached.effect.target.partition(".")[0]
        is_met = outer.policy.everything or (root in names and not outer.policy.is_filtered)
        if is_met and not any(swallows(project, hop.function, hop.step.start) for hop in hops):
            found = _client(project, hops)
            if found is not None:
                yield found


def _client(project: Project, hops: tuple[Hop, ...]) -> Inner | None:
    """Return how often the client at the end of a way sends again, None where it does not or nobody knows."""
    last = hops[-1]
    made = _receiver(project, last)
    row = project.knowledge.retrying_client(made.name) if made is not None else None
    if made is None or row is None or made.creation is None or made.definition is not None:
        return None
    call = made.creation.call
    if any(word.name is None for word in call.keywords):
        return None
    given = keyword(call, row.parameters[0])
    if given is not None and not (isinstance(given, ir.Constant) and type(given.value) is int):
        return None
    retries = given.value if isinstance(given, ir.Constant) and isinstance(given.value, int) else row.default_retries
    if not retries:
        return None
    way = tuple((hop.step, following.function) for hop, following in pairwise(hops))
    return Inner(made.name, retries + 1, last.step, way, row.parameters[0])


def _receiver(project: Project, hop: Hop) -> Instance | None:
    site = site_at(project, hop)
    return wrappers.client_of(site.callee) if site is not None else None
