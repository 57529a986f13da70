"""How long a retry may go on, by what is written: attempts, deadlines of calls, pauses, its own limit."""

from __future__ import annotations

import msgspec

from archlint.project.effects.chains import Hop
from archlint.project.flow import CallSite, call_sites
from archlint.project.project import Project, UnitPlace
from archlint.project.retries.retried import Retried, reached_again
from archlint.project.waits.lengthy import deadline_of


class Lasting(msgspec.Struct, frozen=True):
    """How many seconds a retry may take: so many attempts, each with a deadline of `each`, and the pauses in between.

    `attempts` is None where its own limit of time ends it. `each` is 0 where the deadline of the call is not known.
    """

    seconds: float
    attempts: int | None
    each: float
    pause: float


def lasting(project: Project, found: Retried) -> Lasting | None:
    """Return how long a retry may go on, at least, while the other end does not answer; None where nobody knows."""
    policy = found.policy
    attempts, limit = policy.attempts, policy.limit
    first = next((one for one, _ in reached_again(project, found)), None)
    if first is None or found.function is None:
        return None
    each = _deadline(project, project.effects.chain(found.function, first)[-1])
    pause = policy.seconds or 0.0
    if attempts is not None and attempts > 1:
        seconds = attempts * each + (attempts - 1) * pause
        if limit is None or seconds <= limit:
            return Lasting(seconds, attempts, each, pause) if seconds else None
    return Lasting(limit, None, each, pause) if limit is not None and attempts != 1 else None


def site_at(project: Project, hop: Hop) -> CallSite | None:
    """Return the call at the end of a way."""
    place = UnitPlace(hop.function.module, hop.function.unit)
    for site in call_sites(project, place, where=lambda one: one.call.start == hop.step.start):
        if (site.call.start, site.call.end) == (hop.step.start, hop.step.end):
            return site
    return None


def _deadline(project: Project, hop: Hop) -> float:
    site = site_at(project, hop)
    return (deadline_of(project, site) or 0.0) if site is not None else 0.0
