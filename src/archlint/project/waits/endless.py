"""Which calls wait, without an end, until another thread, a process or another program does something."""

from __future__ import annotations

from msgspec.structs import replace

from archlint.diagnostic import Confidence
from archlint.ir import nodes as ir
from archlint.ir.render import render
from archlint.project.deadlines.unlimited import Unlimited, unlimited
from archlint.project.flow import CallSite
from archlint.project.holding import answers_at_once
from archlint.project.inference import wrappers
from archlint.project.project import Project
from archlint.project.tree import nodes_in, uncalled

_OWN_WORK = ("concurrent.", "multiprocessing.", "threading.Thread")
_LOOKS = frozenset({"cancelled", "done", "empty", "full", "is_alive", "kill", "locked", "poll", "qsize", "ready"})
"""Methods after which a wait is short: who asked them knows that it is over, or ended it."""


def wait_names(project: Project) -> frozenset[str]:
    """Return the last names of the callables that wait for events, in libraries that are used."""
    used = project.imported_roots
    rows = [row for row in project.knowledge.tables.deadline_calls if row.for_events]
    return frozenset(name for row in rows if row.of.partition(".")[0] in used for name in row.names)


def endless_wait(project: Project, site: CallSite) -> Unlimited | None:
    """Return why a call may wait for an event that never comes, or None."""
    row = project.knowledge.deadline_call(wrappers.qualified(site.callee))
    if row is None or not row.for_events or (0 not in row.unbounded and answers_at_once(site.call)):
        return None
    found = unlimited(project, site)
    if found is None or _is_in_executor(site, row.of) or _is_over(project, site):
        return None
    # What a function waits for of its own making is as bounded as that is.
    is_own = row.of.startswith(_OWN_WORK)
    return replace(found, confidence=min(found.confidence, Confidence.MEDIUM, key=_rank)) if is_own else found


def ends_with_error(project: Project, site: CallSite) -> bool:
    """Return whether a wait whose time is up ends with an exception, and not with an answer that is none."""
    row = project.knowledge.deadline_call(wrappers.qualified(site.callee))
    return row is not None and row.raises


def _rank(confidence: Confidence) -> int:
    return confidence.rank


def _is_in_executor(site: CallSite, of: str) -> bool:
    """Return whether futures are waited for inside of `with ThreadPoolExecutor()`: its end waits for them anyway."""
    if not of.startswith("concurrent."):
        return False
    guards = (wrappers.qualified(site.evaluator.value(uncalled(one), site.scope)) for one in site.guards)
    return any(name.startswith("concurrent.futures.") for name in guards)


def _is_over(project: Project, site: CallSite) -> bool:
    """Return whether the function asked before whether the wait is over, or ended what it waits for."""
    func = site.call.func
    if not isinstance(func, ir.Attribute):
        return False
    receiver = render(func.value)
    return any(
        isinstance(node, ir.Call)
        and node.start < site.call.start
        and isinstance(node.func, ir.Attribute)
        and node.func.name in _LOOKS
        and render(node.func.value) == receiver
        for node, _ in nodes_in(project.body(site.place.unit))
    )
