"""The checks of the linked project: those of all of it, then those that look at it unit by unit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter

import msgspec

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

CRASH = "ARC002"
_UNITS_OF_A_PART = 2_000
"""For less a process of its own is not worth its start."""


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


class Looked(msgspec.Struct, frozen=True, array_like=True):
    """What a check found in some units, the seconds that it took, and whether it crashed."""

    found: list[Diagnostic]
    seconds: float
    has_crashed: bool


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(list[Looked])


@dataclass(frozen=True, slots=True)
class Checks:
    """The checks of some rules over a linked project, ready to look at its units."""

    project: Project
    found: dict[str, list[Diagnostic]]
    timings: dict[str, float]
    running: tuple[_Running, ...]

    def in_units(self, modules: Sequence[Module]) -> bytes:
        """Return what the checks find in the units of some modules, check by check, for `told`.

        Each unit is shown to all that want to see it: what one finds out about it, the next one has at hand.
        """
        for module in modules:
            here = [one for one in self.running if one.wants_module(module)]
            for unit in module.facts.units if here else ():
                self._look_at(UnitPlace(module, unit), here)
        looked = [Looked(one.found, one.seconds, one.has_crashed) for one in self.running]
        for one in self.running:
            one.found, one.seconds = [], 0.0
        return _ENCODER.encode(looked)

    def told(self, parts: Sequence[bytes]) -> list[Diagnostic]:
        """Return all that was found, rule by rule; a rule that crashed is reported once."""
        crashed: set[str] = set()
        for part in parts:
            for one, looked in zip(self.running, _DECODER.decode(part), strict=True):
                known = self.found[one.code]
                known += [row for row in looked.found if not (row.code == CRASH and one.code in crashed)]
                crashed |= {one.code} if looked.has_crashed else set()
                self.timings[one.code] = self.timings.get(one.code, 0.0) + looked.seconds
        return [one for found in self.found.values() for one in found]

    def parts(self, count: int) -> list[tuple[Module, ...]]:
        """Return the modules in up to so many parts of about one size, neighbours together: they ask for the same."""
        count = min(count, sum(len(module.facts.units) for module in self.project.modules) // _UNITS_OF_A_PART)
        sizes = [sum(unit.end - unit.start for unit in module.facts.units) for module in self.project.modules]
        share = sum(sizes) / max(count, 1)
        parts: list[list[Module]] = [[]]
        seen = 0
        for module, size in zip(self.project.modules, sizes, strict=True):
            if seen >= share * len(parts) and len(parts) < count:
                parts.append([])
            parts[-1].append(module)
            seen += size
        return [tuple(part) for part in parts]

    def _look_at(self, place: UnitPlace, here: Sequence[_Running]) -> None:
        mentioned = self.project.standing.mentioned(place.unit)
        for one in here:
            if one.wants_unit(place, mentioned) and not one.has_crashed:
                start = perf_counter()
                survive(lambda: one.found.extend(one.wants.look(place)), lambda line: self._crashed(one, line))  # noqa: B023
                one.seconds += perf_counter() - start

    def _crashed(self, one: _Running, line: str) -> None:
        one.has_crashed = True
        one.found.append(rule_crashed(one.code, _start(self.project), line))


@dataclass(frozen=True, slots=True)
class Start:
    """Starts the checks of rules: those of the whole project find what they find, the others get ready."""

    project: Project
    settings: Settings
    source_of: Callable[[str], SourceFile]
    timings: dict[str, float]

    def __call__(self, rules: Sequence[Rule]) -> Checks:
        """Return the checks; what crashes stands at the start of the first module: it is about no file."""
        found: dict[str, list[Diagnostic]] = {}
        running: list[_Running] = []
        for rule in rules:
            start = perf_counter()
            context = ProjectContext(entry_by_code()[rule.code].roles, self.source_of, self.settings.options)
            found[rule.code] = [
                one
                for check in rule.project_checks
                for one in checked(rule.code, check.function, _start(self.project), self.project, context)
            ]
            running += self._running(rule, context, found[rule.code])
            self.timings[rule.code] = self.timings.get(rule.code, 0.0) + perf_counter() - start
        return Checks(self.project, found, self.timings, tuple(running))

    def _running(self, rule: Rule, context: ProjectContext, found: list[Diagnostic]) -> Iterator[_Running]:
        place = _start(self.project)
        for check in rule.unit_checks:
            wants = survive(
                lambda: check.function(self.project, context),  # noqa: B023
                lambda line: rule_crashed(rule.code, place, line),
            )
            if isinstance(wants, Units):
                yield _Running(rule.code, context, wants, int(wants.flags))
            else:
                found.append(wants)


def _start(project: Project) -> Span:
    return Span(min((module.path for module in project.modules), default="."), 0, 0, 1, 1, 1, 1)
