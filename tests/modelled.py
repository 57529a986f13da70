"""A model of small programs whose comments say what a line does: `# query shop.Order`, `# calls shop.f in a loop`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from textwrap import dedent
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archlint.knowledge import knowledge
from archlint.knowledge.tables import Place
from archlint.lowering import lower
from archlint.project.effects.effect import Effect, EffectKind, Reached, Step, Summary, Target
from archlint.project.project import Project
from archlint.project.routes.route import EntryKind, EntryPoint, Guard, Handler, Mention, Route
from archlint.source import Kind, SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archlint.ir.module import ModuleFacts
    from archlint.project.symbols import FunctionDefinition
    from archlint.project.values import Value

_MARK = re.compile(
    r"(?P<what>calls|query|write|external call|lazy load|enqueue|log) (?P<target>\S*)"
    r"(?: \((?P<detail>[^)]*)\))?(?P<loop> in a loop)?$"
)


@dataclass(slots=True)
class Entries:
    """What a test says of routes and entry points."""

    routes: list[Route] = field(default_factory=list)
    entry_points: list[EntryPoint] = field(default_factory=list)


class Program:
    """Linked files, with routes and entry points that a test adds, and the effects that the comments tell."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.sources = {path: SourceFile.of(path, dedent(text), Kind.PYTHON) for path, text in files.items()}
        self.project = Project([_facts(source) for source in self.sources.values()], {}, knowledge())
        self.routes = Entries()
        self.effects = self

    def source_of(self, path: str) -> SourceFile:
        return self.sources[path]

    def function(self, name: str) -> FunctionDefinition:
        """Return a function by its qualified name."""
        return next(one for module in self.project.modules for one in module.functions.values() if one.name == name)

    def route(
        self,
        label: str,
        handler: str,
        *,
        guards: tuple[Guard, ...] = (),
        dependencies: tuple[str, ...] = (),
        runs: Place = Place.THREAD,
    ) -> Program:
        """Add a route whose place is the first line of its handler."""
        method, _, path = label.partition(" ")
        function = self.function(handler)
        mention = Mention(function.module, function.row.start, function.row.end)
        needed = tuple(map(self.function, dependencies))
        self.routes.routes.append(
            Route("web", (method,), path, True, Handler(handler, function), runs, (mention,), lambda: guards, needed)
        )
        return self

    def entry(self, kind: EntryKind, label: str, function: str, runs: Place = Place.TASK) -> Program:
        """Add an entry point."""
        self.routes.entry_points.append(EntryPoint(kind, label, self.function(function), runs))
        return self

    def summary(self, function: FunctionDefinition, _receiver: Value | None = None) -> Summary:
        """Return what the comments of a function and of those that it calls say."""
        found = self._reached(function, frozenset())
        return Summary(tuple(found[effect] for effect in sorted(found)))

    def _reached(self, function: FunctionDefinition, above: frozenset[str]) -> dict[Effect, Reached]:
        found: dict[Effect, Reached] = {}
        for match, step in self._marks(function):
            in_loop = match["loop"] is not None
            if match["what"] != "calls":
                effect = Effect(EffectKind(match["what"]), match["target"], match["detail"] or "")
                found[effect] = Reached(effect, step, per_iteration=in_loop, loops_here=in_loop)
            elif match["target"] not in above:
                called = self.function(match["target"])
                for one in self._reached(called, above | {function.name}).values():
                    if one.effect not in found:
                        far = replace(one, step=step, via=Target(called), distance=one.distance + 1)
                        found[one.effect] = replace(far, per_iteration=in_loop, loops_here=in_loop)
        return found

    def _marks(self, function: FunctionDefinition) -> Iterator[tuple[re.Match[str], Step]]:
        source = self.sources[function.module.path]
        for line in range(source.line_at(function.row.start), source.line_at(function.row.end) + 1):
            code, _, comment = source.line_text(line).partition("  # ")
            start = source.starts[line - 1] + len(code) - len(code.lstrip())
            for mark in comment.split("; ") if comment else ():
                match = _MARK.match(mark)
                assert match is not None, mark
                yield match, Step(function.module, 0, start, start + len(code.strip()))


def _facts(source: SourceFile) -> ModuleFacts:
    name = source.path.removesuffix(".py").replace("/", ".")
    facts, problem = lower(source, name, is_package=False)
    assert facts is not None, problem
    return facts
