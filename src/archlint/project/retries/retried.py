"""Which retries a unit declares, and what each of them runs again."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.knowledge.external_rows import Retries
from archlint.knowledge.tables import Place, Retry
from archlint.project.effects.callers import innermost
from archlint.project.effects.effect import Edge, Reached, Step
from archlint.project.extent.running import ways
from archlint.project.flow import CallSite, call_sites
from archlint.project.inference import wrappers
from archlint.project.peers.remote import is_remote, remote_calls
from archlint.project.project import Project, UnitPlace
from archlint.project.retries.policy import Policy
from archlint.project.retries.reading import policy_of
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import called_name, uncalled


class Retried(msgspec.Struct, frozen=True):
    """A retry, where it is declared, and what it runs again: a function or a part of one (`start`, `end`).

    `function` is None where a retry is only made, for a transport or to be used elsewhere.
    """

    policy: Policy
    step: Step
    function: FunctionDefinition | None = None
    start: int | None = None
    end: int | None = None

    @property
    def is_whole(self) -> bool:
        """Return whether the whole function is run again."""
        return self.function is not None and self.start is None


def retry_names(project: Project) -> frozenset[str]:
    """Return the last names of what makes a retry, of libraries that are used."""
    rows = [row for row in project.knowledge.tables.retries if _is_used(project, row)]
    return frozenset(name for row in rows for name in row.names)


def retries(project: Project, place: UnitPlace, used: frozenset[str]) -> Iterator[Retried]:
    """Yield the retries that a unit declares, in the order of decorators and calls; `used` are `retry_names`."""
    if not _may_retry(project, place, used):
        return
    seen: set[int] = set()
    for function in project.functions_at(place):
        for found in declared(project, function):
            seen.add(found.step.start)
            yield found
    names = frozenset(name for row in project.knowledge.tables.retries for name in row.names)
    for site in call_sites(project, place, names):
        row = project.knowledge.retry(wrappers.qualified(site.callee)) if site.call.start not in seen else None
        policy = policy_of(project, row, site.call, site.scope) if row is not None else None
        if policy is not None and policy.row.kind is not Retries.TASK:
            yield _made(project, place, site, policy)


def declared(project: Project, function: FunctionDefinition) -> Iterator[Retried]:
    """Yield the retries that a function's decorators declare, the outermost first."""
    for decorator in function.row.decorators:
        row = _row(project, function, decorator)
        policy = (
            policy_of(project, row, decorator, project.inference.scope_of(function, None)) if row is not None else None
        )
        if policy is not None and _tries_again(policy, decorator):
            step = Step(function.module, function.unit.start, decorator.start, decorator.end)
            yield Retried(policy, step, function)


def reached_again(project: Project, found: Retried) -> Iterator[tuple[Reached, Edge | None]]:
    """Yield what a retry runs again that reaches another party, nearest first."""
    if found.function is None:
        return
    if found.start is not None and found.end is not None:
        found_ways = list(remote_calls(project, found.function, found.start, found.end))
    else:
        summary = project.effects.summary(found.function)
        found_ways = [(one, None) for one in summary.ways if is_remote(project, one.effect)]
    yield from sorted(found_ways, key=lambda one: one[0].rank)


def is_awaited_by_others(project: Project, function: FunctionDefinition | None) -> bool:
    """Return whether somebody may wait for a function: not where only commands and the start of the program run it."""
    places = {one.place for one in ways(project, function)} if function is not None else set()
    return not places or not places <= {Place.COMMAND, Place.IMPORT, Place.STARTUP}


def _may_retry(project: Project, place: UnitPlace, names: frozenset[str]) -> bool:
    unit = place.unit
    if any(name.rpartition(".")[2] in names for name in unit.calls) or not names.isdisjoint(unit.attributes):
        return True
    function = project.function_at(place)
    decorators = function.row.decorators if function is not None else ()
    return any(isinstance(one, ir.Name) and one.id in names for one in decorators)


def _is_used(project: Project, row: Retry) -> bool:
    roots = {one.partition(".")[0] for one in (row.of, *row.aliases)}
    return not roots.isdisjoint(project.imported_roots)


def _row(project: Project, function: FunctionDefinition, decorator: ir.Expr) -> Retry | None:
    value = wrappers.decorator_of(project.inference, function, decorator)
    return project.knowledge.retry(wrappers.qualified(value))


def _tries_again(policy: Policy, decorator: ir.Expr) -> bool:
    """Return whether a decorator is that of a retry: a task is one where it says after which errors it runs again."""
    words = {word.name for word in decorator.keywords} if isinstance(decorator, ir.Call) else set()
    is_task = policy.row.kind is Retries.TASK
    return not is_task or not words.isdisjoint({*policy.row.exceptions, *policy.row.attempts})


def _made(project: Project, place: UnitPlace, site: CallSite, policy: Policy) -> Retried:
    step = Step(site.module, site.offset, site.call.start, site.call.end)
    statement = site.statement
    function = innermost(project, place, site.call.start)
    if function is not None and isinstance(statement, ir.For) and statement.iterable is site.call:
        return Retried(policy, step, function, statement.body[0].start, statement.end)
    run = _run(project, site)
    return Retried(policy, step, run)


def _run(project: Project, site: CallSite) -> FunctionDefinition | None:
    """Return the function that is run again: `Retrying(…)(function)`, `retry(…)(function)`, `retry_call(function)`."""
    parent = site.parents[-1] if site.parents else None
    given = parent.args[:1] if isinstance(parent, ir.Call) and uncalled(parent) is site.call else ()
    if called_name(site.call) == "retry_call":
        given = site.call.args[:1]
    for node in given:
        targets = project.effects.callees.targets(project.inference.value(node, site.scope))
        if len(targets) == 1:
            return targets[0].function
    return None
