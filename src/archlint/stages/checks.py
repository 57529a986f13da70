"""The checks of the linked project: those of all of it, then those that look at it unit by unit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from archlint.catalogue import entry_by_code
from archlint.crash import checked, survive
from archlint.diagnostic import Diagnostic, Span
from archlint.project.context import ProjectContext
from archlint.project.project import Project, UnitPlace
from archlint.project.symbols import Module
from archlint.rule import Rule, Units
from archlint.rules.tool.rule_crashed import rule_crashed
from archlint.settings import Settings
from archlint.source import SourceFile


@dataclass(slots=True)
class _Running:
    """A check that looks at units, what it has found so far, and the seconds that it took."""

    code: str
    context: ProjectContext
    wants: Units
    flags: int
    found: list[Diagnostic] = field(default_factory=list)
    seconds: float = 0.0
    has_crashed: bool = False

    def wants_module(self, module: Module) -> bool:
        return module.role in self.context.roles and (self.wants.modules is None or module in self.wants.modules)

    def wants_unit(self, place: UnitPlace, mentioned: frozenset[str]) -> bool:
        wants, unit = self.wants, place.unit
        if self.flags & unit.flags != self.flags or (wants.attributes and wants.attributes.isdisjoint(unit.attributes)):
            return False
        return wants.names is None or not (
            wants.names.isdisjoint(mentioned) and wants.names.isdisjoint(place.module.renaming)
        )


@dataclass(frozen=True, slots=True)
class Checks:
    """Runs the checks of some rules over a linked project."""

    project: Project
    settings: Settings
    source_of: Callable[[str], SourceFile]
    timings: dict[str, float]

    def found(self, rules: Sequence[Rule]) -> list[Diagnostic]:
        """Return what the rules find, rule by rule; a rule that crashes is reported once.

        That stands at the start of the project's first module: it is about no file.
        """
        by_code: dict[str, list[Diagnostic]] = {}
        running: list[_Running] = []
        for rule in rules:
            start = perf_counter()
            context = ProjectContext(entry_by_code()[rule.code].roles, self.source_of, self.settings.options)
            by_code[rule.code] = [
                one
                for check in rule.project_checks
                for one in checked(rule.code, check.function, self._start, self.project, context)
            ]
            running += self._started(rule, context, by_code[rule.code])
            self._took(rule.code, perf_counter() - start)
        self._look(running)
        for one in running:
            by_code[one.code] += one.found
            self._took(one.code, one.seconds)
        return [one for found in by_code.values() for one in found]

    def _started(self, rule: Rule, context: ProjectContext, found: list[Diagnostic]) -> Iterator[_Running]:
        for check in rule.unit_checks:
            wants = survive(lambda: check.function(self.project, context), lambda line: self._crash(rule.code, line))  # noqa: B023
            if isinstance(wants, Units):
                yield _Running(rule.code, context, wants, int(wants.flags))
            else:
                found.append(wants)

    def _look(self, running: Iterable[_Running]) -> None:
        """Show each unit to all that want to see it: what one finds out about it, the next one has at hand."""
        for module in self.project.modules:
            here = [one for one in running if one.wants_module(module)]
            for unit in module.facts.units if here else ():
                self._look_at(UnitPlace(module, unit), here)

    def _look_at(self, place: UnitPlace, here: Sequence[_Running]) -> None:
        mentioned = self.project.standing.mentioned(place.unit)
        for one in here:
            if one.wants_unit(place, mentioned) and not one.has_crashed:
                start = perf_counter()
                survive(lambda: one.found.extend(one.wants.look(place)), lambda line: self._crashed(one, line))  # noqa: B023
                one.seconds += perf_counter() - start

    def _crashed(self, one: _Running, line: str) -> None:
        one.has_crashed = True
        one.found.append(self._crash(one.code, line))

    def _crash(self, code: str, line: str) -> Diagnostic:
        return rule_crashed(code, self._start, line)

    @property
    def _start(self) -> Span:
        return Span(min((module.path for module in self.project.modules), default="."), 0, 0, 1, 1, 1, 1)

    def _took(self, code: str, seconds: float) -> None:
        self.timings[code] = self.timings.get(code, 0.0) + seconds
