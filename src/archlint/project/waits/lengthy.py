"""Which calls take long by what is written: sleeps, and waits without a deadline or with a long one."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.diagnostic import Confidence
from archlint.ir import nodes as ir
from archlint.knowledge import possible_defaults
from archlint.knowledge.tables import Blocks, ClientClass, DeadlineCall
from archlint.project.deadlines.customised import library_class
from archlint.project.deadlines.unlimited import Given, given, unlimited, waits_for_events
from archlint.project.flow import CallSite
from archlint.project.holding import answers_at_once, holding_callee
from archlint.project.inference import wrappers
from archlint.project.project import Project
from archlint.project.tree import argument
from archlint.project.values import Instance, Literal, Method, Value
from archlint.project.waits.endless import endless_wait

LONG_SLEEP = 1.0
LONG_DEADLINE = 30.0
_MILLISECONDS = 1000
_KINDS = frozenset({Blocks.NETWORK, Blocks.WAIT})


class Lengthy(msgspec.Struct, frozen=True):
    """A call that takes long: for how many seconds, None where it has no deadline, and whether it only sleeps."""

    seconds: float | None
    confidence: Confidence
    sleeps: bool = False


def lengthy(project: Project, site: CallSite) -> Lengthy | None:
    """Return how long a call keeps its thread by what is written, or None where that is short or not known."""
    name = wrappers.qualified(site.callee)
    slept = project.knowledge.sleep(name)
    if slept is not None:
        seconds = seconds_of(site, argument(site.call, 0, "seconds", "secs")) if not slept.is_async else None
        is_long = seconds is not None and seconds >= LONG_SLEEP
        return Lengthy(seconds, slept.confidence, sleeps=True) if is_long else None
    row = holding_callee(project, site.callee)
    if row is None or row.kind not in _KINDS or answers_at_once(site.call):
        return None
    found = endless_wait(project, site) if waits_for_events(project, site.callee) else unlimited(project, site)
    if found is not None:
        return Lengthy(None, found.confidence)
    given = deadline_of(project, site) or 0.0
    return Lengthy(given, row.confidence) if given > LONG_DEADLINE else None


def deadline_of(project: Project, site: CallSite) -> float | None:
    """Return the seconds that a call is given, or that its library gives it in the locked version; None for unknown."""
    row: DeadlineCall | ClientClass | None = project.knowledge.deadline_call(wrappers.qualified(site.callee))
    receiver = site.callee.receiver if isinstance(site.callee, Method) else None
    if row is None and isinstance(receiver, Instance):
        row = project.knowledge.client_class(library_class(project, receiver))
    if row is None:
        return None
    said = max(_given(site, row), default=None)
    if said is not None or given(site.call, row, _parameters(row)) is not Given.NOTHING:
        return said
    if isinstance(row, ClientClass) and not _is_as_made(receiver, row):
        return None
    seconds = possible_defaults(row.defaults, project.versions.get(row.distribution))
    return next(iter(seconds)) if len(seconds) == 1 else None


def _is_as_made(receiver: Value | None, row: ClientClass) -> bool:
    """Return whether a client is known to have been made without a word of deadlines."""
    made = receiver.creation if isinstance(receiver, Instance) and receiver.definition is None else None
    return made is not None and given(made.call, row, row.parameters) is Given.NOTHING


def _parameters(row: DeadlineCall | ClientClass) -> tuple[str, ...]:
    return row.parameters if isinstance(row, DeadlineCall) else row.call_parameters


def _given(site: CallSite, row: DeadlineCall | ClientClass) -> Iterator[float]:
    """Yield the deadlines that a call is given, in seconds."""
    position = row.position if isinstance(row, DeadlineCall) else None
    value = argument(site.call, position, *_parameters(row))
    for one in value.items if isinstance(value, ir.Collection) else (value,):
        seconds = seconds_of(site, one)
        if seconds is not None:
            yield seconds / _MILLISECONDS if row.milliseconds else seconds


def seconds_of(site: CallSite, node: ir.Expr | None) -> float | None:
    """Return the number that an expression is, constants of modules and classes included, or None."""
    value = site.evaluator.value(node, site.scope) if node is not None else None
    number = value.value if isinstance(value, Literal) else None
    return float(number) if isinstance(number, int | float) and not isinstance(number, bool) else None
