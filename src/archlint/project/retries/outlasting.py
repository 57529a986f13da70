"""Retries that go on for longer than the deadline of somebody who waits for them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.knowledge.external_rows import Retries
from archlint.knowledge.tables import Form
from archlint.project.effects.callers import innermost
from archlint.project.effects.effect import Step
from archlint.project.flow import CallSite, call_sites
from archlint.project.inference import wrappers
from archlint.project.project import Project, UnitPlace
from archlint.project.retries.lasting import Lasting, lasting
from archlint.project.retries.retried import Retried, declared, retries, retry_names
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import argument, keyword, uncalled
from archlint.project.values import Literal
from archlint.project.waits.lengthy import seconds_of

_MOST = 60
"""Functions that are looked at on the way down from a deadline."""
_LEAVES_RUNNING = frozenset({"asyncio.wait"})


class Deadline(msgspec.Struct, frozen=True):
    """What gives up after some seconds, as it is written, and the part of a unit that it bounds."""

    function: FunctionDefinition
    step: Step
    name: str
    seconds: float
    start: int
    end: int


class Outlasting(msgspec.Struct, frozen=True):
    """A retry that a deadline cuts off: how long it may take, and the calls from the deadline to it."""

    deadline: Deadline
    retried: Retried
    lasting: Lasting
    way: tuple[tuple[Step, FunctionDefinition], ...]


def guard_names(project: Project) -> frozenset[str]:
    """Return the last names of what may bound a retry, in libraries that are used."""
    used = project.imported_roots
    tables = project.knowledge.tables
    guards = [name for row in tables.deadline_guards for name in row.qualified if row.form is not Form.GLOBAL]
    tasks = [f"{row.of}.{name}" for row in tables.retries if row.deadlines for name in row.names]
    known = [one for one in (*guards, *tasks) if one.partition(".")[0] in used]
    return frozenset(one.rpartition(".")[2] for one in known)


def outlasting(project: Project, place: UnitPlace, names: frozenset[str]) -> Iterator[Outlasting]:
    """Yield what the deadlines in a unit cut off, the nearest retry of each; `names` are `guard_names`."""
    for deadline in (*_around(project, place, names), *_of_tasks(project, place)):
        found = next(_below(project, deadline), None)
        if found is not None:
            yield found


def _around(project: Project, place: UnitPlace, names: frozenset[str]) -> Iterator[Deadline]:
    """Yield the deadlines that stand around calls: `wait_for(f(), 10)`, `async with timeout(10)`."""
    for site in call_sites(project, place, names):
        name = wrappers.qualified(site.callee)
        row = project.knowledge.deadline_guard(name)
        if row is None or row.form is Form.DECORATOR or name in _LEAVES_RUNNING:
            continue
        seconds = seconds_of(site, argument(site.call, row.position, row.keyword or ""))
        function = innermost(project, place, site.call.start)
        region = _region(site, row.form)
        if seconds and function is not None and region is not None:
            step = Step(site.module, site.offset, site.call.start, site.call.end)
            yield Deadline(function, step, dotted(site.call.func), seconds, *region)


def _of_tasks(project: Project, place: UnitPlace) -> Iterator[Deadline]:
    """Yield the deadlines of tasks: `@shared_task(soft_time_limit=30)`."""
    for function in project.functions_at(place):
        node = project.function_node(function)
        for decorator in function.row.decorators if node is not None else ():
            seconds = _time_limit(project, function, decorator)
            if seconds is not None and node is not None:
                step = Step(function.module, function.unit.start, decorator.start, decorator.end)
                yield Deadline(function, step, dotted(uncalled(decorator)), seconds, node.start, node.end)


def _time_limit(project: Project, function: FunctionDefinition, decorator: ir.Expr) -> float | None:
    """Return the seconds after which a task is ended, None where its decorator does not say."""
    row = project.knowledge.retry(wrappers.qualified(wrappers.decorator_of(project.inference, function, decorator)))
    if row is None or not isinstance(decorator, ir.Call):
        return None
    scope = project.inference.scope_of(function, None)
    given = [one for one in (keyword(decorator, name) for name in row.deadlines) if one is not None]
    values = [project.inference.value(one, scope) for one in given]
    seconds = [one.value for one in values if isinstance(one, Literal) and isinstance(one.value, int | float)]
    return min((one for one in seconds if one), default=None)


def _below(project: Project, deadline: Deadline) -> Iterator[Outlasting]:
    """Yield the retries below a deadline that take longer, nearest first."""
    used = retry_names(project)
    for found, way in _reached(project, deadline, used):
        if found.policy.row.kind is not Retries.FUNCTION:
            continue
        lasts = lasting(project, found)
        if lasts is not None and lasts.seconds > deadline.seconds:
            yield Outlasting(deadline, found, lasts, way)


def _reached(
    project: Project, deadline: Deadline, used: frozenset[str]
) -> Iterator[tuple[Retried, tuple[tuple[Step, FunctionDefinition], ...]]]:
    first = deadline.function
    place = UnitPlace(first.module, first.unit)
    for one in retries(project, place, used):
        is_inside = one.start is not None and deadline.start <= one.start < deadline.end
        if one.function == first and is_inside:
            yield one, ()
    ways: dict[FunctionDefinition, tuple[tuple[Step, FunctionDefinition], ...]] = {first: ()}
    pending = [first]
    while pending:
        current = pending.pop(0)
        for edge in project.effects.body(current).edges if len(ways) < _MOST else ():
            is_inside = current != first or deadline.start <= edge.step.start < deadline.end
            called = edge.targets[0].function if len(edge.targets) == 1 else None
            if called is None or called in ways or not is_inside:
                continue
            ways[called] = (*ways[current], (edge.step, called))
            pending.append(called)
            inner = UnitPlace(called.module, called.unit)
            parts = [one for one in retries(project, inner, used) if one.function == called and not one.is_whole]
            yield from ((one, ways[called]) for one in (*declared(project, called), *parts))


def _region(site: CallSite, form: Form) -> tuple[int, int] | None:
    if form is Form.CALL:
        return site.call.start, site.call.end
    statement = site.statement
    if isinstance(statement, ir.With) and any(one.context is site.call for one in statement.items) and statement.body:
        return statement.body[0].start, statement.end
    return None
