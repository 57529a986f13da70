"""Link a folder with archlint from a script, and ask for all calls of a module with what is known of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from archlint.ir import nodes as ir
from archlint.knowledge import locked_versions
from archlint.pipeline import Request, resolve
from archlint.project.flow import CallSite
from archlint.project.inference.listening import Called
from archlint.project.inference.scopes import Scope
from archlint.project.inference.sites import Iterated, walk
from archlint.project.project import Project, UnitPlace
from archlint.project.symbols import Module
from archlint.settings import Overrides
from archlint.source import Role, SourceFile
from archlint.stages.analyse import analyse, plan_of
from archlint.stages.caching import cache_of
from archlint.stages.files import RunFiles
from archlint.stages.finding import find_files
from archlint.stages.link import link

ROLES = frozenset({Role.PRODUCTION, Role.COMMAND, Role.SETTINGS})
"""What runs in production; tests, migrations, examples and vendored code do not count."""

Ends = tuple[str, int, int]
"""The path, the last line and the last column of an expression, in bytes as Python counts: no two calls share it."""


@dataclass(frozen=True)
class Linked:
    """A linked folder with the texts of its files."""

    root: Path
    project: Project
    files: RunFiles

    @cached_property
    def modules(self) -> dict[str, Module]:
        """Return the modules of production code by path."""
        return {module.path: module for module in self.project.modules if module.role in ROLES}

    def source(self, path: str) -> SourceFile:
        """Return the text of a file with its line table."""
        return self.files.text_of(path)

    def sites(self, module: Module) -> Iterator[CallSite]:
        """Yield all calls of a module, those of unknown callees too."""
        inference = self.project.inference
        for unit in module.facts.units:
            place = UnitPlace(module, unit)
            for one in walk(inference, self.project.body(unit), _scope(place), None):
                if isinstance(one, Called):
                    callee = inference.value(one.call.func, one.scope)
                    yield CallSite(
                        place, one.call, callee, one.loops, one.parents, one.statement, one.functions,
                        one.guards, one.scope, inference,
                    )  # fmt: skip

    def loops(self, module: Module) -> Iterator[tuple[UnitPlace, Iterated]]:
        """Yield the loops and comprehensions of a module."""
        for unit in module.facts.units:
            place = UnitPlace(module, unit)
            for one in walk(self.project.inference, self.project.body(unit), _scope(place), frozenset()):
                if isinstance(one, Iterated):
                    yield place, one

    def ends(self, place: UnitPlace, node: ir.Node) -> Ends:
        """Return where a node ends, as Python's own positions tell it."""
        return (place.module.path, *self.position(place.module.path, place.unit.start + node.end))

    def region(self, place: UnitPlace, node: ir.Node) -> tuple[str, int, int, int, int]:
        """Return the path and where a node starts and ends, as Python's own positions tell it."""
        path, start = place.module.path, place.unit.start
        return (path, *self.position(path, start + node.start), *self.position(path, start + node.end))

    def position(self, path: str, offset: int) -> tuple[int, int]:
        """Return the line and the column, in bytes, of an offset."""
        source = self.source(path)
        line = source.line_at(offset)
        return line, len(source.text[source.starts[line - 1] : offset].encode())

    def line_of(self, site: CallSite) -> int:
        """Return the line on which a call begins."""
        return self.source(site.module.path).line_at(site.offset + site.call.start)


def linked(root: Path, jobs: int = 1) -> Linked:
    """Return the project that the files below a folder make; paths are relative to that folder."""
    root = root.resolve()
    request = Request((root,), cwd=root, overrides=Overrides(no_cache=True, select=("ALL",)))
    above, resolver = resolve(request)
    if above != root:
        raise SystemExit(f"the project's root is {above}: give that folder")
    settings = resolver.run_settings()
    found, context = find_files(request, root, settings)
    files = RunFiles(found, context, {}, settings)
    cache, _ = cache_of(settings)
    plan = plan_of(files.entries, resolver.settings_for, {})
    done = analyse(plan, cache, root, jobs=jobs, progress=lambda *_: None)
    files.analysed(done.results)
    return Linked(root, link(done.results, locked_versions(files.pins())), files)


def _scope(place: UnitPlace) -> Scope:
    owner = place.module.classes.get(place.unit.owner) if place.unit.owner else None
    return Scope(place.module, place.unit.start, owner)
