"""The checks of the linked project: those of all of it, and those that look at it unit by unit."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter

import msgspec

from archlint.catalogue import Entry
from archlint.crash import survive
from archlint.diagnostic import Diagnostic, Span
from archlint.project.context import ProjectContext
from archlint.project.flow import mentions
from archlint.project.project import Project, UnitPlace
from archlint.project.symbols import Module
from archlint.rule import Check, Rule, Units
from archlint.rules.tool.rule_crashed import rule_crashed
from archlint.settings import Settings
from archlint.source import SourceFile

_UNITS_OF_A_PROCESS = 2_000
"""For less a process of its own is not worth its start."""
_PORTIONS = 32
"""Into how many parts each process's share of the modules is cut, which the others may take when they are done."""


class Wanted(msgspec.Struct, frozen=True):
    """What is checked: for the rules with which codes, under which settings, for a report on which files.

    `settings` are the root's, with the rules that any configuration adds. `reported` is None for all files. A quick run
    leaves out the checks of the whole project.
    """

    codes: frozenset[str]
    settings: Settings
    reported: Container[str] | None = None
    is_quick: bool = False


@dataclass(slots=True)
class Running:
    """A check of a rule, what it has found so far, and the seconds that it took.

    `wants` is None for a check of the whole project.
    """

    entry: Entry
    check: Check
    context: ProjectContext
    wants: Units | None = None
    flags: int = 0
    found: list[Diagnostic] = field(default_factory=list)
    seconds: float = 0.0
    has_crashed: bool = False

    @property
    def code(self) -> str:
        """Return the code of the rule."""
        return self.entry.code

    def crash(self, project: Project, line: str) -> Diagnostic:
        """Return that it crashed: at the start of the project's first module, since it is about no file."""
        return rule_crashed(self.code, _start(project), line, self.entry.pack)

    def wants_unit(self, project: Project, wants: Units, place: UnitPlace) -> bool:
        """Return whether a unit deserves a look, as its index tells, and its module."""
        unit = place.unit
        if self.flags & unit.flags != self.flags or (wants.attributes and wants.attributes.isdisjoint(unit.attributes)):
            return False
        if wants.names is not None and not mentions(project, place, wants.names):
            return False
        return wants.modules is None or place.module in wants.modules


class Told(msgspec.Struct, frozen=True, array_like=True):
    """What a check found, the seconds that it took, and whether it crashed."""

    found: list[Diagnostic]
    seconds: float
    has_crashed: bool


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(list[Told])


class Checks(msgspec.Struct, frozen=True):
    """The checks of some rules over a linked project, and the tasks that they make.

    The first tasks are the checks of the whole project, the others portions of the modules, neighbours together.
    """

    project: Project
    running: tuple[Running, ...]
    portions: tuple[tuple[Module, ...], ...]
    queues: tuple[tuple[int, ...], ...]
    reported: Container[str] | None = None

    def done(self, tasks: Iterator[int]) -> bytes:
        """Return what comes of some tasks, for `merged`.

        Each unit is shown to all that want to see it: what one finds out about it, the next one has at hand.
        """
        whole = [one for one in self.running if one.wants is None]
        for task in tasks:
            if task < len(whole):
                one = whole[task]
                self._run(one, partial(one.check.function, self.project, one.context))
            else:
                self._look(self.portions[task - len(whole)])
        told = [Told(one.found, one.seconds, one.has_crashed) for one in self.running]
        for one in self.running:
            one.found, one.seconds = [], 0.0
        return _ENCODER.encode(told)

    def merged(self, parts: Sequence[bytes], timings: dict[str, float]) -> list[Diagnostic]:
        """Return all that was found, rule by rule; a check that crashed is reported once."""
        found: dict[str, list[Diagnostic]] = {one.code: [] for one in self.running}
        crashed: set[int] = set()
        for part in parts:
            for index, (one, told) in enumerate(zip(self.running, _DECODER.decode(part), strict=True)):
                is_known = index in crashed
                found[one.code] += [row for row in told.found if row.code == one.code or not is_known]
                crashed |= {index} if told.has_crashed else set()
                timings[one.code] = timings.get(one.code, 0.0) + told.seconds
        return [one for rows in found.values() for one in rows]

    def _look(self, modules: Sequence[Module]) -> None:
        for module in modules:
            running = [one for one in self.running if module.role in one.context.roles]
            here = [(one, one.wants) for one in running if one.wants is not None and self._may_tell(one.wants, module)]
            for unit in module.facts.units if here else ():
                place = UnitPlace(module, unit)
                for one, wants in here:
                    if one.wants_unit(self.project, wants, place) and not one.has_crashed:
                        self._run(one, partial(wants.look, place))

    def _may_tell(self, wants: Units, module: Module) -> bool:
        """Return whether a look at a module may find something in a file that is reported on."""
        if self.reported is None:  # then all is looked up anyway which modules are near a library
            return wants.modules is None or module in wants.modules
        return not wants.is_local or module.path in self.reported

    def _run(self, one: Running, work: Callable[[], Iterable[Diagnostic]]) -> None:
        start = perf_counter()
        survive(lambda: one.found.extend(work()), lambda line: self._crashed(one, line))
        one.seconds += perf_counter() - start

    def _crashed(self, one: Running, line: str) -> None:
        one.has_crashed = True
        one.found.append(one.crash(self.project, line))


def started(
    project: Project, rules: Sequence[Rule], wanted: Wanted, source_of: Callable[[str], SourceFile], jobs: int
) -> Checks:
    """Return the checks of some rules, those of units ready to look, with queues of tasks for up to so many processes.

    Of files that are not reported on, units are shown only to looks that may find something elsewhere.
    What crashes is reported at the start of the project's first module: it is about no file.
    """
    running: list[Running] = []
    for rule in rules:
        entry = wanted.settings.entry(rule.code)
        context = ProjectContext(entry.roles, source_of, wanted.settings.options)
        whole = () if wanted.is_quick else rule.project_checks
        running += [Running(entry, check, context) for check in whole]
        running += [_ready(project, Running(entry, check, context)) for check in rule.unit_checks]
    reported = wanted.reported
    if any(one.wants is not None and not one.wants.is_local for one in running):
        reported = None
    modules = [module for module in project.modules if reported is None or module.path in reported]
    count = max(min(jobs, sum(len(module.facts.units) for module in modules) // _UNITS_OF_A_PROCESS), 1)
    portions = _portions(modules, _PORTIONS * count if count > 1 else 1)
    first = tuple(range(sum(one.wants is None for one in running)))
    tasks = range(len(first), len(first) + len(portions))
    share = max(-(-len(portions) // count), 1)
    queues = [tuple(tasks[at : at + share]) for at in range(0, len(portions), share)] or [()]
    return Checks(project, tuple(running), portions, ((*first, *queues[0]), *queues[1:]), wanted.reported)


def _ready(project: Project, one: Running) -> Running:
    """Return a check with what it wants; where that crashes, it wants nothing and has said so."""
    start = perf_counter()
    wants = survive(lambda: one.check.function(project, one.context), lambda line: one.crash(project, line))
    if isinstance(wants, Units):
        one.wants, one.flags = wants, int(wants.flags)
    else:
        one.wants, one.has_crashed = Units(lambda _: ()), True
        one.found.append(wants)
    one.seconds = perf_counter() - start
    return one


def _portions(modules: Sequence[Module], count: int) -> tuple[tuple[Module, ...], ...]:
    """Return the modules in up to so many parts of about one size, neighbours together: they ask for the same."""
    sizes = [sum(unit.end - unit.start for unit in module.facts.units) for module in modules]
    share = sum(sizes) / count
    portions: list[list[Module]] = []
    seen = 0
    for module, size in zip(modules, sizes, strict=True):
        if seen >= share * len(portions) and len(portions) < count:
            portions.append([])
        portions[-1].append(module)
        seen += size
    return tuple(map(tuple, portions))


def _start(project: Project) -> Span:
    return Span(min((module.path for module in project.modules), default="."), 0, 0, 1, 1, 1, 1)
